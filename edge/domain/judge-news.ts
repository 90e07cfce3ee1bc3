import type { Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import type { Addition } from './addition.ts'
import { countEvent, noChanges } from './apply-event.ts'
import type { CountedEvent } from './counted-event.ts'
import type { News } from './news.ts'
import { newProfile, type Counted, type Profile } from './profile.ts'
import { review } from './review.ts'
import { dueAt } from './standing.ts'

/** What is new of somebody. */
export interface Found {
  readonly addition: Addition
  readonly transitions: readonly Transition[]
  /** When something of it lapses by itself. */
  readonly due: Millis
}

/**
 * Counts and judges what is new in a catalog, and nothing else of a person. `events`: theirs that it may match, in order of
 * arrival. `nothing`: all stands as before. `undecided`: it follows that more of the person changes, or is sent, than
 * what is new.
 */
export function judgeNews(
  { of, alone, features, sending }: News,
  person: Counted,
  events: Iterable<CountedEvent>,
  now: Millis,
): Found | 'nothing' | 'undecided' {
  if (alone === undefined) return 'undecided'
  const { version } = of.catalog
  const { fingerprint } = of
  const { id, consent, consentMode, kept, imported } = person
  const blank: Profile = {
    ...newProfile(id, '', 0),
    version,
    consent,
    consentMode,
    kept: new Set(kept),
    imported,
  }
  const changes = noChanges()
  for (const event of events) countEvent(blank, event, features, changes)
  if (blank.kept.size > kept.size || blank.imported !== imported) return 'undecided'
  if (changes.features.size === 0) return 'nothing'
  const cause = { type: 'definition', version } as const
  const transitions = review(blank, alone, changes, { now, at: now, decidedAt: now, cause })
  if (transitions.some(({ segment }) => sending.has(segment))) return 'undecided'
  const standing = [...blank.standing].map(
    ([key, { holds, until }]) => [key, holds ? 1 : 0, until] as const,
  )
  const occurrences = [...blank.occurrences]
  const memberships = [...blank.memberships.values()]
  return {
    addition: { version, fingerprint, occurrences, standing, memberships },
    transitions,
    due: dueAt(blank),
  }
}
