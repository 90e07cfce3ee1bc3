import type { EventTest } from '../protocol/condition.ts'
import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import type { ContextField } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import type { OrderRules } from '../protocol/score.ts'
import type { Millis } from '../protocol/time.ts'
import type { CountedEvent } from './counted-event.ts'
import type { Detail, Entry } from './entry.ts'
import { FeatureIndex } from './feature-index.ts'
import { textHash } from './message-hash.ts'
import { compileTest, valueAt } from './operator.ts'
import { isReactionOf, type ReactionFilter } from './reaction-filter.ts'
import { orderFactOf } from './score/order.ts'

/**
 * Something kept of a profile, shared by every condition that reads the same thing: which events matched. Only the
 * latest `keep` entries are kept, because the nth latest occurrence alone decides a count.
 */
export interface Feature {
  readonly key: string
  /** Names of the events that may match; undefined: any. */
  readonly events: readonly string[] | undefined
  /** What is kept of an event; undefined: it does not match. */
  readonly take: (event: CountedEvent) => Json | undefined
  readonly detail: Detail
  /** What an event must have been consented to for, beside what it is kept for. */
  readonly purposes: readonly Purpose[]
  readonly limit: Limit['of'] | undefined
  /** What an event told decides, beside its name and when it happened. */
  readonly ofProperties: boolean
  keep: number
}

/** Reads more of an event than one property; its name tells it from others. */
export interface Fact {
  readonly name: string
  readonly of: (event: CountedEvent) => Json | undefined
}

/** Keeps some of the entries only; its name tells it from others. */
export interface Limit {
  readonly name: string
  /** Which of some ordered entries stay beside another one that is to come; undefined: that one is not kept. */
  readonly of: (entries: readonly Entry[], entry: Entry) => readonly Entry[] | undefined
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
  /** Events about orders by these rules, in the place of `event`; what they say of one is kept. */
  readonly orders?: OrderRules | undefined
  /** What this makes of an event is kept, if it makes something of it. */
  readonly fact?: Fact | undefined
  /** Before it comes to the latest `keep`. */
  readonly limit?: Limit | undefined
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
  readonly #wheres = new Map<Feature, NonNullable<EventTest['where']>>()
  readonly #zone: string

  /** `zone`: IANA name of the time zone in which days are compared. */
  constructor(zone: string) {
    this.#zone = zone
  }

  /** The feature a condition reads, made if it is new. */
  demand(demand: Demand): Feature {
    const { where = [], detail = 'instant', keep } = demand
    const { property, binding, between, context, reaction, orders, fact, limit } = demand
    const event =
      orders === undefined
        ? demand.event
        : [...orders.completed, ...orders.refunded, ...orders.cancelled]
    const isDated = where.some(({ operator }) => operator === 'before' || operator === 'after')
    const zone = isDated ? this.#zone : undefined
    const events =
      event === undefined
        ? undefined
        : typeof event === 'string'
          ? [event]
          : [...new Set(event)].sort()
    const purposes = [...new Set(demand.purposes)].sort()
    const more = {
      purposes,
      property,
      binding,
      between,
      detail,
      context,
      reaction,
      zone,
      orders,
      fact: fact?.name,
      limit: limit?.name,
    }
    const isPlain =
      purposes.length === 0 &&
      detail === 'instant' &&
      between === undefined &&
      reaction === undefined &&
      limit === undefined &&
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
      limit: limit?.of,
      ofProperties:
        where.length > 0 || (property ?? binding ?? reaction ?? orders ?? fact) !== undefined,
      keep,
    }
    this.#add(feature, where)
    return feature
  }

  #add(feature: Feature, where: NonNullable<EventTest['where']>): void {
    this.#byKey.set(feature.key, feature)
    this.#wheres.set(feature, where)
    if (feature.events === undefined) this.#ofAny.add(feature, where)
    for (const name of feature.events ?? []) {
      const known = this.#byEvent.get(name) ?? new FeatureIndex()
      this.#byEvent.set(name, known)
      known.add(feature, where)
    }
  }

  has(key: string): boolean {
    return this.#byKey.has(key)
  }

  /** The same features, without those of which another set keeps as much. */
  beyond(known: FeatureSet): FeatureSet {
    const rest = new FeatureSet(this.#zone)
    for (const [feature, where] of this.#wheres) {
      if (known.#byKey.get(feature.key)?.keep !== feature.keep) rest.#add(feature, where)
    }
    return rest
  }

  /** Whether of any the whole place in the order of events is kept. */
  get areOrdered(): boolean {
    return [...this.#byKey.values()].some(({ detail }) => detail === 'moment')
  }

  /** Whether of any what an event told is asked. */
  get ofProperties(): boolean {
    return [...this.#byKey.values()].some(({ ofProperties }) => ofProperties)
  }

  /** Names of the events that any of them may match; undefined: all. */
  get names(): ReadonlySet<string> | undefined {
    for (const { events } of this.#byKey.values()) if (events === undefined) return undefined
    return new Set(this.#byEvent.keys())
  }

  /** Features whose predicate may match an event, each once. */
  candidates(event: CountedEvent): readonly Feature[] {
    const found: Feature[] = []
    this.#byEvent.get(event.name)?.collect(event, found)
    this.#ofAny.collect(event, found)
    return found
  }

  /** Whether what is kept for this set is all that a feature of another one asks for. */
  serves({ key, keep }: Feature): boolean {
    return (this.#byKey.get(key)?.keep ?? 0) >= keep
  }

  /** Equal for two sets if state kept for one serves the other, and else different but for one chance in 2⁶⁴. */
  get fingerprint(): string {
    const kept = [...this.#byKey.values()].map(({ key, keep }) => [key, keep])
    return textHash(JSON.stringify(kept.sort())).join('-')
  }
}

function compileTake(
  { where = [], property, binding, between, context, reaction, orders, fact }: Demand,
  zone: string,
): (event: CountedEvent) => Json | undefined {
  const tests = where.map((test) => ({
    path: test.property.split('.'),
    accepts: compileTest(test, zone),
  }))
  const measured = property?.split('.')
  const bound = binding?.split('.')
  return (event) => {
    const { timestamp } = event
    if (between !== undefined && (timestamp < between[0] || timestamp >= between[1]))
      return undefined
    for (const { path, accepts } of tests) {
      if (!accepts(valueAt(event.properties, path))) return undefined
    }
    if (reaction !== undefined && !isReactionOf(reaction, event)) return undefined
    if (orders !== undefined) return orderFactOf(event, orders)
    if (fact !== undefined) return fact.of(event)
    if (context !== undefined) return event.context[context] ?? null
    if (measured !== undefined) return valueAt(event.properties, measured) ?? undefined
    return bound === undefined ? null : (valueAt(event.properties, bound) ?? null)
  }
}
