import type { Condition } from '../../protocol/condition.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Evidence } from '../../protocol/why.ts'
import type { CompiledCondition } from '../condition.ts'
import { purposeOf, standsFor } from '../consent.ts'
import { expiresAt } from '../expiry.ts'
import type { Profile } from '../profile.ts'
import { isInWindow } from '../window.ts'

/** Events shown of those that count. */
const MOST = 10

/** The events that count for a leaf, newest first: the latest of them, and how many more there are. */
export function evidenceFor(
  condition: Condition,
  { reads }: CompiledCondition,
  { consent }: Profile,
  history: readonly EventRecord[],
  { now, horizon, zone }: { readonly now: Millis; readonly horizon: Millis; readonly zone: string },
): { readonly evidence: readonly Evidence[]; readonly more: number } {
  const tells = tellerOf(condition)
  const window = 'window' in condition ? condition.window : undefined
  const isIn = (event: EventRecord): boolean =>
    expiresAt(event, horizon) > now && isInWindow(window, event.timestamp, now, zone)
  const found = history.filter((event) => {
    if (event.timestamp > now || !standsFor(consent, event, purposeOf(event))) return false
    if (tells !== undefined) return tells(event)
    if (!isIn(event)) return false
    for (const feature of reads.features) {
      // What only says what came before a step is no evidence of it.
      if (
        feature.events !== undefined &&
        isOf(feature.events, event) &&
        feature.purposes.every((purpose) => standsFor(consent, event, purpose)) &&
        feature.take(event) !== undefined
      )
        return true
    }
    return false
  })
  found.sort((a, b) => b.timestamp - a.timestamp)
  const shown = tells === undefined ? found.slice(0, MOST) : found.slice(0, 1)
  return {
    evidence: shown.map(({ messageId: id, name: event, timestamp: at }) => ({ id, event, at })),
    more: tells === undefined ? found.length - shown.length : 0,
  }
}

const isOf = (names: readonly string[], { name }: EventRecord): boolean => names.includes(name)

/** Of what is known by what was said last, who said it; undefined: events are counted. */
function tellerOf(condition: Condition): ((event: EventRecord) => boolean) | undefined {
  switch (condition.type) {
    case 'trait': {
      const [name = ''] = condition.trait.split('.')
      return ({ type, traits }) => type === 'identify' && traits?.[name] !== undefined
    }
    case 'context': {
      const field = 'near' in condition ? 'location' : condition.field
      return ({ context }) => context[field] !== undefined
    }
    case 'consent':
      return ({ consent }) => consent?.[condition.purpose] !== undefined
    default:
      return undefined
  }
}
