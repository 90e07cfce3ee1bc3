import type { ConsentAnswers } from '../edge/protocol/consent.ts'
import { readAnswers } from './consent.ts'
import { isRandomId } from './random-id.ts'
import { STORAGE_NAME, settings } from './settings.ts'

/** What the browser remembers of itself between pages, all of it in one localStorage entry. */
export interface Memory {
  /** Answers of the visitor: kept even when they are all no, so that no one asks again. */
  readonly answers: ConsentAnswers
  /** When they last changed. */
  readonly at?: number | undefined
  /** Strings of the page's consent platform, as they go along with events. */
  readonly raw?: unknown
  /** Absent before storage was permitted, and after it was forbidden. */
  readonly device?: string | undefined
  /** The device is newer than the edge's cookie, which must be replaced: `reset` was called. */
  readonly renew?: boolean | undefined
  /** A device whose withdrawal of consent the edge has not yet confirmed. */
  readonly withdrawn?: string | undefined
}

let known: Memory = { answers: {} }

/** What this tab or another one wrote last. Where storage is blocked: what this page knows. */
export function recall(): Memory {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_NAME) ?? '')
    const { answers, at, device } = stored
    known = {
      ...stored,
      answers: readAnswers(answers, at < Date.now() - settings.lifetime),
      device: isRandomId(device) ? device : undefined,
    }
  } catch {
    // blocked, empty, or written by someone else: what this page knows stands
  }
  return known
}

export function remember(change: Partial<Memory>): void {
  known = { ...recall(), ...change }
  try {
    localStorage.setItem(STORAGE_NAME, JSON.stringify(known))
  } catch {
    // blocked or full: remembered until the page ends
  }
}
