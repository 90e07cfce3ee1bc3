import type { Condition } from '../../edge/protocol/condition.ts'
import type { ExampleEvent, ExamplePerson } from '../../edge/protocol/example.ts'
import { DAY, HOUR, MINUTE, SECOND, type Millis } from '../../edge/protocol/time.ts'
import type { DurationUnit } from './duration.ts'

const UNITS: readonly (readonly [DurationUnit, Millis])[] = [
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
  ['second', SECOND],
]

/** How long before somebody is asked about: in the largest unit that divides it, else in parts of a second. */
export interface Ago {
  readonly amount: number
  readonly unit: DurationUnit
}

export function agoOf({ timestamp }: ExampleEvent, at: string): Ago {
  const span = Date.parse(at) - Date.parse(timestamp)
  if (span === 0) return { amount: 0, unit: 'day' }
  const [unit, length] = UNITS.find(([, one]) => span % one === 0) ?? ['second', SECOND]
  return { amount: span / length, unit }
}

/** The same event so long before. */
export function withAgo(event: ExampleEvent, at: string, { amount, unit }: Ago): ExampleEvent {
  const length = UNITS.find(([one]) => one === unit)?.[1] ?? SECOND
  return { ...event, timestamp: new Date(Date.parse(at) - amount * length).toISOString() }
}

/** The same person asked about at another instant: what they did stays as long ago. */
export function movedTo(person: ExamplePerson, at: string): ExamplePerson {
  const by = Date.parse(at) - Date.parse(person.at)
  const later = (text: string) => new Date(Date.parse(text) + by).toISOString()
  return {
    ...person,
    at,
    events: person.events.map((one) => ({ ...one, timestamp: later(one.timestamp) })),
  }
}

/** What a name is not yet, counted on from a first try. */
export function freeName(
  name: (number: number) => string,
  people: readonly ExamplePerson[],
): string {
  const taken = new Set(people.map((one) => one.name))
  let number = people.length + 1
  while (taken.has(name(number))) number += 1
  return name(number)
}

/** The part of a condition that stands at a path such as `condition.conditions.1`. */
export function partAt(condition: Condition, path: string): Condition {
  let part: unknown = condition
  for (const key of path.split('.').slice(1))
    part = (part as { readonly [key: string]: unknown })[key]
  return part as Condition
}
