import type { ComputedTrait } from '../../edge/protocol/computed-trait.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import { DAY, type Millis } from '../../edge/protocol/time.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import { followed, lifecycle, performed, sequence } from './oracle-behaviour.ts'
import { computedPasses, computedValueOf } from './oracle-computed.ts'
import { budgetPasses } from './oracle-budget.ts'
import { pressurePasses } from './oracle-pressure.ts'
import { appetencePasses, isOfMessages } from './oracle-appetence.ts'
import { scorePasses } from './oracle-scores.ts'
import { contextPasses, isNow, reacted, traitPasses } from './oracle-facts.ts'

/**
 * The plainest reading of the semantics: looks at the whole history each time it is asked, and knows nothing of
 * features, bounds or instants at which anything lapses. Written apart from the engine; shares only types with it.
 * `others`: what other people said, of the accounts they have in common.
 */
export function holds(
  condition: Condition,
  history: readonly EventRecord[],
  now: Millis,
  retention: Millis,
  consent: ConsentOracle = new ConsentOracle(history),
  others: readonly EventRecord[] = [],
  zone = 'UTC',
  segments: readonly { readonly id: string; readonly condition: Condition }[] = [],
  scoring?: Scoring,
  computed: readonly ComputedTrait[] = [],
  caps: readonly CapDefinition[] = [],
): boolean {
  const counts = (event: EventRecord): boolean =>
    consent.purposes.every((purpose) => consent.counts(event, purpose))
  const past = { events: history.filter(counts), now, retention, zone }
  const ask = (child: Condition): boolean =>
    holds(child, history, now, retention, consent, others, zone, segments, scoring, computed, caps)
  switch (condition.type) {
    case 'all':
      return condition.conditions.every(ask)
    case 'any':
      return condition.conditions.some(ask)
    case 'not':
      return !ask(condition.condition)
    case 'performed':
      return performed(condition, past)
    case 'sequence':
      return sequence(condition, past)
    case 'followedBy':
    case 'notFollowedBy':
      return followed(condition, past)
    case 'lifecycle':
      return lifecycle(condition, past)
    case 'consent':
      return consent.grants(condition.purpose, now)
    case 'trait': {
      const trait = computed.find(({ key }) => key === condition.trait)
      if (trait !== undefined) {
        const value = computedValueOf(trait, past.events, now, retention, zone, consent)
        return computedPasses(condition, value, past)
      }
      const said = history
        .filter(
          ({ type, traits }) => type === 'identify' && traits?.[condition.trait] !== undefined,
        )
        .sort((a, b) => a.timestamp - b.timestamp)
        .at(-1)?.traits?.[condition.trait]
      return traitPasses(condition, said, past)
    }
    case 'account': {
      const accounts = new Set(history.flatMap(({ group }) => group ?? []))
      return [...accounts].some((account) => {
        const said = [...history, ...others]
          .filter(
            ({ group, traits }) => group === account && traits?.[condition.trait] !== undefined,
          )
          .sort((a, b) => a.timestamp - b.timestamp)
          .at(-1)?.traits?.[condition.trait]
        const value = condition.trait === 'id' ? account : said
        return traitPasses(condition, value, past)
      })
    }
    case 'context':
      return contextPasses(condition, past)
    case 'now':
      return isNow(condition, past)
    case 'reaction':
      return reacted(condition, past)
    case 'score':
      if (isOfMessages(condition)) {
        const isOpen = (purpose: string, traits: readonly string[]): boolean =>
          consent.grants(purpose, now) &&
          past.events.some(
            (event) =>
              event.type === 'identify' &&
              traits.some((name) => event.traits?.[name] !== undefined),
          )
        return appetencePasses(condition, past, scoring, isOpen)
      }
      return scorePasses(condition, past, scoring)
    case 'pressure':
      return pressurePasses(condition, past)
    case 'budget': {
      const cap = caps.find(({ id }) => id === condition.cap)
      const isIn = (segment: string) => ask({ type: 'segment', segment })
      return cap !== undefined && budgetPasses(condition, cap, { ...past, events: history }, isIn)
    }
    case 'segment': {
      const definition = segments.find(({ id }) => id === condition.segment)
      return definition !== undefined && ask(definition.condition)
    }
  }
}

/**
 * What a history says of consent. An event counts for a purpose by its own answer, else by the latest one before it,
 * else if it was taken in for that purpose or its source needs no answer; never if a denial came at its time or later.
 */
export class ConsentOracle {
  readonly history: readonly EventRecord[]
  readonly purposes: readonly string[]
  readonly lifetime: Millis

  constructor(
    history: readonly EventRecord[],
    purposes: readonly string[] = [],
    lifetime: Millis = 395 * DAY,
  ) {
    this.history = history
    this.purposes = purposes
    this.lifetime = lifetime
  }

  #answers(
    purpose: string,
  ): { readonly at: Millis; readonly granted: boolean; readonly isGiven: boolean }[] {
    return this.history
      .flatMap(({ timestamp: at, consent, name }) => {
        const granted = consent?.[purpose]
        const isGiven = name === 'Segment Consent Preference Updated'
        return granted === undefined ? [] : [{ at, granted, isGiven }]
      })
      .sort((a, b) => a.at - b.at || Number(b.granted) - Number(a.granted))
  }

  /** A grant lasts from when it was last given in so many words, or else from when it was first carried along. */
  grants(purpose: string, now: Millis): boolean {
    const answers = this.#answers(purpose)
    const last = answers.at(-1)
    if (last === undefined) return purpose === 'analytics' || purpose === 'personalization'
    const denied = answers.findLast(({ granted }) => !granted)?.at ?? Number.NEGATIVE_INFINITY
    const standing = answers.filter(({ at, granted }) => granted && at > denied)
    const since = standing.findLast(({ isGiven }) => isGiven)?.at ?? standing[0]?.at
    return since !== undefined && now < since + this.lifetime
  }

  counts(event: EventRecord, purpose: string): boolean {
    const answers = this.#answers(purpose)
    if (answers.some(({ at, granted }) => !granted && at >= event.timestamp)) return false
    const own = event.consent?.[purpose]
    if (own !== undefined) return own
    const before = answers.filter(({ at }) => at <= event.timestamp).at(-1)
    return (
      before?.granted ?? (purpose === (event.purpose ?? 'analytics') || isImplied(event, purpose))
    )
  }

  /** Whether a condition holds of whom consents to `purposes`, by what may be known of them at that instant. */
  holds(condition: Condition, now: Millis, retention: Millis): boolean {
    if (!this.purposes.every((purpose) => this.grants(purpose, now))) return false
    const known = this.history.filter((event) => {
      const keptFor = event.purpose ?? 'analytics'
      const hasAnswer = this.#answers(keptFor).length > 0
      return this.counts(event, keptFor) && (!hasAnswer || this.grants(keptFor, now))
    })
    return holds(condition, known, now, retention, this)
  }
}

const isImplied = ({ implied }: EventRecord, purpose: string): boolean =>
  implied === true && ['analytics', 'personalization'].includes(purpose)
