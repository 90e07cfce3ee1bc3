import type { Purpose } from '../protocol/consent.ts'
import {
  CLOCK_OPERATORS,
  type ClockTest,
  type Condition,
  type ContextCondition,
  type Test,
  type Window,
} from '../protocol/condition.ts'
import type { ContextField, EventContext } from '../protocol/event.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Json } from '../protocol/json.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { Scoring } from '../protocol/population.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { compileClockTest } from './clock-test.ts'
import type { EdgeOnly } from './edge-only.ts'
import type { Entry } from './entry.ts'
import type { Feature, FeatureSet } from './feature.ts'
import { compileFollowed } from './followed.ts'
import {
  LeafSet,
  type ComputedCondition,
  type Leaf,
  type LeafCondition,
  type Spelled,
} from './leaf.ts'
import { compileLifecycle } from './lifecycle.ts'
import { compileNow } from './local-time.ts'
import { compileNear } from './near.ts'
import { compileTest, valueAt } from './operator.ts'
import { compilePerformed } from './performed.ts'
import { compileOutlasting } from './outlasting.ts'
import { compileReaction } from './reaction.ts'
import { compileSequence } from './sequence.ts'
import { compileSession } from './session.ts'
import { combine, negate, type Verdict } from './verdict.ts'
import { leavesBefore } from './window.ts'

/** What a condition may know of a profile. */
export interface Facts {
  trait(name: string): Json | undefined
  /** What is kept of the events that match a feature, in their order: the latest `keep` of them. */
  entries(feature: Feature): readonly Entry[]
  /** Some of its events were imported: these may expire later than what happened after them. */
  readonly imported: boolean
  /** Of the latest event. */
  readonly context: EventContext
  /** Every value a field ever had. */
  ever(field: ContextField): readonly Json[]
  /** Whether a purpose is granted, and until when. */
  consent(purpose: Purpose): Verdict
  /** The accounts the person belongs to: each answers its traits by name. */
  accounts(): readonly ((trait: string) => Json | undefined)[]
  /** Whether an identifier of a kind is known. */
  identifies(kind: string): boolean
  /** Until when a member of a segment stays one whatever its condition says; undefined: for no longer. */
  staysUntil(segment: SegmentId): Millis | undefined
}

export type Evaluate = (facts: Facts, now: Millis) => Verdict

/** Of a condition that looks at events alone. */
export type EvaluateEvents = (facts: Pick<Facts, 'entries' | 'imported'>, now: Millis) => Verdict

/** What a condition reads: it need not be evaluated again while none of it changed. */
export interface Reads {
  readonly features: Set<Feature>
  /** Names of traits. */
  readonly traits: Set<string>
  readonly context: Set<ContextField>
  readonly purposes: Set<Purpose>
  accounts: boolean
  identifiers: boolean
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

/** As a condition has it. */
type ToldLeaf = Exclude<LeafCondition, ComputedCondition>

export type TraitCondition = Extract<Condition, { readonly type: 'trait' | 'account' }>

/** A condition on a trait that is computed from events. */
export interface Computed {
  readonly condition: ComputedCondition
  /** Only events count that were consented to for all of them. */
  readonly purposes: readonly Purpose[]
  readonly compile: (site: Site) => Evaluate
}

/** Browsers compute no traits, so whoever knows some tells how they are compiled. */
export type ComputedLookup = (condition: ToldLeaf) => Computed | undefined

/** What conditions are compiled for. */
export interface Place {
  readonly features: FeatureSet
  /** The retention: an event leaves the whole history as it leaves any window. */
  readonly horizon: Millis
  /** IANA name of the workspace's time zone. */
  readonly zone: string
  /** The segments there are, by id. */
  readonly segments: (id: SegmentId) => SegmentDefinition | undefined
  /** Absent: nobody is scored. */
  readonly scoring?: Scoring | undefined
  /** What a condition asks that names a trait computed from events; undefined: the trait is what was said. */
  readonly computed?: ComputedLookup | undefined
  /** What only the edge judges, scores among it. Absent: it holds of nobody. */
  readonly edge?: EdgeOnly | undefined
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
  return compileWith(place, purposes, (scope) => compileNode(condition, scope))
}

/** Compiles when somebody is a member of a segment: while its purposes are granted, and its condition holds. */
export const compileMembership = (definition: SegmentDefinition, place: Place): CompiledCondition =>
  compileWith(place, definition.purposes ?? [], (scope) => membershipNode(definition, scope))

function compileWith(
  place: Place,
  purposes: readonly Purpose[],
  compileAll: (scope: Scope) => Node,
): CompiledCondition {
  const leaves = new Set<Leaf>()
  const known = place.leaves ?? new LeafSet()
  const { holds, verdict } = compileAll({ place, known, purposes, leaves, within: [] })
  const reads = noReads()
  for (const purpose of purposes) reads.purposes.add(purpose)
  for (const leaf of leaves) addReads(reads, leaf.reads)
  const evaluate: Evaluate = (facts, now) => verdict((leaf) => leaf.evaluate(facts, now))
  return { evaluate, reads, leaves, holds, verdict }
}

export const noReads = (): Reads => ({
  features: new Set(),
  traits: new Set(),
  context: new Set(),
  purposes: new Set(),
  accounts: false,
  identifiers: false,
})

function addReads(all: Reads, more: Reads): void {
  for (const one of more.features) all.features.add(one)
  for (const one of more.traits) all.traits.add(one)
  for (const one of more.context) all.context.add(one)
  for (const one of more.purposes) all.purposes.add(one)
  all.accounts ||= more.accounts
  all.identifiers ||= more.identifiers
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

/** Where a part of a condition stands. */
interface Scope {
  readonly place: Place
  readonly known: LeafSet
  readonly purposes: readonly Purpose[]
  /** What the whole is made of so far. */
  readonly leaves: Set<Leaf>
  /** The segments whose members it tells, one within the other. */
  readonly within: readonly SegmentId[]
}

function compileNode(condition: Spelled, scope: Scope): Node {
  switch (condition.type) {
    case 'all':
    case 'any':
      return nodeOf(
        condition.conditions.map((child) => compileNode(child, scope)),
        condition.type === 'any',
      )
    case 'not': {
      const inner = compileNode(condition.condition, scope)
      const { literal } = inner
      return {
        literal: literal && { leaf: literal.leaf, isNegated: !literal.isNegated },
        holds: (isHeld) => !inner.holds(isHeld),
        verdict: (verdictOf) => negate(inner.verdict(verdictOf)),
      }
    }
    case 'segment': {
      const definition = scope.place.segments(condition.segment as SegmentId)
      // A segment that is gone has no members; one that asks for its own has none either.
      if (definition === undefined || scope.within.includes(definition.id)) return nodeOf([], true)
      return membershipNode(definition, { ...scope, purposes: definition.purposes ?? [] })
    }
    default: {
      const spelled = scope.place.edge?.spell(condition)
      return spelled ? compileNode(spelled, { ...scope, purposes: [] }) : leafNode(condition, scope)
    }
  }
}

/** `decisive`: the verdict of one child that settles it. */
function nodeOf(children: readonly Node[], decisive: boolean): Node {
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

function membershipNode(definition: SegmentDefinition, outer: Scope): Node {
  const { id, condition, purposes = [], minimumStay } = definition
  const scope = { ...outer, within: [...outer.within, id] }
  const granted = purposes.map((purpose) => leafNode({ type: 'consent', purpose }, scope))
  const met = compileNode(condition, scope)
  const kept =
    minimumStay === undefined
      ? met
      : nodeOf([met, leafNode({ type: 'stay', segment: id }, scope)], true)
  return granted.length === 0 ? kept : nodeOf([...granted, kept], false)
}

function leafNode(condition: ToldLeaf, scope: Scope): Node {
  const leaf = leafOf(condition, scope)
  return {
    literal: { leaf, isNegated: false },
    holds: (isHeld) => isHeld(leaf),
    verdict: (verdictOf) => verdictOf(leaf),
  }
}

function leafOf(condition: ToldLeaf, { place, known, purposes, leaves }: Scope): Leaf {
  const computed = place.computed?.(condition)
  const asked = computed ? [...purposes, ...computed.purposes] : purposes
  const leaf = known.demand(computed?.condition ?? condition, asked, () => {
    const reads = noReads()
    const site = { ...place, reads, purposes: asked }
    return { reads, evaluate: computed?.compile(site) ?? compileLeaf(condition, site) }
  })
  leaves.add(leaf)
  return leaf
}

const NOT_HERE: Verdict = { holds: false, until: NEVER }

function compileLeaf(condition: ToldLeaf, site: Site): Evaluate {
  const { reads } = site
  switch (condition.type) {
    case 'trait': {
      const { trait } = condition
      reads.traits.add(trait).add(trait.split('.', 1)[0] ?? trait)
      const ask = compileTraitTest(condition, site.zone)
      const read = reader(trait)
      return (facts, now) =>
        ask(
          read((name) => facts.trait(name)),
          now,
        )
    }
    case 'account': {
      reads.accounts = true
      const ask = compileTraitTest(condition, site.zone)
      const read = reader(condition.trait)
      return (facts, now) =>
        combine(
          facts.accounts().map((trait) => ask(read(trait), now)),
          true,
        )
    }
    case 'context':
      return compileContext(condition, site)
    case 'now':
      return compileNow(condition, site)
    case 'reaction':
      return outlasting(condition.window, site, (one) => compileReaction(condition, one))
    case 'stay': {
      const { segment } = condition
      return (facts, now) => {
        const until = facts.staysUntil(segment) ?? now
        return until > now ? { holds: true, until } : { holds: false, until: NEVER }
      }
    }
    case 'performed':
      return outlasting(condition.window, site, (one) => compilePerformed(condition, one))
    case 'sequence':
      return outlasting(condition.window, site, (one) => compileSequence(condition, one))
    case 'followedBy':
    case 'notFollowedBy':
      return outlasting(undefined, site, (one) => compileFollowed(condition, one))
    case 'lifecycle':
      return condition.is === 'first-time'
        ? outlasting(undefined, site, (one) => compileLifecycle(condition, one))
        : compileLifecycle(condition, site)
    case 'consent': {
      const { purpose } = condition
      reads.purposes.add(purpose)
      return (facts) => facts.consent(purpose)
    }
    default:
      // What only the edge judges.
      return site.edge?.compile(condition, site) ?? (() => NOT_HERE)
  }
}

/** What leaves a window before it could expire needs no more than that. */
export const outlasting = (
  window: Window | undefined,
  site: Site,
  compileAt: (site: Site) => EvaluateEvents,
): EvaluateEvents =>
  leavesBefore(window, site.horizon)
    ? compileAt(site)
    : compileOutlasting((horizon) => compileAt({ ...site, horizon }), site)

function compileContext(condition: ContextCondition, site: Site): Evaluate {
  const { scope = 'now' } = condition
  const [field, accepts] =
    'near' in condition
      ? (['location', compileNear(condition.near)] as const)
      : ([condition.field, compileTest(condition, site.zone)] as const)
  if (scope === 'session') return compileSession(field, accepts, site)
  site.reads.context.add(field)
  return (facts) => {
    const ever = facts.ever(field)
    const value = scope === 'now' ? facts.context[field] : ever.length > 0 ? ever : undefined
    return { holds: accepts(value), until: NEVER }
  }
}

/** A comparison of a value that time alone may turn. */
function compileTraitTest(
  test: Test | ClockTest,
  zone: string,
): (value: Json | undefined, now: Millis) => Verdict {
  if (isClockTest(test)) return compileClockTest(test, zone)
  const accepts = compileTest(test, zone)
  return (value) => ({ holds: accepts(value), until: NEVER })
}

const isClockTest = (test: Test | ClockTest): test is ClockTest =>
  (CLOCK_OPERATORS as readonly string[]).includes(test.operator)

type Traits = (name: string) => Json | undefined

/** Reads a trait by dotted path. One whose own name holds a dot wins over the path. */
function reader(whole: string): (traits: Traits) => Json | undefined {
  const [name = '', ...path] = whole.split('.')
  return (traits) => traits(whole) ?? valueAt(traits(name), path)
}
