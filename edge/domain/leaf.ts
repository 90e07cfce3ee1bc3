import type { ComputedTrait } from '../protocol/computed-trait.ts'
import type { BudgetCondition, ClockTest, Condition, Test } from '../protocol/condition.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { SegmentId } from '../protocol/id.ts'
import { NEVER } from '../protocol/time.ts'
import type { CapDefinition } from '../protocol/touch.ts'
import type { Evaluate, Facts, Reads } from './condition.ts'
import { textHash } from './message-hash.ts'
import type { Verdict } from './verdict.ts'

/** Entered so short a time ago that a segment is not left yet. No condition of anybody's own. */
export interface StayCondition {
  readonly type: 'stay'
  readonly segment: SegmentId
}

/**
 * What a condition asks of a trait that is computed from events: by what it is computed, in the place of its name. So
 * profiles that were judged by another definition of it are asked again. No condition of anybody's own.
 */
export interface ComputedCondition {
  readonly type: 'computed'
  readonly by: Omit<ComputedTrait, 'key'>
  /** Below the trait. */
  readonly path: readonly string[]
  readonly test: Test | ClockTest
}

/**
 * What a condition on the budget of a cap asks of whom one of its limits is for: by the cap in the place of its name. So
 * profiles that were judged by another definition of it are asked again. No condition of anybody's own.
 */
export interface LeftCondition extends Pick<BudgetCondition, 'operator' | 'value'> {
  readonly type: 'left'
  readonly of: Pick<CapDefinition, 'channel' | 'tag' | 'window' | 'onSite'>
  /** Null: there is no limit. */
  readonly most: number | null
}

/** A condition that is not made of others. */
export type LeafCondition =
  | Exclude<Condition, { readonly type: 'all' | 'any' | 'not' | 'segment' }>
  | StayCondition
  | ComputedCondition
  | LeftCondition

/** A condition as it is compiled, with what stands for the budgets of caps. */
export type Spelled =
  | Condition
  | LeftCondition
  | { readonly type: 'all' | 'any'; readonly conditions: readonly Spelled[] }
  | { readonly type: 'not'; readonly condition: Spelled }

/** A leaf of conditions, shared by all that have an equal one: it is asked once, for all of them. */
export interface Leaf {
  /** The same for an equal condition in every catalog: profiles keep what it stands at by it. */
  readonly key: string
  readonly condition: LeafCondition
  readonly evaluate: Evaluate
  readonly reads: Reads
  /** What it stands at while there is nothing that it reads. */
  readonly blank: Verdict
  /** The segment whose members it keeps. */
  readonly stay: SegmentId | undefined
  /** It may stand otherwise even then: it asks the time, or what is taken for granted. */
  readonly isRestless: boolean
}

const UNSTARTED: Verdict = { holds: false, until: NEVER }

/** What is known of somebody of whom nothing is known. */
const NOTHING: Facts = {
  trait: () => undefined,
  entries: () => [],
  imported: false,
  context: {},
  ever: () => [],
  consent: () => UNSTARTED,
  accounts: () => [],
  identifies: () => false,
  staysUntil: () => undefined,
}

/** Leaves compiled for one place, by condition and purposes. */
export class LeafSet {
  readonly #byText = new Map<string, Leaf>()
  readonly #keys = new Set<string>()

  demand(
    condition: LeafCondition,
    purposes: readonly Purpose[],
    compile: () => Pick<Leaf, 'evaluate' | 'reads'>,
  ): Leaf {
    const text = canonical([condition, [...new Set(purposes)].sort()])
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const { evaluate, reads } = compile()
    const blank = evaluate(NOTHING, 0)
    const isRestless = blank.until < NEVER || reads.purposes.size > 0 || readsNothing(reads)
    const leaf = {
      key: this.#keyOf(text),
      condition,
      evaluate,
      reads,
      blank: isRestless ? UNSTARTED : blank,
      isRestless,
      stay: condition.type === 'stay' ? condition.segment : undefined,
    }
    this.#byText.set(text, leaf)
    return leaf
  }

  [Symbol.iterator](): Iterator<Leaf> {
    return this.#byText.values()
  }

  #keyOf(text: string): string {
    let key = textHash(text)
      .map((half) => half.toString(36))
      .join('.')
    while (this.#keys.has(key)) key += '~'
    this.#keys.add(key)
    return key
  }
}

const readsNothing = ({ features, traits, context, accounts }: Reads): boolean =>
  features.size === 0 && traits.size === 0 && context.size === 0 && !accounts

/** JSON whose objects have their keys in order. */
export const canonical = (json: unknown): string =>
  JSON.stringify(json, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
