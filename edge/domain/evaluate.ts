import type { Condition } from '../protocol/condition.ts'
import type { ConsentAnswers, Purpose } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId, SegmentId, SourceId, WorkspaceId } from '../protocol/id.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { Scoring } from '../protocol/population.ts'
import type { Millis } from '../protocol/time.ts'
import { ToldAccounts } from './account.ts'
import { clausesOf, matchedBy, type Clause, type ClauseVerdict } from './clause.ts'
import { compileCatalog, type CompiledCatalog } from './compiled-catalog.ts'
import type { ComputedLookup } from './condition.ts'
import { grantLifetime } from './consent.ts'
import type { EdgeOnly } from './edge-only.ts'
import { foldProfile } from './fold.ts'
import { seeGroup } from './group.ts'
import { judgeAt } from './judge.ts'
import { newProfile, type Profile } from './profile.ts'
import { withValue } from './trait.ts'
import type { Verdict } from './verdict.ts'

/** One person's whole history, and what is known of them beside it. */
export interface Person {
  /** In any order. */
  readonly events: readonly EventRecord[]
  readonly traits?: JsonObject | undefined
  readonly accounts?: readonly { readonly id: string; readonly traits?: JsonObject }[] | undefined
  readonly consent?: ConsentAnswers | undefined
}

/** Where a condition is asked: it means the same nowhere else. */
export interface Where {
  /** IANA name. */
  readonly timezone: string
  /** How long an event counts at most. */
  readonly retention: Millis
  /** Absent: nobody is scored. */
  readonly scoring?: Scoring
  /** What conditions ask that name computed traits: `computedBy`. Absent: none is computed. */
  readonly computed?: ComputedLookup | undefined
  /** What browsers do not load. Absent: conditions that ask for it hold of nobody. */
  readonly edge?: EdgeOnly
  /** Those that the condition may name. Absent: none. */
  readonly segments?: readonly SegmentDefinition[]
  /** Those of the segment whose condition it is: only what was consented to for all of them counts. Absent: none. */
  readonly purposes?: readonly Purpose[]
}

export interface Answer extends Verdict {
  /** The condition and its parts, each with its own verdict and evidence. */
  readonly clause: ClauseVerdict
}

/** Answers whether a person is in at an instant. Later events do not count. */
export type Evaluator = (person: Person, at: Millis) => Answer

const NOBODY = 'prf_' as ProfileId
const SOURCE = 'src_' as SourceId

/**
 * A condition by itself, asked of a whole history at once: what shards know piece by piece, for whoever has the events
 * at hand. The same code as theirs, so the same answers.
 */
export function evaluatorOf(condition: Condition, where: Where): Evaluator {
  const clauses = clausesOf(condition)
  const { computed, edge } = where
  const compiled = compileCatalog(catalogOf(clauses, where), undefined, [], computed, edge)
  const lifetime = grantLifetime(compiled.catalog)
  return (person, at) => {
    const events = person.events.filter(({ timestamp }) => timestamp <= at)
    const { profile, accounts } = profileOf(person, events, at, compiled)
    const judge = judgeAt(profile, lifetime, at, accounts.lookup)
    const tell = (clause: Clause): ClauseVerdict => {
      const { evaluate, reads } = segmentOf(compiled, clause.index)
      const { holds, until } = judge({ evaluate })
      const parts = clause.parts.map(tell)
      return {
        path: clause.path,
        type: clause.condition.type,
        holds,
        until,
        events: parts.length > 0 ? [] : matchedBy(reads.features, events, at, where.retention),
        parts,
      }
    }
    const clause = tell(clauses)
    return { holds: clause.holds, until: clause.until, clause }
  }
}

/** No id that a segment of a workspace has. */
const segmentId = (index: number) => `clause_${index}` as SegmentId

function segmentOf({ segments }: CompiledCatalog, index: number) {
  const segment = segments.get(segmentId(index))
  if (segment === undefined) throw new Error(`Clause ${index} was not compiled`)
  return segment
}

/** Each clause as a segment of its own: they share features like any others. */
function catalogOf(root: Clause, where: Where) {
  const { timezone, retention, scoring, segments: known = [], purposes = [] } = where
  const segments = [...everyClause(root)].map(({ index, condition }) => ({
    id: segmentId(index),
    key: '',
    name: '',
    condition,
    public: false,
    purposes,
  }))
  return {
    workspace: 'ws_' as WorkspaceId,
    version: 1,
    publishedAt: 0,
    sources: [],
    segments: [...segments, ...known],
    experiences: [],
    activations: [],
    destinations: [],
    kinds: [],
    ...(scoring !== undefined && { scoring }),
    shards: 1,
    retention,
    timezone,
  }
}

function* everyClause(clause: Clause): Generator<Clause> {
  yield clause
  for (const part of clause.parts) yield* everyClause(part)
}

/**
 * What is known beside the events was so before all of them, and is no event itself: nothing counts it. Grants lapse as
 * anybody's do.
 */
function profileOf(
  { traits, accounts = [], consent }: Person,
  events: readonly EventRecord[],
  at: Millis,
  compiled: CompiledCatalog,
): { readonly profile: Profile; readonly accounts: ToldAccounts } {
  const before = events.reduce((least, { timestamp }) => Math.min(least, timestamp), at) - 1
  const told = new ToldAccounts()
  for (const event of events) told.hear(event)
  const said: EventRecord = {
    messageId: '',
    type: 'group',
    name: '',
    timestamp: before,
    receivedAt: before,
    source: SOURCE,
    identifiers: [],
    properties: {},
    context: {},
  }
  const answered = consent === undefined ? [] : [{ ...said, consent, carried: true as const }]
  const base = newProfile(NOBODY, NOBODY, before)
  const profile = foldProfile(base, [...answered, ...events], compiled)
  for (const [name, value] of Object.entries(traits ?? {})) {
    const trait = withValue(profile.traits.get(name), value, said)
    if (trait !== undefined) profile.traits.set(name, trait)
  }
  for (const { id, traits: known } of accounts) {
    const event = { ...said, group: id, ...(known !== undefined && { traits: known }) }
    told.hear(event)
    seeGroup(profile.groups, event)
  }
  return { profile, accounts: told }
}
