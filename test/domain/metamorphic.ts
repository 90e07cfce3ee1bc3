import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { HOUR, type Millis } from '../../edge/protocol/time.ts'

const NAMED = new Set(['event', 'property', 'same'])

/** A condition whose events and properties are called otherwise. */
export const renameCondition = (
  condition: Condition,
  rename: (name: string) => string,
): Condition => mapStrings(condition, (text, key) => (NAMED.has(key) ? rename(text) : text))

/** An event that is called otherwise, as its properties are. */
export const renameEvent = (event: EventRecord, rename: (name: string) => string): EventRecord => ({
  ...event,
  name: rename(event.name),
  properties: Object.fromEntries(
    Object.entries(event.properties).map(([name, value]) => [rename(name), value]),
  ),
})

/** The time zone whose clocks are so many hours before those of UTC, all year. */
export const zoneAhead = (hours: number): string =>
  hours === 0 ? 'UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`

/** A condition whose fixed instants are moved. */
export const shiftCondition = (condition: Condition, by: Millis): Condition =>
  mapStrings(condition, (text, key) =>
    (key === 'from' || key === 'to') && !Number.isNaN(Date.parse(text))
      ? new Date(Date.parse(text) + by).toISOString()
      : text,
  )

/** An event that happened and arrived earlier or later. */
export const shiftEvent = (event: EventRecord, by: Millis): EventRecord => ({
  ...event,
  timestamp: event.timestamp + by,
  receivedAt: event.receivedAt + by,
})

/** Where clocks are so many hours ahead, the same hour of the clock comes so much sooner. */
export const shiftOf = (hours: number): Millis => -hours * HOUR

function mapStrings<T>(json: T, map: (text: string, key: string) => string): T {
  const visit = (value: Json, key: string): Json => {
    if (typeof value === 'string') return map(value, key)
    if (Array.isArray(value)) return value.map((one: Json) => visit(one, key))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, visit(one, name)]))
  }
  return visit(json as Json, '') as T
}
