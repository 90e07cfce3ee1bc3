import type { Purpose } from '../protocol/consent.ts'
import type { Condition, PerformedCondition } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import type { ContextField, EventContext } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Feature, FeatureSet } from './feature.ts'
import { compileTest, valueAt } from './operator.ts'
import { combine, negate, type Verdict } from './verdict.ts'

/** What a condition may know of a profile. */
export interface Facts {
  trait(name: string): Json | undefined
  /** Ascending instants of the events that match a feature, the latest `keep` of them. */
  occurrences(feature: Feature): readonly Millis[]
  /** Of the latest event. */
  readonly context: EventContext
  /** Every value a field ever had. */
  ever(field: ContextField): readonly Json[]
  /** Whether a purpose is granted, and until when. */
  consent(purpose: Purpose): Verdict
  /** The accounts the person belongs to: each answers its traits by name. */
  accounts(): readonly ((trait: string) => Json | undefined)[]
}

export type Evaluate = (facts: Facts, now: Millis) => Verdict

/** What a condition reads: it need not be evaluated again while none of it changed. */
export interface Reads {
  readonly features: Set<Feature>
  traits: boolean
  context: boolean
  readonly purposes: Set<Purpose>
  accounts: boolean
}

export interface CompiledCondition {
  readonly evaluate: Evaluate
  readonly reads: Reads
}

/**
 * Compiles a condition into nested closures, once per definition: Workers forbid `eval`.
 * `horizon` is the retention: an event leaves the whole history as it leaves any window. `purposes`: only events
 * count that were consented to for all of them.
 */
export function compile(
  condition: Condition,
  features: FeatureSet,
  horizon: Millis,
  purposes: readonly Purpose[] = [],
): CompiledCondition {
  const reads: Reads = {
    features: new Set(),
    traits: false,
    context: false,
    accounts: false,
    purposes: new Set(purposes),
  }
  return { evaluate: compileNode(condition, { features, horizon, reads, purposes }), reads }
}

interface Site {
  readonly features: FeatureSet
  readonly horizon: Millis
  readonly reads: Reads
  readonly purposes: readonly Purpose[]
}

function compileNode(condition: Condition, site: Site): Evaluate {
  const { reads } = site
  switch (condition.type) {
    case 'all':
    case 'any': {
      const decisive = condition.type === 'any'
      const children = condition.conditions.map((child) => compileNode(child, site))
      return (facts, now) =>
        combine(
          children.map((evaluate) => evaluate(facts, now)),
          decisive,
        )
    }
    case 'not': {
      const inner = compileNode(condition.condition, site)
      return (facts, now) => negate(inner(facts, now))
    }
    case 'trait': {
      reads.traits = true
      const accepts = compileTest(condition)
      const read = reader(condition.trait)
      return (facts) => ({ holds: accepts(read((name) => facts.trait(name))), until: NEVER })
    }
    case 'account': {
      reads.accounts = true
      const accepts = compileTest(condition)
      const read = reader(condition.trait)
      return (facts) => ({
        holds: facts.accounts().some((trait) => accepts(read(trait))),
        until: NEVER,
      })
    }
    case 'context': {
      reads.context = true
      const { field, scope = 'now' } = condition
      const accepts = compileTest(condition)
      return (facts) => ({
        holds: accepts(scope === 'now' ? facts.context[field] : [...facts.ever(field)]),
        until: NEVER,
      })
    }
    case 'performed':
      return compileCount(condition, site)
    case 'consent': {
      const { purpose } = condition
      reads.purposes.add(purpose)
      return (facts) => facts.consent(purpose)
    }
  }
}

type Traits = (name: string) => Json | undefined

/** Reads a trait by dotted path. One whose own name holds a dot wins over the path. */
function reader(whole: string): (traits: Traits) => Json | undefined {
  const [name = '', ...path] = whole.split('.')
  return (traits) => traits(whole) ?? valueAt(traits(name), path)
}

type Comparison = (count: number) => boolean

function compareCount({ operator, value }: PerformedCondition): {
  holds: Comparison
  decisiveAt: number
} {
  const [low, high] = typeof value === 'number' ? [value, value] : value
  // One more than the largest count that matters: beyond it every comparison answers the same.
  const decisiveAt = Math.floor(Math.max(low, high, 0)) + 1
  const compare: Record<PerformedCondition['operator'], Comparison> = {
    equals: (count) => count === low,
    not_equals: (count) => count !== low,
    gt: (count) => count > low,
    gte: (count) => count >= low,
    lt: (count) => count < low,
    lte: (count) => count <= low,
    between: (count) => count >= low && count <= high,
  }
  return { holds: compare[operator], decisiveAt }
}

/**
 * An event at t counts while `t > now − window`, so it leaves exactly at `t + window`. Without new events the count
 * only falls, one leaving instant after the other: the verdict stands until the first at which it flips.
 */
function compileCount(
  condition: PerformedCondition,
  { features, horizon, reads, purposes }: Site,
): Evaluate {
  const { holds, decisiveAt } = compareCount(condition)
  const feature = features.demand(condition, decisiveAt, purposes)
  reads.features.add(feature)
  const last = condition.window && parseDuration(condition.window.last)
  const window = Math.min(last ?? horizon, horizon)
  return (facts, now) => {
    const instants = facts.occurrences(feature)
    let first = instants.length
    while (first > 0 && (instants[first - 1] ?? 0) > now - window) first--
    const verdict = holds(instants.length - first)
    for (let left = first + 1; left <= instants.length; left++) {
      const leaver = instants[left - 1] ?? 0
      if (instants[left] === leaver) continue
      if (holds(instants.length - left) !== verdict)
        return { holds: verdict, until: leaver + window }
    }
    return { holds: verdict, until: NEVER }
  }
}
