import type { Purpose } from '../protocol/consent.ts'
import type { Condition } from '../protocol/condition.ts'
import type { ContextField, EventContext } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Entry } from './entry.ts'
import type { Feature, FeatureSet } from './feature.ts'
import { compileFollowed } from './followed.ts'
import { LeafSet, type Leaf, type LeafCondition } from './leaf.ts'
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
  /** Names of traits. */
  readonly traits: Set<string>
  readonly context: Set<ContextField>
  readonly purposes: Set<Purpose>
  accounts: boolean
}

export interface CompiledCondition {
  readonly evaluate: Evaluate
  readonly reads: Reads
  /** The conditions it is made of by `all`, `any` and `not`, each once. */
  readonly leaves: ReadonlySet<Leaf>
  /** Whether it holds where of each leaf it is known whether it does. */
  readonly holds: (isHeld: (leaf: Leaf) => boolean) => boolean
  /** Its verdict by those of its leaves. */
  readonly verdict: (verdictOf: (leaf: Leaf) => Verdict) => Verdict
}

/** What conditions are compiled for. */
export interface Place {
  readonly features: FeatureSet
  /** The retention: an event leaves the whole history as it leaves any window. */
  readonly horizon: Millis
  /** IANA name of the workspace's time zone. */
  readonly zone: string
  /** Leaves that were compiled for the same place before: equal ones are one. Absent: none. */
  readonly leaves?: LeafSet
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
  const known = place.leaves ?? new LeafSet()
  const leaves = new Set<Leaf>()
  const leafOf = (part: LeafCondition): Leaf => {
    const leaf = known.demand(part, purposes, () => {
      const reads = noReads()
      return { reads, evaluate: compileLeaf(part, { ...place, reads, purposes }) }
    })
    leaves.add(leaf)
    return leaf
  }
  const { holds, verdict } = compileNode(condition, leafOf)
  const reads = noReads()
  for (const purpose of purposes) reads.purposes.add(purpose)
  for (const leaf of leaves) addReads(reads, leaf.reads)
  const evaluate: Evaluate = (facts, now) => verdict((leaf) => leaf.evaluate(facts, now))
  return { evaluate, reads, leaves, holds, verdict }
}

const noReads = (): Reads => ({
  features: new Set(),
  traits: new Set(),
  context: new Set(),
  purposes: new Set(),
  accounts: false,
})

function addReads(all: Reads, more: Reads): void {
  for (const one of more.features) all.features.add(one)
  for (const one of more.traits) all.traits.add(one)
  for (const one of more.context) all.context.add(one)
  for (const one of more.purposes) all.purposes.add(one)
  all.accounts ||= more.accounts
}

/** Where a leaf of a condition is compiled. */
export interface Site extends Place {
  readonly reads: Reads
  readonly purposes: readonly Purpose[]
}

interface Node extends Pick<CompiledCondition, 'holds' | 'verdict'> {
  /** It is a leaf, or the opposite of one. */
  readonly literal?: { readonly leaf: Leaf; readonly isNegated: boolean } | undefined
}

function compileNode(condition: Condition, leafOf: (condition: LeafCondition) => Leaf): Node {
  switch (condition.type) {
    case 'all':
    case 'any': {
      const decisive = condition.type === 'any'
      const children = condition.conditions.map((child) => compileNode(child, leafOf))
      // Most are leaves, or their opposites: these are looked at first, without a call for each.
      const literals = children.flatMap(({ literal }) => literal ?? [])
      const others = children.filter(({ literal }) => literal === undefined)
      return {
        holds: (isHeld) => {
          for (const { leaf, isNegated } of literals) {
            if ((isHeld(leaf) !== isNegated) === decisive) return decisive
          }
          for (const child of others) if (child.holds(isHeld) === decisive) return decisive
          return !decisive
        },
        verdict: (verdictOf) =>
          combine(
            children.map((child) => child.verdict(verdictOf)),
            decisive,
          ),
      }
    }
    case 'not': {
      const inner = compileNode(condition.condition, leafOf)
      const { literal } = inner
      return {
        literal: literal && { leaf: literal.leaf, isNegated: !literal.isNegated },
        holds: (isHeld) => !inner.holds(isHeld),
        verdict: (verdictOf) => negate(inner.verdict(verdictOf)),
      }
    }
    default: {
      const leaf = leafOf(condition)
      return {
        literal: { leaf, isNegated: false },
        holds: (isHeld) => isHeld(leaf),
        verdict: (verdictOf) => verdictOf(leaf),
      }
    }
  }
}

function compileLeaf(condition: LeafCondition, site: Site): Evaluate {
  const { reads } = site
  switch (condition.type) {
    case 'trait': {
      const { trait } = condition
      reads.traits.add(trait).add(trait.split('.', 1)[0] ?? trait)
      const accepts = compileTest(condition)
      const read = reader(trait)
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
      const { field, scope = 'now' } = condition
      reads.context.add(field)
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
