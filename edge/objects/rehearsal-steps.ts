import { planJoins } from '../domain/join-plan.ts'
import { addressOf, identityShardOf } from '../domain/id.ts'
import { identifierKey } from '../domain/identity.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { ProfileId, ShardAddress } from '../protocol/id.ts'
import type { GraphSurvey, RegroupOutcome } from '../protocol/rehearsal.ts'
import { DAY, SECOND, type Millis } from '../protocol/time.ts'
import type {
  RehearsalPhase,
  RehearsalRecord,
  RehearsalStore,
  SurveyedGraph,
} from '../storage/rehearsal-store.ts'
import { identityShard, profileShard, workspaceObject } from './address.ts'
import type { Env } from './env.ts'
import type { Elsewhere } from './regroup-calls.ts'
import { resultOf, withGluing, withOutcome } from './rehearsal-sums.ts'
import { withTimeLimit } from './time-limit.ts'

/** Profiles, identifiers and graphs of one slice. */
const SURVEYED = 100
const REHEARSED = 25
const REGROUPED = 25
const ASKED = 200
const HEADS = 5
/** Graphs that may become one with others: the plan is made of all of them at once. */
const MAX_JOINING = 200_000
/** A switch looks at all people again until a pass changes nobody; who never comes to rest is not waited for. */
const MAX_PASSES = 5
const MAX_FORWARDS = 16
const CALL_LIMIT: Millis = 30 * SECOND

/** What a slice came to: kept in one transaction with the record that follows. */
export type Settle = (store: RehearsalStore) => RehearsalRecord

interface Work {
  readonly env: Env
  readonly store: RehearsalStore
  readonly record: RehearsalRecord
  readonly now: Millis
}

/** Does one slice of what is next. Each may be repeated: it only looks, or does what may be done twice. */
export function step(work: Work): Promise<Settle> {
  switch (work.record.phase) {
    case 'survey':
      return survey(work)
    case 'owners':
      return askOwners(work)
    case 'plan':
      return plan(work)
    case 'rehearse':
      return rehearsePage(work)
    case 'joined':
      return rehearseHeads(work)
    case 'unite':
      return unite(work)
    case 'regroup':
      return regroupPage(work)
  }
}

const sinceOf = ({ days }: RehearsalRecord, now: Millis): Millis => now - days * DAY

const begin = (record: RehearsalRecord, phase: RehearsalPhase): RehearsalRecord => ({
  ...record,
  phase,
  shard: 0,
  after: '',
  done: 0,
})

/** The place after a page of a shard; `next` follows the last shard. */
function turn(
  record: RehearsalRecord,
  { after, profiles }: { readonly after: string | null; readonly profiles: number },
  next: (record: RehearsalRecord) => RehearsalRecord,
): RehearsalRecord {
  const done = record.done + profiles
  if (after !== null) return { ...record, after, done }
  const shard = record.shard + 1
  const moved = { ...record, shard, after: '', done }
  return shard < record.shards.length ? moved : next(moved)
}

const addressAt = ({ shards, shard }: RehearsalRecord): ShardAddress =>
  shards[shard] ?? { region: 0, shard: 0 }

async function survey({ env, record, now }: Work): Promise<Settle> {
  const { workspace, rules, after } = record
  const next = (done: RehearsalRecord) => begin(done, 'owners')
  if (record.shards.length === 0) return () => next(record)
  const stub = profileShard(env, workspace, addressAt(record))
  const request = { workspace, rules, after, limit: SURVEYED, since: sinceOf(record, now) }
  const page = await withTimeLimit(stub.surveyGraphs(request), CALL_LIMIT)
  return (store) => {
    for (const graph of page.graphs) addSurvey(store, graph)
    return turn(record, page, next)
  }
}

function addSurvey(store: RehearsalStore, { missing, ...graph }: GraphSurvey): void {
  store.addGraph(graph satisfies SurveyedGraph)
  for (const { kind, value } of missing) {
    store.addSighting(identifierKey({ kind, value }), graph.root, kind, value, false)
  }
}

/** Who holds already what others only name. */
async function askOwners({ env, store, record, now }: Work): Promise<Settle> {
  const { workspace } = record
  const page = store.identifiers(record.after, ASKED)
  const last = page.at(-1)
  if (last === undefined) return () => begin(record, 'plan')
  const holders = await holdersOf(env, record, page, now)
  return (present) => {
    for (const { identifier, graph } of holders) {
      const { kind, value } = identifier
      addSurvey(present, graph)
      present.addSighting(identifierKey(identifier), graph.root, kind, value, true)
    }
    return { ...record, workspace, after: last.key, done: record.done + page.length }
  }
}

async function holdersOf(
  env: Env,
  { workspace, rules, ...record }: RehearsalRecord,
  identifiers: readonly Identifier[],
  now: Millis,
): Promise<{ identifier: Identifier; graph: GraphSurvey }[]> {
  const catalog = await withTimeLimit(
    workspaceObject(env, workspace).catalog({ workspace }),
    CALL_LIMIT,
  )
  const byShard = new Map<number, Identifier[]>()
  for (const { kind, value } of identifiers) {
    const shard = identityShardOf(kind, value, catalog?.shards ?? 1)
    byShard.set(shard, [...(byShard.get(shard) ?? []), { kind, value }])
  }
  const since = sinceOf({ workspace, rules, ...record }, now)
  const found = await Promise.all(
    [...byShard].map(async ([shard, asked]) => {
      const stub = identityShard(env, workspace, shard)
      const owners = await withTimeLimit(stub.lookupMany(asked), CALL_LIMIT)
      return Promise.all(
        asked.map(async (identifier, at) => {
          const profile = owners[at] ?? undefined
          if (profile === undefined) return []
          const graph = await follow(profile, (id, address) =>
            profileShard(env, workspace, address).holder({
              workspace,
              profile: id,
              identifier,
              rules,
              since,
            }),
          )
          return graph === null ? [] : [{ identifier, graph }]
        }),
      )
    }),
  )
  return found.flat(2)
}

/** Asks where an id is at home, and on from there. */
async function follow<T extends object>(
  id: ProfileId,
  ask: (id: ProfileId, address: ShardAddress) => Promise<T | Elsewhere | null>,
): Promise<T | null> {
  let next = id
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const address = addressOf(next)
    if (address === undefined) return null
    const answer = await withTimeLimit(ask(next, address), CALL_LIMIT)
    if (answer === null || !('elsewhere' in answer)) return answer
    next = answer.elsewhere
  }
  throw new Error('Too many forwards')
}

async function plan({ store, record }: Work): Promise<Settle> {
  const shared = store.shared()
  if (shared.reduce((sum, { roots }) => sum + roots.length, 0) > MAX_JOINING) {
    return () => ({ ...record, state: 'failed', reason: 'too-many-joins' })
  }
  const { heads, refusals, ignored } = planJoins(store.graphs(), shared)
  return (present) => {
    for (const [root, head] of heads) present.setHead(root, head)
    for (const { root, key } of refusals) present.addRefusal(root, key)
    const tooMany = ignored.flatMap(({ key, graphs }) => {
      const identifier = present.identifierOf(key)
      return identifier === undefined
        ? []
        : [{ ...identifier, people: graphs, ignored: true as const }]
    })
    const gluing = withGluing(record.sums.gluing, tooMany)
    const next = begin(record, record.state === 'switching' ? 'unite' : 'rehearse')
    return { ...next, sums: { ...record.sums, gluing } }
  }
}

async function rehearsePage({ env, record, now }: Work): Promise<Settle> {
  const { workspace, rules, after } = record
  const next = (done: RehearsalRecord) => begin(done, 'joined')
  if (record.shards.length === 0) return () => next(record)
  const stub = profileShard(env, workspace, addressAt(record))
  const request = { workspace, rules, after, limit: REHEARSED, since: sinceOf(record, now) }
  const page = await withTimeLimit(stub.rehearseGraphs(request), CALL_LIMIT)
  return (store) => {
    const alone = page.outcomes.filter(({ root }) => !store.isSpecial(root))
    return turn({ ...record, sums: alone.reduce(withOutcome, record.sums) }, page, next)
  }
}

async function rehearseHeads({ env, store, record }: Work): Promise<Settle> {
  const { workspace, rules } = record
  const heads = store.heads(record.after, HEADS)
  const last = heads.at(-1)
  if (last === undefined) return finish(env, record)
  const outcomes: RegroupOutcome[] = []
  for (const root of heads) {
    const members = store.members(root)
    // Nobody of them had traffic in the time that is looked at.
    if (!members.some(({ isRecent }) => isRecent)) continue
    const others = members.map((one) => one.root).filter((one) => one !== root)
    const refusals = members.flatMap((one) =>
      store.refusals(one.root).map((key) => ({ root: one.root, key })),
    )
    const outcome = await follow(root, (id, address) =>
      profileShard(env, workspace, address).rehearseJoined({
        workspace,
        root: id,
        others,
        refusals,
        rules,
      }),
    )
    if (outcome !== null) outcomes.push(outcome)
  }
  return () => ({
    ...record,
    after: last,
    done: record.done + heads.length,
    sums: outcomes.reduce(withOutcome, record.sums),
  })
}

async function finish(env: Env, record: RehearsalRecord): Promise<Settle> {
  const { workspace, sums, traits } = record
  const catalog = await withTimeLimit(
    workspaceObject(env, workspace).catalog({ workspace }),
    CALL_LIMIT,
  )
  const result = resultOf(sums, traits, catalog?.segments ?? [])
  return () => ({ ...record, state: 'rehearsed', result })
}

/** Brings together what belongs together, and says what may not. */
async function unite({ env, store, record }: Work): Promise<Settle> {
  const { workspace } = record
  const heads = store.heads(record.after, HEADS)
  const last = heads.at(-1)
  if (last === undefined) return () => begin(record, 'regroup')
  for (const head of heads) {
    for (const { root } of store.members(head)) {
      if (root !== head) {
        await follow(root, (id, address) =>
          profileShard(env, workspace, address).uniteGraphs({ workspace, root: id, to: head }),
        )
      }
      const keys = store.refusals(root)
      if (keys.length === 0) continue
      await follow(root, (id, address) =>
        profileShard(env, workspace, address).refuseIn({ workspace, root: id, keys }),
      )
    }
  }
  return () => ({ ...record, after: last, done: record.done + heads.length })
}

async function regroupPage({ env, record }: Work): Promise<Settle> {
  const { workspace, rules, after, version } = record
  const next = (done: RehearsalRecord): RehearsalRecord =>
    done.changed > 0 && done.passes + 1 < MAX_PASSES
      ? { ...begin(done, 'regroup'), changed: 0, passes: done.passes + 1 }
      : { ...done, state: 'switched' }
  if (record.shards.length === 0) return () => next(record)
  const stub = profileShard(env, workspace, addressAt(record))
  // Traits are joined anew once: a second pass is for who moved meanwhile.
  const own = record.passes === 0 ? rules : { ...rules, remake: false }
  const request = { workspace, rules: own, after, limit: REGROUPED, version }
  const page = await withTimeLimit(stub.regroupGraphs(request), CALL_LIMIT)
  return () => turn({ ...record, changed: record.changed + page.changed }, page, next)
}
