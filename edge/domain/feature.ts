import type { PerformedCondition, PropertyTest } from '../protocol/condition.ts'
import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { Millis } from '../protocol/time.ts'
import { compileTest, valueAt } from './operator.ts'

/**
 * Something counted about a profile, shared by every condition that counts the same thing: when the matching events
 * happened. Only the latest `keep` instants are kept, because the nth latest occurrence alone decides a count.
 */
export interface Feature {
  readonly key: string
  readonly events: readonly string[]
  readonly matches: (event: EventRecord) => boolean
  /** What an event must have been consented to for, beside what it is kept for. */
  readonly purposes: readonly Purpose[]
  keep: number
}

/** Where a profile keeps the occurrences of a feature among events that are kept for a purpose. */
export const occurrenceKey = ({ key }: Feature, purpose: Purpose): string =>
  purpose === DEFAULT_PURPOSE ? key : `${purpose} ${key}`

/** Features by key, in the order in which conditions asked for them. */
export class FeatureSet {
  readonly #byKey = new Map<string, Feature>()
  readonly #byEvent = new Map<string, Feature[]>()

  /** The feature a `performed` condition reads, made if it is new. */
  demand(
    { event, where = [] }: PerformedCondition,
    keep: number,
    purposes: readonly Purpose[] = [],
  ): Feature {
    const events = typeof event === 'string' ? [event] : [...new Set(event)].sort()
    const needed = [...new Set(purposes)].sort()
    const key = JSON.stringify(needed.length === 0 ? [events, where] : [events, where, needed])
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      known.keep = Math.max(known.keep, keep)
      return known
    }
    const feature: Feature = { key, events, matches: compileWhere(where), purposes: needed, keep }
    this.#byKey.set(key, feature)
    for (const name of events) {
      const readers = this.#byEvent.get(name)
      if (readers === undefined) this.#byEvent.set(name, [feature])
      else readers.push(feature)
    }
    return feature
  }

  /** Features whose predicate may match an event of that name. */
  of(eventName: string): readonly Feature[] {
    return this.#byEvent.get(eventName) ?? []
  }

  /** Equal for two sets exactly if state kept for one serves the other. */
  get fingerprint(): string {
    return JSON.stringify([...this.#byKey.values()].map(({ key, keep }) => [key, keep]).sort())
  }
}

function compileWhere(where: readonly PropertyTest[]): (event: EventRecord) => boolean {
  const tests = where.map((test) => ({
    path: test.property.split('.'),
    accepts: compileTest(test),
  }))
  return ({ properties }) => {
    for (const { path, accepts } of tests) {
      if (!accepts(valueAt(properties, path))) return false
    }
    return true
  }
}

/** Puts an instant in its place among ascending ones, keeping only the latest `keep`. True if anything changed. */
export function insertInstant(instants: Millis[], at: Millis, keep: number): boolean {
  let place = instants.length
  while (place > 0 && (instants[place - 1] ?? 0) > at) place--
  if (place === 0 && instants.length >= keep) return false
  instants.splice(place, 0, at)
  if (instants.length > keep) instants.shift()
  return true
}
