import { tombstoneOf } from '../crypto/tombstone.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { ErasedRows } from '../domain/erased-message.ts'
import { deviceKeyOf } from '../domain/graph.ts'
import { addressOf, identityShardOf } from '../domain/id.ts'
import { dayOf } from '../domain/lake-part.ts'
import type {
  ErasedPerson,
  ErasureCounts,
  ErasureStep,
  SweepPlace,
  Swept,
} from '../protocol/erasure.ts'
import type { DestinationId, DeviceId, ProfileId, ShardAddress } from '../protocol/id.ts'
import { DAY, SECOND, type Millis } from '../protocol/time.ts'
import type { ErasureRecord, ErasureStore } from '../storage/erasure-store.ts'
import { importsSince } from '../storage/import-list.ts'
import { identityShard, importJob, liveMonitor, profileShard, workspaceObject } from './address.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { eraseFromLake } from './lake-erasure.ts'
import { withTimeLimit } from './time-limit.ts'

/** An object that has not answered by then is asked again. */
const CALL_LIMIT: Millis = 20 * SECOND
const MAX_FORWARDS = 16
const SHARDS_AT_ONCE = 16
/** Files of the lake in one run: each may take some 100 ms. */
const FILES = 10

/** A step that has to wait for somebody else: to be tried again a little later. */
export class NotYet extends Error {}

/** What a step came to: the record as it is by then. The step is over unless it says `again`. */
export interface StepResult {
  readonly record: ErasureRecord
  readonly again?: boolean
}

type Step = (env: Env, store: ErasureStore, record: ErasureRecord) => Promise<StepResult>

const shardOf = (env: Env, { workspace }: ErasureRecord, at: string) => {
  const address = addressOf(at)
  if (address === undefined) throw new Error('An id that names no shard')
  return profileShard(env, workspace, address)
}

const personOf = ({ person }: ErasureRecord): ErasedPerson => {
  if (person === undefined) throw new Error('Nobody was seized')
  return person
}

/** More of it was removed. */
const counted = (record: ErasureRecord, more: Partial<ErasureCounts>): ErasureRecord => ({
  ...record,
  counts: Object.fromEntries(
    Object.entries(record.counts).map(([name, n]) => [
      name,
      n + (more[name as keyof ErasureCounts] ?? 0),
    ]),
  ) as unknown as ErasureCounts,
})

/** Finds the person, and holds them. */
const seize: Step = async (env, _, record) => {
  const { workspace, id: erasure } = record
  let { at } = record
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const request = { workspace, erasure, profile: record.profile }
    const seized = await withTimeLimit(shardOf(env, record, at).seizePerson(request), CALL_LIMIT)
    // Gone already: merged into somebody who was erased meanwhile.
    if (seized === null) return { record: { ...record, step: 'finish' }, again: true }
    if (seized.type === 'seized') {
      const { person } = seized
      const counts = {
        profiles: 1,
        events: person.events,
        identifiers: person.identifiers.length,
        devices: person.devices.length,
      }
      return { record: counted({ ...record, at, person, erasedAt: person.at }, counts) }
    }
    at = seized.to
  }
  throw new Error('Too many forwards')
}

const read: Step = async (env, store, record) => {
  const { workspace, id: erasure } = record
  const stub = shardOf(env, record, record.at)
  const days = await withTimeLimit(stub.erasedMessages({ workspace, erasure }), CALL_LIMIT)
  store.saveDays(erasure, days)
  return { record }
}

/** Tombstones, where those look who want to be born: owners of identifiers, homes of devices and ids. */
const bury: Step = async (env, _, record) => {
  const { workspace } = record
  const { identifiers, devices, ids, graphIds: from, at } = personOf(record)
  const catalog = await workspaceObject(env, workspace).catalog({ workspace })
  if (catalog === null) throw new Error('This workspace was never published')
  const owners = groupBy(identifiers, ({ kind, value }) =>
    String(identityShardOf(kind, value, catalog.shards)),
  )
  await Promise.all(
    [...owners].map(([shard, own]) => {
      const stub = identityShard(env, workspace, Number(shard))
      return withTimeLimit(stub.bury({ identifiers: own, from, at }), CALL_LIMIT)
    }),
  )
  const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
  const homes = groupBy<DeviceId | ProfileId>([...devices, ...ids], (id) => {
    const { region, shard } = addressOf(id) ?? { region: 0, shard: 0 }
    return `${region}/${shard}`
  })
  await Promise.all(
    [...homes.values()].map(async (own) => {
      const atHome = devices.filter((device) => own.includes(device))
      const names = own.map((id) => (id.startsWith('dev_') ? deviceKeyOf(id) : id))
      const hashes = await Promise.all(names.map((name) => tombstoneOf(keys, name)))
      const request = { workspace, devices: atHome, ids, hashes, at }
      await withTimeLimit(shardOf(env, record, own[0] ?? '').buryHere(request), CALL_LIMIT)
    }),
  )
  return { record }
}

const remove: Step = async (env, _, record) => {
  const { workspace, id: erasure } = record
  const stub = shardOf(env, record, record.at)
  await withTimeLimit(stub.removePerson({ workspace, erasure }), CALL_LIMIT)
  return { record }
}

/** Whom something of the person was sent to, or is on its way to: noted before that is removed. */
const trace: Step = async (env, _, record) => {
  const { workspace } = record
  const profiles = personOf(record).ids
  const destinations = new Set<string>()
  await everyShard(await workspaceObject(env, workspace).shards(), async (address) => {
    const stub = profileShard(env, workspace, address)
    const told = await withTimeLimit(stub.deliveriesOf({ workspace, profiles }), CALL_LIMIT)
    for (const { type, destination } of told) if (type !== 'erased') destinations.add(destination)
  })
  return { record: { ...record, destinations: [...destinations] as DestinationId[] } }
}

async function everyShard(
  shards: readonly ShardAddress[],
  ask: (address: ShardAddress) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < shards.length; from += SHARDS_AT_ONCE) {
    await Promise.all(shards.slice(from, from + SHARDS_AT_ONCE).map(ask))
  }
}

/** Every shard, that of the graph first: the others may still be led there by an id of the person. */
const sweep: Step = async (env, store, record) => {
  const { workspace } = record
  const person = personOf(record)
  const home = addressOf(record.at)
  const yesterday = dayOf(clock.now() - DAY)
  const days = store.days(record.id, yesterday)
  let total = record
  const sweepOne = async (address: ShardAddress): Promise<void> => {
    let from: SweepPlace | undefined = { outbox: 0, failed: 0 }
    let isBusy = false
    while (from !== undefined) {
      const stub = profileShard(env, workspace, address)
      const swept: Swept = await withTimeLimit(
        stub.sweepPerson({ workspace, person, days, from }),
        CALL_LIMIT,
      )
      total = counted(total, swept.counts)
      isBusy ||= swept.isBusy
      from = swept.next
    }
    if (isBusy) throw new NotYet()
  }
  const shards = await workspaceObject(env, workspace).shards()
  const others = shards.filter(
    ({ region, shard }) => region !== home?.region || shard !== home.shard,
  )
  try {
    if (home !== undefined) await sweepOne(home)
    await everyShard(others, sweepOne)
  } catch (error) {
    if (!(error instanceof NotYet)) throw error
    return { record: total, again: true }
  }
  const ids = [...person.ids]
  const names = [...person.devices, ...person.identifiers.map(({ value }) => value)]
  await withTimeLimit(liveMonitor(env, workspace).forget({ profiles: ids, names }), CALL_LIMIT)
  return { record: total }
}

/** Files that were imported and are kept for a while hold rows as they were sent. */
const imports: Step = async (env, _, record) => {
  const { workspace } = record
  const since = clock.now() - 90 * DAY
  let importFiles = 0
  for (const id of await importsSince(env.DB, workspace, since)) {
    const isGone = await withTimeLimit(importJob(env, workspace, id).forget(), CALL_LIMIT)
    if (isGone) importFiles++
  }
  return { record: counted(record, { importFiles }) }
}

const tell: Step = async (env, _, record) => {
  const { workspace, id: erasure, destinations } = record
  const stub = shardOf(env, record, record.at)
  const told = await withTimeLimit(
    stub.tellErased({ workspace, erasure, destinations }),
    CALL_LIMIT,
  )
  return { record: counted({ ...record, destinations: [] }, { destinations: told }) }
}

/** A day of the lake, or a part of one. */
const lake: Step = async (env, store, record) => {
  if (store.lakeLock() > clock.now()) throw new NotYet()
  const [day] = store.days(record.id, '', 1)
  if (day === undefined) return { record }
  const { lakeKey, ...rest } = record
  const rows = new ErasedRows(personOf(record).ids, [day])
  const { workspace } = record
  const erased = await eraseFromLake(env.LAKE, workspace, day.day, rows, lakeKey ?? '', FILES)
  const next = counted(rest, { lakeFiles: erased.files, lakeRows: erased.rows })
  if (erased.next !== undefined) return { record: { ...next, lakeKey: erased.next }, again: true }
  store.dropDay(record.id, day.day)
  return { record: next, again: true }
}

const finish: Step = async (env, _, record) => {
  const { workspace, id: erasure } = record
  const stub = shardOf(env, record, record.at)
  await withTimeLimit(stub.finishErasure({ workspace, erasure }), CALL_LIMIT)
  return { record }
}

/** Each may be repeated. */
export const STEPS: { readonly [S in ErasureStep]: Step } = {
  seize,
  read,
  bury,
  remove,
  trace,
  sweep,
  imports,
  tell,
  lake,
  finish,
}

function groupBy<Item>(items: readonly Item[], nameOf: (item: Item) => string) {
  const groups = new Map<string, Item[]>()
  for (const item of items) {
    const group = groups.get(nameOf(item))
    if (group === undefined) groups.set(nameOf(item), [item])
    else group.push(item)
  }
  return groups
}
