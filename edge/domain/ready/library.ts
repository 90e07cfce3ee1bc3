import type { ExamplePerson } from '../../protocol/example.ts'
import type { ApiReadySegment, WordLanguage } from '../../protocol/ready-segment.ts'
import type { Millis } from '../../protocol/time.ts'
import { B2B } from './b2b.ts'
import { iso, type ReadyPerson, type ReadySegment } from './build.ts'
import { MEDIA } from './media.ts'
import { needsOf } from './needs.ts'
import { SHOP } from './shop.ts'
import { TRAVEL } from './travel.ts'

/** Segments to start from, by trade. */
export const READY_SEGMENTS: readonly ReadySegment[] = [...SHOP, ...MEDIA, ...TRAVEL, ...B2B]

/** A ready segment in one language, its people as they are at an instant. */
export const readyAt = (
  { key, trade, name, purpose, condition, parameters, people }: ReadySegment,
  language: WordLanguage,
  now: Millis,
): ApiReadySegment => ({
  key,
  trade,
  name: name[language],
  purpose: purpose[language],
  needs: needsOf(condition),
  parameters: parameters.map((one) => ({ path: one.path, name: one.name[language] })),
  condition,
  examples: people.map((person) => exampleOf(person, language, now)),
})

function exampleOf(
  { name, matches, events, at = (now) => now, traits, accounts }: ReadyPerson,
  language: WordLanguage,
  now: Millis,
): ExamplePerson {
  const asked = at(now)
  return {
    name: name[language],
    matches,
    at: iso(asked),
    events: events.map(({ ago, ...event }) => ({ ...event, timestamp: iso(asked - ago) })),
    ...(traits && { traits: traits(asked) }),
    ...(accounts && { accounts: accounts(asked) }),
  }
}
