import type { Catalog } from '../../protocol/catalog.ts'
import type { BudgetCondition, Condition } from '../../protocol/condition.ts'
import { DEFAULT_PURPOSE } from '../../protocol/consent.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { SegmentId, SourceId } from '../../protocol/id.ts'
import type { Json } from '../../protocol/json.ts'
import type { SegmentDefinition } from '../../protocol/membership.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { CapDefinition } from '../../protocol/touch.ts'
import type { Clause, Flip, Reason, Saying, Why } from '../../protocol/why.ts'
import type { AccountLookup } from '../account.ts'
import { applyEvent, noChanges } from '../apply-event.ts'
import { compileWhole } from '../computed/whole-catalog.ts'
import { finderOf } from '../computed/condition.ts'
import { compile, type CompiledCondition } from '../condition.ts'
import { grantLifetime } from '../consent.ts'
import { settle } from '../fold.ts'
import { judgeAt } from '../judge.ts'
import { valueAt } from '../operator.ts'
import { decodeProfile, encodeProfile, type Profile } from '../profile.ts'
import { rebuildFeatures } from '../rebuild.ts'
import type { Verdict } from '../verdict.ts'
import { isOfCap, pressureOf } from './budget-reasons.ts'
import { evidenceFor } from './evidence.ts'
import { consentFlip, flipsOf, inOrder, type Scene } from './flips.ts'
import { reasonsFor } from './reasons.ts'

/** Ways that are tried on a copy of the person. */
const MOST_TRIES = 800

/**
 * Why a person is in a segment or not: each part of its condition with what it stands at and the events it stands on,
 * and the least that would turn it. The verdicts are those of the engine itself, and what is said to turn one was
 * tried on a copy of the person. Undefined: there is no such segment.
 */
export function explain(
  id: SegmentId,
  catalog: Catalog,
  person: Profile,
  history: readonly EventRecord[],
  now: Millis,
  accounts: AccountLookup,
): Why | undefined {
  const definition = catalog.segments.find((one) => one.id === id)
  if (definition === undefined) return undefined
  const view = new View(definition, catalog, person, history, now, accounts)
  const { holds, until } = view.membership(view.profile, now)
  const flip = view.leastFlip(!holds)
  return {
    holds,
    ...(until < NEVER && { until }),
    clauses: view.parts.map(({ path, condition }) => view.clauseOf(condition, path, view.purposes)),
    ...(flip !== undefined && { flip }),
  }
}

/** Why somebody is one of those a condition holds for, as if a segment had it. */
export function reasonsOf(
  { condition, purposes }: Pick<SegmentDefinition, 'condition' | 'purposes'>,
  catalog: Catalog,
  person: Profile,
  history: readonly EventRecord[],
  now: Millis,
  accounts: AccountLookup,
): readonly Reason[] {
  const definition: SegmentDefinition = {
    id: DRAFT,
    key: '',
    name: '',
    condition,
    public: false,
    ...(purposes !== undefined && { purposes }),
  }
  const view = new View(definition, catalog, person, history, now, accounts)
  return view.parts.flatMap(({ path, condition: part }) =>
    reasonsFor(view.clauseOf(part, path, view.purposes), part),
  )
}

/** No id that a segment of a workspace has. */
const DRAFT = 'draft' as SegmentId

class View {
  readonly profile: Profile
  readonly purposes: readonly string[]
  readonly parts: readonly { readonly path: string; readonly condition: Condition }[]
  readonly #definition: SegmentDefinition
  readonly #catalog: Catalog
  readonly #compiled
  readonly #history: readonly EventRecord[]
  readonly #now: Millis
  readonly #accounts: AccountLookup
  readonly #trait: Scene['computed']
  readonly #conditions = new Map<Condition, CompiledCondition>()
  readonly #after = new Map<string, Profile>()
  readonly #encoded: string
  #tries = 0

  constructor(
    definition: SegmentDefinition,
    catalog: Catalog,
    person: Profile,
    history: readonly EventRecord[],
    now: Millis,
    accounts: AccountLookup,
  ) {
    this.#definition = definition
    this.#catalog = { ...catalog, candidates: [], segments: closureOf(definition, catalog) }
    this.#compiled = compileWhole(this.#catalog, accounts)
    this.#trait = finderOf(catalog.computedTraits ?? [])
    this.#history = history
    this.#now = now
    this.#accounts = accounts
    this.profile = decodeProfile(encodeProfile(person))
    rebuildFeatures(this.profile, history, this.#compiled)
    this.#encoded = encodeProfile(this.profile)
    this.purposes = definition.purposes ?? []
    this.parts = [
      ...this.purposes.map((purpose, place) => ({
        path: `purposes.${place}`,
        condition: { type: 'consent', purpose } as const,
      })),
      { path: 'condition', condition: definition.condition },
    ]
  }

  membership(profile: Profile, at: Millis): Verdict {
    const compiled = this.#compiled.segments.get(this.#definition.id)
    if (compiled === undefined) throw new Error('A segment that is explained is compiled')
    return judgeAt(profile, grantLifetime(this.#catalog), at, this.#accounts)(compiled)
  }

  #verdict(
    profile: Profile,
    condition: Condition,
    purposes: readonly string[],
    at: Millis,
  ): Verdict {
    const compiled = this.#compile(condition, purposes)
    return judgeAt(profile, grantLifetime(this.#catalog), at, this.#accounts)(compiled)
  }

  #compile(condition: Condition, purposes: readonly string[]): CompiledCondition {
    const known = this.#conditions.get(condition)
    if (known !== undefined) return known
    const { retention: horizon, timezone: zone, scoring } = this.#catalog
    const { features, computed, edge } = this.#compiled
    const place = {
      features,
      horizon,
      zone,
      scoring,
      computed,
      edge,
      segments: (id: SegmentId) => this.#segment(id),
    }
    const compiled = compile(condition, place, purposes)
    this.#conditions.set(condition, compiled)
    return compiled
  }

  #segment(id: SegmentId): SegmentDefinition | undefined {
    return this.#catalog.segments.find((one) => one.id === id)
  }

  clauseOf(condition: Condition, path: string, purposes: readonly string[], depth = 0): Clause {
    const { holds, until } = this.#verdict(this.profile, condition, purposes, this.#now)
    const stands = { path, holds, ...(until < NEVER && { until }) }
    const none = { evidence: [], more: 0 }
    switch (condition.type) {
      case 'all':
      case 'any':
        return {
          ...stands,
          ...none,
          condition: { type: condition.type, conditions: [] },
          clauses: condition.conditions.map((one, place) =>
            this.clauseOf(one, `${path}.conditions.${place}`, purposes, depth),
          ),
        }
      case 'not':
        return {
          ...stands,
          ...none,
          condition: { type: 'not', condition: { type: 'all', conditions: [] } },
          clauses: [this.clauseOf(condition.condition, `${path}.condition`, purposes, depth)],
        }
      case 'segment': {
        const inner = this.#segment(condition.segment as SegmentId)
        // A segment that is made of itself is shown no deeper than it can be made.
        if (inner === undefined || depth > this.#catalog.segments.length) {
          return { ...stands, ...none, condition }
        }
        const own = inner.purposes ?? []
        const clause = this.clauseOf(inner.condition, `${path}.segment`, own, depth + 1)
        return { ...stands, ...none, condition, clauses: [clause] }
      }
      default: {
        const compiled = this.#compile(condition, purposes)
        const { retention: horizon, timezone: zone } = this.#catalog
        const around = { now: this.#now, horizon, zone }
        const found =
          condition.type === 'budget'
            ? this.#touchesOf(condition, around)
            : evidenceFor(
                this.#measured(condition) ?? condition,
                compiled,
                this.profile,
                this.#history,
                around,
              )
        return { ...stands, ...found, condition }
      }
    }
  }

  /** Of what is left of a cap, the messages that it counts. */
  #touchesOf({ cap: id }: BudgetCondition, around: Parameters<typeof evidenceFor>[4]) {
    const cap = this.#cap(id)
    if (cap === undefined) return { evidence: [], more: 0 }
    const asked = pressureOf(cap)
    const said = this.#history.filter((event) => isOfCap(event, cap))
    return evidenceFor(asked, this.#compile(asked, []), this.profile, said, around)
  }

  #cap(id: string): CapDefinition | undefined {
    return this.#catalog.caps?.find((one) => one.id === id)
  }

  /** Of a computed trait, the events that it is computed from. */
  #measured(condition: Condition): Condition | undefined {
    const named = condition.type === 'trait' ? this.#trait(condition.trait) : undefined
    if (named === undefined) return undefined
    const { event, window } = named.trait
    return { type: 'performed', event, ...(window && { window }), operator: 'gte', value: 1 }
  }

  /** The least that turns the membership; what time alone does is not counted. */
  leastFlip(target: boolean): Flip | undefined {
    const scene: Scene = {
      now: this.#now,
      zone: this.#catalog.timezone,
      profile: this.profile,
      segment: (id) => this.#segment(id),
      cap: (id) => this.#cap(id),
      computed: this.#trait,
      bound: (condition) => this.#boundValues(condition),
      holds: (condition, purposes) =>
        this.#verdict(this.profile, condition, purposes, this.#now).holds,
      turns: (flip, condition, purposes) => {
        if (++this.#tries > MOST_TRIES) return false
        const { holds } = this.#verdict(
          this.#said(flip),
          condition,
          purposes,
          this.#now + flip.wait,
        )
        return holds !== this.#verdict(this.profile, condition, purposes, this.#now).holds
      },
    }
    const whole: Condition = {
      type: 'all',
      conditions: this.parts.map(({ condition }) => condition),
    }
    const isTurned = (flip: Flip): boolean =>
      flip.sayings.length > 0 &&
      this.membership(this.#said(flip), this.#now + flip.wait).holds === target
    const ways = flipsOf(whole, target, scene, this.purposes)
    const found = inOrder(ways).find(isTurned) ?? this.#agreed(ways).find(isTurned)
    return found && shrunk(found, isTurned)
  }

  /** The same ways for somebody who lets what they do be counted. */
  #agreed(ways: readonly Flip[]): readonly Flip[] {
    const [agreed] = consentFlip(DEFAULT_PURPOSE, true).sayings
    if (agreed === undefined) return []
    return inOrder([
      ...ways.map(({ sayings, wait }) => ({ sayings: [agreed, ...sayings], wait })),
      { sayings: [agreed], wait: 0 },
    ])
  }

  /** The person as they would be after a flip. */
  #said({ sayings }: Flip): Profile {
    const key = JSON.stringify(sayings)
    const known = this.#after.get(key)
    if (known !== undefined) return known
    const copy = decodeProfile(this.#encoded)
    const changes = noChanges()
    const events = sayings.map((one, place) => eventOf(one, place, this.#now))
    for (const event of events) {
      const { features, catalog } = this.#compiled
      applyEvent(copy, event, copy.consentMode, features, changes, catalog.traitPolicies)
    }
    const said = settle(copy, changes, () => [...this.#history, ...events], this.#compiled)
    this.#after.set(key, said)
    return said
  }

  /** What the latest events had that a condition asks to be followed by an equal one. */
  #boundValues(condition: Condition): readonly Json[] {
    if (condition.type !== 'followedBy' && condition.type !== 'notFollowedBy') return []
    const { event, then } = condition
    if (then.same === undefined) return []
    const path = then.same.split('.')
    const values = this.#history
      .filter(({ name }) => (typeof event === 'string' ? event === name : event.includes(name)))
      .toSorted((a, b) => b.timestamp - a.timestamp)
      .flatMap(({ properties }) => valueAt(properties, path) ?? [])
    return [...new Set(values)].slice(0, 3)
  }
}

/** A segment, and all that it is made of. */
function closureOf(
  definition: SegmentDefinition,
  { segments, caps = [] }: Catalog,
): readonly SegmentDefinition[] {
  const found = new Map([[definition.id, definition]])
  const visit = (condition: Condition): void => {
    if (condition.type === 'all' || condition.type === 'any') condition.conditions.forEach(visit)
    else if (condition.type === 'not') visit(condition.condition)
    else if (condition.type === 'segment') take(condition.segment)
    else if (condition.type === 'budget') {
      const cap = caps.find(({ id }) => id === condition.cap)
      for (const { segment } of cap?.thresholds ?? []) take(segment)
    }
  }
  const take = (id: string): void => {
    const inner = segments.find((one) => one.id === id)
    if (inner === undefined || found.has(inner.id)) return
    found.set(inner.id, inner)
    visit(inner.condition)
  }
  visit(definition.condition)
  return [...found.values()]
}

/** A saying as the event that it would come by. */
export function eventOf(
  { type, event, ago, properties = {}, traits, context = {}, consent }: Saying,
  position: number,
  now: Millis,
): EventRecord {
  return {
    messageId: `said-${position}`,
    type,
    name: event,
    timestamp: now - ago,
    receivedAt: now,
    position,
    source: 'src_said' as SourceId,
    identifiers: [],
    properties,
    context,
    ...(traits !== undefined && { traits }),
    ...(consent !== undefined && { consent }),
  }
}

/** Without what makes no difference. */
function shrunk(flip: Flip, isTurned: (flip: Flip) => boolean): Flip {
  let { sayings } = flip
  for (let place = sayings.length - 1; place >= 0; place--) {
    const fewer = sayings.toSpliced(place, 1)
    if (fewer.length > 0 && isTurned({ ...flip, sayings: fewer })) sayings = fewer
  }
  const still = { ...flip, sayings }
  return still.wait > 0 && isTurned({ sayings, wait: 0 }) ? { sayings, wait: 0 } : still
}
