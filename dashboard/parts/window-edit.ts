import type { Window } from '../../edge/protocol/condition.ts'
import { DAY, MINUTE, type Millis } from '../../edge/protocol/time.ts'

export const WINDOW_KINDS = ['ever', 'last', 'between', 'from', 'calendar'] as const
export type WindowKind = (typeof WINDOW_KINDS)[number]

export function kindOfWindow(window: Window | undefined): WindowKind {
  if (window === undefined) return 'ever'
  if ('last' in window) return 'last'
  if ('between' in window) return 'between'
  return 'from' in window ? 'from' : 'calendar'
}

/** What a window of a kind says before anybody edits it. Undefined: the whole history. */
export function newWindow(kind: WindowKind, now: Millis): Window | undefined {
  switch (kind) {
    case 'ever':
      return undefined
    case 'last':
      return { last: 'P7D' }
    case 'between':
      return { between: ['P7D', 'P14D'] }
    case 'from':
      return { from: instant(now - 30 * DAY), to: instant(now) }
    case 'calendar':
      return { calendar: 'month' }
  }
}

const instant = (at: Millis): string =>
  new Date(at - (at % MINUTE)).toISOString().replace('.000Z', 'Z')

const pad = (part: number, length = 2): string => String(part).padStart(length, '0')

/** An instant as a field for local date and time has it, to the second: `2026-01-31T13:00:00`. */
export function toLocal(text: string): string {
  const at = new Date(text)
  const day = [pad(at.getFullYear(), 4), pad(at.getMonth() + 1), pad(at.getDate())].join('-')
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => pad(part)).join(':')}`
}

/** The inverse of `toLocal`, as an instant in UTC. Null: no date and time, or not yet. */
export function fromLocal(text: string): string | null {
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : new Date(at).toISOString().replace('.000Z', 'Z')
}
