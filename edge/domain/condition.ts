import type { Purpose } from '../protocol/consent.ts'
import type { Condition } from '../protocol/condition.ts'
import type { ContextField, EventContext } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Entry } from './entry.ts'
import type { Feature, FeatureSet } from './feature.ts'
import { compileFollowed } from './followed.ts'
import { compileLifecycle } from './lifecycle.ts'
import { compileTest, valueAt } from './operator.ts'
import { compilePerformed } from './performed.ts'
import { compileSequence } from './sequence.ts'
import { combine, negate, type Verdict } from './verdict.ts'

/** What a condition may know of a profile. */
export interface Facts {
  trait(name: string): Json | undefined
  /** What is kept of the events that match a feature, in their order: the latest `keep` of them. */
  entries(feature: Feature): readonly Entry[]
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

/** What conditions are compiled for. */
export interface Place {
  readonly features: FeatureSet
  /** The retention: an event leaves the whole history as it leaves any window. */
  readonly horizon: Millis
  /** IANA name of the workspace's time zone. */
  readonly zone: string
}

/**
 * Compiles a condition into nested closures, once per definition: Workers forbid `eval`.
 * `purposes`: only events count that were consented to for all of them.
 */
export function compile(
  condition: Condition,
  place: Place,
  purposes: readonly Purpose[] = [],
): CompiledCondition {
  const reads: Reads = {
    features: new Set(),
    traits: false,
    context: false,
    accounts: false,
    purposes: new Set(purposes),
  }
  return { evaluate: compileNode(condition, { ...place, reads, purposes }), reads }
}

/** Where a part of a condition is compiled. */
export interface Site extends Place {
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
      return compilePerformed(condition, site)
    case 'sequence':
      return compileSequence(condition, site)
    case 'followedBy':
    case 'notFollowedBy':
      return compileFollowed(condition, site)
    case 'lifecycle':
      return compileLifecycle(condition, site)
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
