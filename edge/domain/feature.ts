import type { EventTest } from '../protocol/condition.ts'
import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import type { ContextField, EventRecord } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import type { Detail } from './entry.ts'
import { FeatureIndex } from './feature-index.ts'
import { textHash } from './message-hash.ts'
import { compileTest, valueAt } from './operator.ts'
import { isReactionOf, type ReactionFilter } from './reaction-filter.ts'

/**
 * Something kept of a profile, shared by every condition that reads the same thing: which events matched. Only the
 * latest `keep` entries are kept, because the nth latest occurrence alone decides a count.
 */
export interface Feature {
  readonly key: string
  /** Names of the events that may match; undefined: any. */
  readonly events: readonly string[] | undefined
  /** What is kept of an event; undefined: it does not match. */
  readonly take: (event: EventRecord) => Json | undefined
  readonly detail: Detail
  /** What an event must have been consented to for, beside what it is kept for. */
  readonly purposes: readonly Purpose[]
  keep: number
}

/** What a condition wants kept. */
export interface Demand {
  /** Undefined: events of any name. */
  readonly event?: EventTest['event'] | undefined
  readonly where?: EventTest['where'] | undefined
  /** The latest so many. */
  readonly keep: number
  readonly detail?: Detail | undefined
  /** Only events that have it, and its value is kept. */
  readonly property?: string | undefined
  /** Its value is kept, null if an event has none. */
  readonly binding?: string | undefined
  /** Only events from the first instant on and before the second. */
  readonly between?: readonly [from: Millis, to: Millis] | undefined
  /** The value of this field of its context is kept, null if it has none. */
  readonly context?: ContextField | undefined
  readonly reaction?: ReactionFilter | undefined
  readonly purposes?: readonly Purpose[] | undefined
}

/** Where a profile keeps the entries of a feature among events that are kept for a purpose. */
export const occurrenceKey = ({ key }: Feature, purpose: Purpose): string =>
  purpose === DEFAULT_PURPOSE ? key : `${purpose} ${key}`

/** Features by key. */
export class FeatureSet {
  readonly #byKey = new Map<string, Feature>()
  readonly #byEvent = new Map<string, FeatureIndex>()
  readonly #ofAny = new FeatureIndex()
  readonly #zone: string

  /** `zone`: IANA name of the time zone in which days are compared. */
  constructor(zone: string) {
    this.#zone = zone
  }

  /** The feature a condition reads, made if it is new. */
  demand(demand: Demand): Feature {
    const { event, where = [], detail = 'instant', keep } = demand
    const { property, binding, between, context, reaction } = demand
    const isDated = where.some(({ operator }) => operator === 'before' || operator === 'after')
    const zone = isDated ? this.#zone : undefined
    const events =
      event === undefined
        ? undefined
        : typeof event === 'string'
          ? [event]
          : [...new Set(event)].sort()
    const purposes = [...new Set(demand.purposes)].sort()
    const more = { purposes, property, binding, between, detail, context, reaction, zone }
    const isPlain =
      purposes.length === 0 &&
      detail === 'instant' &&
      between === undefined &&
      reaction === undefined &&
      zone === undefined
    const key = JSON.stringify(isPlain ? [events, where] : [events, where, more])
    const known = this.#byKey.get(key)
    if (known !== undefined) {
      known.keep = Math.max(known.keep, keep)
      return known
    }
    const feature: Feature = {
      key,
      events,
      take: compileTake(demand, this.#zone),
      detail,
      purposes,
      keep,
    }
    this.#byKey.set(key, feature)
    if (events === undefined) this.#ofAny.add(feature, where)
    for (const name of events ?? []) {
      const known = this.#byEvent.get(name) ?? new FeatureIndex()
      this.#byEvent.set(name, known)
      known.add(feature, where)
    }
    return feature
  }

  /** Features whose predicate may match an event, each once. */
  candidates(event: EventRecord): readonly Feature[] {
    const found: Feature[] = []
    this.#byEvent.get(event.name)?.collect(event, found)
    this.#ofAny.collect(event, found)
    return found
  }

  /** Equal for two sets if state kept for one serves the other, and else different but for one chance in 2⁶⁴. */
  get fingerprint(): string {
    const kept = [...this.#byKey.values()].map(({ key, keep }) => [key, keep])
    return textHash(JSON.stringify(kept.sort())).join('-')
  }
}

function compileTake(
  { where = [], property, binding, between, context, reaction }: Demand,
  zone: string,
): (event: EventRecord) => Json | undefined {
  const tests = where.map((test) => ({
    path: test.property.split('.'),
    accepts: compileTest(test, zone),
  }))
  const measured = property?.split('.')
  const bound = binding?.split('.')
  return (event) => {
    const { properties, timestamp } = event
    if (between !== undefined && (timestamp < between[0] || timestamp >= between[1]))
      return undefined
    for (const { path, accepts } of tests) {
      if (!accepts(valueAt(properties, path))) return undefined
    }
    if (reaction !== undefined && !isReactionOf(reaction, event)) return undefined
    if (context !== undefined) return event.context[context] ?? null
    if (measured !== undefined) return valueAt(properties, measured) ?? undefined
    return bound === undefined ? null : (valueAt(properties, bound) ?? null)
  }
}
