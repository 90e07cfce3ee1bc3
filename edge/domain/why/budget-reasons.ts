import type { PressureCondition } from '../../protocol/condition.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { CapDefinition } from '../../protocol/touch.ts'
import { touchFactOf, type TouchFact } from '../score/touch-fact.ts'
import { ONSITE } from '../../protocol/reaction.ts'

/** What a cap counts, as a condition on it. */
export const pressureOf = ({ channel, tag, window }: CapDefinition): PressureCondition => ({
  type: 'pressure',
  ...(channel !== undefined && { channel }),
  ...(tag !== undefined && { tag }),
  window: { last: window },
  operator: 'gte',
  value: 1,
})

/** Whether an event says something of a message that a cap may count: what it does not say, another may have. */
export function isOfCap(event: EventRecord, { channel, tag, onSite }: CapDefinition): boolean {
  const fact = touchFactOf(event) as unknown as TouchFact | undefined
  if (fact === undefined) return false
  const [, , on, , tags] = fact
  return (
    (onSite || on !== ONSITE) &&
    (channel === undefined || on === null || on === channel) &&
    (tag === undefined || tags.length === 0 || tags.includes(tag))
  )
}
