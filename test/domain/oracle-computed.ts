import type { ComputedTrait } from '../../edge/protocol/computed-trait.ts'
import type { ClockTest, Test } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Json } from '../../edge/protocol/json.ts'
import type { Millis } from '../../edge/protocol/time.ts'
import { countedEvents, type Past } from './oracle-behaviour.ts'
import { traitPasses } from './oracle-facts.ts'

/** Whether a history grants what a trait rests on, and which of its events count for it. */
interface Consent {
  readonly grants: (purpose: string, now: Millis) => boolean
  readonly counts: (event: EventRecord, purpose: string) => boolean
}

/** What a trait is of whoever did all this. */
export function computedValueOf(
  trait: ComputedTrait,
  history: readonly EventRecord[],
  now: Millis,
  retention: Millis,
  zone: string,
  consent: Consent,
): Json | undefined {
  const { purposes = [] } = trait
  if (!purposes.every((purpose) => consent.grants(purpose, now))) return undefined
  const events = history.filter((event) =>
    purposes.every((purpose) => consent.counts(event, purpose)),
  )
  return computedOf(trait, { events, now, retention, zone })
}

/** Of a list one element is enough; but none may be what it must not be. */
export function computedPasses(
  test: Test | ClockTest,
  actual: Json | undefined,
  past: Past,
): boolean {
  const { operator, value } = test
  if (operator === 'exists' || operator === 'not_exists' || !Array.isArray(actual)) {
    if (operator !== 'contains') return traitPasses(test, actual, past)
    return typeof actual === 'string' && actual.includes(String(value))
  }
  if (operator === 'not_within_last') return traitPasses(test, actual, past)
  const one = (element: Json) => computedPasses(test, element, past)
  return operator === 'not_equals' ? actual.every(one) : actual.some(one)
}

/** A computed trait, looked for in the whole history. */
function computedOf(
  { measure, property = '', ...condition }: ComputedTrait,
  past: Past,
): Json | undefined {
  const events = countedEvents(condition, past)
  const valueIn = ({ properties }: EventRecord): Json | undefined =>
    properties[property] ?? undefined
  const present = events.flatMap((event) => {
    const value = valueIn(event)
    return value === undefined ? [] : [{ at: event.timestamp, value }]
  })
  const values = present.map(({ value }) => value)
  const numbers = values.filter((value) => typeof value === 'number')
  const total = Math.round(numbers.reduce((sum, value) => sum + value, 0) * 1e6) / 1e6
  // At one instant the order of the texts counts, whichever came first.
  const plain = present
    .filter(({ value }) => typeof value !== 'object')
    .toSorted((a, b) => a.at - b.at || (JSON.stringify(a.value) < JSON.stringify(b.value) ? -1 : 1))
    .map(({ value }) => value)
  switch (measure) {
    case 'count':
      return events.length
    case 'sum':
      return total
    case 'avg':
      return numbers.length > 0 ? total / numbers.length : undefined
    case 'min':
      return numbers.length > 0 ? Math.min(...numbers) : undefined
    case 'max':
      return numbers.length > 0 ? Math.max(...numbers) : undefined
    case 'first':
      return values[0]
    case 'last':
      return values.at(-1)
    case 'distinct':
      return new Set(values.map((value) => JSON.stringify(value))).size
    case 'list':
      return plain.length > 0 ? [...new Set(plain.toReversed())] : undefined
    case 'most_frequent': {
      const times = (value: Json) => plain.filter((one) => one === value).length
      return plain.toReversed().toSorted((a, b) => times(b) - times(a))[0]
    }
  }
}
