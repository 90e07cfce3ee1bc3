import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, test, vi } from 'vitest'
import { workspaceObject } from '../../edge/objects/address.ts'
import type { Env } from '../../edge/objects/env.ts'
import type { Workspace } from '../../edge/objects/workspace.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import type { ShardStatus } from '../../edge/protocol/objects.ts'
import { keyHash } from '../../edge/crypto/key-hash.ts'
import { createWorkspace } from '../../edge/routes/workspace-birth.ts'
import { createDestination } from '../../edge/storage/destination-store.ts'
import { createKey, deleteSecretKey } from '../../edge/storage/key-store.ts'
import { newId } from '../../edge/storage/new-id.ts'
import { createSegment, replaceSegment } from '../../edge/storage/segment-store.ts'
import { ownSource } from '../../edge/storage/source-store.ts'

const SHARD = { region: 0, shard: 3 }
let workspace: WorkspaceId

beforeEach(async () => {
  const made = await createWorkspace(env, {
    name: 'Shop',
    owner: { email: `${newId('usr')}@example.com`, password: 'long-enough-password' },
  })
  if (!made.ok) throw new Error(made.reason)
  workspace = made.id
})

const object = () => workspaceObject(env, workspace)

/** The same object, as the test tools want it. */
const stub = () => object() as unknown as DurableObjectStub

const change = (action: string, subject: string) => ({
  workspace,
  actor: 'test',
  action,
  subject,
  at: Date.now(),
})

async function addSegment(name: string) {
  const id = newId('seg')
  const condition = { type: 'trait', trait: name, operator: 'exists' } as const
  const segment = { id, key: name, name, condition, public: false }
  await createSegment(env.DB, change('segment.created', id), segment)
  return segment
}

const statusOf = (version: number, done = 1, total = 1): ShardStatus => ({
  shard: SHARD.shard,
  population: total,
  version,
  done,
  total,
  oldestOutbox: null,
  oldestTimer: null,
})

/** Runs inside the object, with some of its bindings replaced. */
const inside = <T>(bindings: Partial<Env>, act: (instance: Workspace) => Promise<T>): Promise<T> =>
  runInDurableObject(stub(), async (instance) => {
    const own = instance as unknown as { env: Env }
    const before = own.env
    own.env = { ...before, ...bindings }
    try {
      return await act(instance as unknown as Workspace)
    } finally {
      own.env = before
    }
  })

/** Shards that answer as told, and remember which catalogs they were given. */
function shardsThat(answer: (catalog: Catalog, call: number) => ShardStatus) {
  const given: number[] = []
  const shard = {
    publish: async ({ catalog }: { catalog: Catalog }) => {
      given.push(catalog.version)
      return answer(catalog, given.length)
    },
    wake: async () => {
      throw new Error('not expected here')
    },
  }
  return { given, PROFILE: { getByName: () => shard } as unknown as Env['PROFILE'] }
}

test('a version is made when definitions differ, and only then', async () => {
  const first = await object().publish({ workspace })
  expect(await object().publish({ workspace })).toBe(first)
  const segment = await addSegment('gold')
  expect(await object().publish({ workspace })).toBe(first + 1)
  const catalog = await object().catalog({ workspace })
  expect(catalog?.segments.map(({ id }) => id)).toEqual([segment.id])
})

test('a workspace that does not exist has no catalog', async () => {
  const stranger = newId('ws')
  expect(await workspaceObject(env, stranger).catalog({ workspace: stranger })).toBeNull()
})

test('publications never interleave: a slow older reading does not replace a newer one', async () => {
  let reads = 0
  const DB = new Proxy(env.DB, {
    get: (db, name) => {
      if (name !== 'batch') return Reflect.get(db, name).bind(db)
      return async (statements: D1PreparedStatement[]) => {
        const result = await db.batch(statements)
        // The first reading is old by the time it arrives.
        if (++reads === 1) await new Promise((resolve) => setTimeout(resolve, 100))
        return result
      }
    },
  })
  const names = ['a', 'b', 'c', 'd']
  const versions = await inside({ DB }, async (instance) => {
    const publications: Promise<number>[] = []
    for (const name of names) {
      publications.push(instance.publish({ workspace }))
      await addSegment(name)
    }
    publications.push(instance.publish({ workspace }))
    return Promise.all(publications)
  })
  expect(versions).toEqual(versions.toSorted((a, b) => a - b))
  const catalog = await object().catalog({ workspace })
  expect(catalog?.segments.map(({ key }) => key).sort()).toEqual(names)
  expect(catalog?.version).toBe(versions.at(-1))
  // Those that waited together shared one reading.
  expect(reads).toBeLessThan(versions.length)
})

test('a publication reaches every born shard, and then the segment is live', async () => {
  await object().catalog({ workspace, shard: SHARD })
  expect(await object().shards()).toEqual([SHARD])
  const segment = await addSegment('gold')
  const { given, PROFILE } = shardsThat(({ version }) => statusOf(version))
  await inside({ PROFILE }, async (instance) => {
    const version = await instance.publish({ workspace })
    expect(await instance.status({ workspace })).toMatchObject({
      version,
      live: false,
      progress: 0,
    })
    await instance.alarm()
    expect([...new Set(given)]).toEqual([version])
    expect(await instance.status({ workspace })).toMatchObject({
      version,
      live: true,
      progress: 1,
      liveVersion: version,
      segments: { [segment.id]: { version: 1, since: version } },
    })
  })
})

test('a shard that fails is told again by the alarm until it answers, each time later', async () => {
  await object().catalog({ workspace, shard: SHARD })
  await addSegment('gold')
  const calls: number[] = []
  const { PROFILE } = shardsThat(({ version }, call) => {
    calls.push(Date.now())
    if (call <= 3) throw new Error('unreachable')
    return statusOf(version)
  })
  await inside({ PROFILE }, async (instance) => {
    await instance.publish({ workspace })
    await vi.waitFor(
      async () => expect(await instance.status({ workspace })).toMatchObject({ live: true }),
      { timeout: 15_000, interval: 50 },
    )
  })
  const [first = 0, second = 0, , fourth = 0] = calls
  expect(calls).toHaveLength(4)
  // Half a second, then one, then two: lateness of a busy machine only makes them longer.
  expect(second - first).toBeGreaterThanOrEqual(490)
  expect(fourth - second).toBeGreaterThanOrEqual(2_900)
})

test('back-fills are followed by the reports of shards; late word of an older version is ignored', async () => {
  await object().catalog({ workspace, shard: SHARD })
  const before = await object().publish({ workspace })
  await addSegment('gold')
  const { PROFILE } = shardsThat(({ version }) => statusOf(version, 0, 200))
  await inside({ PROFILE }, async (instance) => {
    const version = await instance.publish({ workspace })
    await instance.alarm()
    expect(await instance.status({ workspace })).toMatchObject({ live: false, progress: 0 })
    await instance.acknowledge({ workspace, shard: SHARD, status: statusOf(version, 50, 200) })
    expect(await instance.status({ workspace })).toMatchObject({ live: false, progress: 0.25 })
    await instance.acknowledge({ workspace, shard: SHARD, status: statusOf(before, 200, 200) })
    expect(await instance.status({ workspace })).toMatchObject({ live: false, progress: 0.25 })
    await instance.acknowledge({ workspace, shard: SHARD, status: statusOf(version, 200, 200) })
    expect(await instance.status({ workspace })).toMatchObject({ live: true, progress: 1 })
  })
})

test('a segment that did not change stays live while another is being built', async () => {
  const old = await addSegment('old')
  await object().publish({ workspace })
  await object().catalog({ workspace, shard: SHARD })
  const young = await addSegment('young')
  const { PROFILE } = shardsThat(({ version }) => statusOf(version, 0, 10))
  const status = await inside({ PROFILE }, async (instance) => {
    await instance.publish({ workspace })
    await instance.alarm()
    return instance.status({ workspace })
  })
  expect(status.segments[old.id]?.since).toBeLessThanOrEqual(status.liveVersion)
  expect(status.segments[young.id]?.since).toBeGreaterThan(status.liveVersion)
})

test('D1 is told when every shard works by a revision, so that the sweeper may rest', async () => {
  await object().catalog({ workspace, shard: SHARD })
  await addSegment('gold')
  const row = () =>
    env.DB.prepare('select revision, settled from workspace where id = ?')
      .bind(workspace)
      .first<{ revision: number; settled: number }>()
  const { PROFILE } = shardsThat(({ version }) => statusOf(version))
  await inside({ PROFILE }, async (instance) => {
    await instance.publish({ workspace })
    const behind = await row()
    expect(behind?.settled).toBeLessThan(behind?.revision ?? 0)
    await instance.alarm()
  })
  const settled = await row()
  expect(settled?.settled).toBe(settled?.revision)
})

test('the read cache holds the catalog and the keys in force', async () => {
  const hash = await keyHash('sk_cached')
  const id = newId('key')
  const key = { id, kind: 'secret', name: 'k', hash, hint: 'ched', text: null } as const
  const source = await ownSource(env.DB, workspace)
  await createKey(env.DB, change('key.created', id), source, key)
  const version = await object().publish({ workspace })
  await runDurableObjectAlarm(stub())
  expect(await env.CACHE.get(`catalog:${workspace}`, 'json')).toMatchObject({ version })
  expect(await env.CACHE.get(`key:${hash}`, 'json')).toEqual({ kind: 'secret', workspace, source })

  await deleteSecretKey(env.DB, change('key.deleted', id), id)
  await object().publish({ workspace })
  await runDurableObjectAlarm(stub())
  expect(await env.CACHE.get(`key:${hash}`)).toBeNull()
})

test('shards get no address and no secret; the consumer gets both; 410 switches off', async () => {
  const id = newId('dst')
  const target = {
    id,
    name: 'Hook',
    kind: 'webhook',
    url: 'https://example.com/secret-path',
    purposes: ['analytics'],
    enabled: true,
    secrets: ['sealed-secret'],
  } as const
  await createDestination(env.DB, change('destination.created', id), target)
  await object().publish({ workspace })
  const text = JSON.stringify(await object().catalog({ workspace }))
  expect(text).toContain(id)
  expect(text).not.toContain('secret-path')
  expect(text).not.toContain('sealed-secret')
  expect(await object().target({ workspace, destination: id })).toEqual(target)

  await object().disable({ workspace, destination: id })
  expect(await object().target({ workspace, destination: id })).toMatchObject({ enabled: false })
  const catalog = await object().catalog({ workspace })
  expect(catalog?.destinations).toMatchObject([{ id, enabled: false }])
  const audit = await env.DB.prepare('select action from audit where subject = ?')
    .bind(id)
    .all<{ action: string }>()
  expect(audit.results.map(({ action }) => action).sort()).toEqual([
    'destination.created',
    'destination.disabled',
  ])
})

test('a catalog larger than a row of SQLite comes back whole', async () => {
  const segment = await addSegment('large')
  const value = Array.from({ length: 1_000 }, (_, at) => `${at}-${'é😀'.repeat(300)}`)
  const condition = { type: 'trait', trait: 't', operator: 'in', value } as const
  await replaceSegment(env.DB, change('segment.changed', segment.id), { ...segment, condition })
  await object().publish({ workspace })
  const [found] = await runInDurableObject(stub(), async (instance, state) => {
    // As after an eviction: nothing is kept in memory.
    const Again = instance.constructor as typeof Workspace
    const catalog = await new Again(state as DurableObjectState, env).catalog({ workspace })
    return catalog?.segments ?? []
  })
  expect(found?.condition).toEqual(condition)
})
