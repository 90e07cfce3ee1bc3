import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { planCompaction } from '../../edge/domain/lake-compaction.ts'
import { dayOf, lakeFolder, lakeKey, lakePartOf } from '../../edge/domain/lake-part.ts'
import { lakeRow, type LakeRow } from '../../edge/domain/lake-row.ts'
import { compactLake } from '../../edge/objects/lake-compaction.ts'
import { readLakeFile, writeLakeFile } from '../../edge/objects/lake-file.ts'
import type { ProfileId, WorkspaceId } from '../../edge/protocol/id.ts'
import { DAY, HOUR, MINUTE } from '../../edge/protocol/time.ts'
import { newId } from '../../edge/storage/new-id.ts'
import { sweep } from '../../edge/sweep.ts'
import { track } from '../domain/build.ts'
import { openShop } from './intake-fixture.ts'

const NOW = Date.UTC(2026, 2, 10, 5)
const YESTERDAY = dayOf(NOW - DAY)
const EFFORT = 1_000

const { LAKE } = env

afterEach(() => vi.restoreAllMocks())

const newWorkspace = () => newId('ws') as WorkspaceId

interface Written {
  readonly shard?: number
  readonly from: number
  readonly to?: number
  readonly day?: string
  readonly count?: number
}

/** A part as a shard writes it; the ids of its messages. */
async function write(
  workspace: WorkspaceId,
  { shard = 1, from, to = from, day = YESTERDAY, count = 3 }: Written,
): Promise<string[]> {
  const rows = Array.from({ length: count }, (_, index) =>
    lakeRow(
      {
        profile: 'prf_x' as ProfileId,
        event: track(`Event ${index % 2}`, Date.parse(day) + from, { index, text: 'é "x"\n' }),
      },
      workspace,
    ),
  )
  const key = lakeKey({ workspace, day, address: { region: 0, shard }, from, to })
  await LAKE.put(key, await writeLakeFile(rows))
  return rows.map((row) => String(row['message_id']))
}

async function keysOf(workspace: WorkspaceId): Promise<string[]> {
  const { objects } = await LAKE.list({ prefix: lakeFolder(workspace) })
  return objects.map(({ key }) => key)
}

async function rowsIn(keys: readonly string[]): Promise<LakeRow[]> {
  const rows: LakeRow[] = []
  for (const key of keys) {
    const object = await LAKE.get(key)
    if (object === null) throw new Error(`${key} has gone`)
    for await (const row of readLakeFile(await object.arrayBuffer())) rows.push(row)
  }
  return rows
}

/** What a reader finds that leaves out superseded files. */
async function idsRead(workspace: WorkspaceId): Promise<unknown[]> {
  const keys = await keysOf(workspace)
  const parts = keys.flatMap((key) => {
    const part = lakePartOf(workspace, YESTERDAY, key)
    return part === undefined ? [] : [{ ...part, key, size: 1 }]
  })
  const gone = new Set(planCompaction(parts, 1).superseded.map(({ key }) => key))
  const rows = await rowsIn(keys.filter((key) => !gone.has(key)))
  return rows.map((row) => row['message_id'])
}

test('small files of a past day become one, with the same rows in the same order', async () => {
  const workspace = newWorkspace()
  for (let from = 1; from <= 5; from++) await write(workspace, { from })
  const before = await rowsIn(await keysOf(workspace))
  expect(await compactLake(LAKE, workspace, NOW, EFFORT)).toBeGreaterThan(5)
  const keys = await keysOf(workspace)
  expect(keys).toEqual([
    `events/workspace=${workspace}/day=${YESTERDAY}/0-1-000000000001-000000000005.parquet`,
  ])
  expect(await rowsIn(keys)).toEqual(before)
  expect(before).toHaveLength(15)
  expect(await compactLake(LAKE, workspace, NOW, EFFORT)).toBe(0)
})

test('today is left alone, and yesterday until its last events have arrived', async () => {
  const workspace = newWorkspace()
  await write(workspace, { from: 1, day: dayOf(NOW) })
  await write(workspace, { from: 2, day: dayOf(NOW) })
  expect(await compactLake(LAKE, workspace, NOW, EFFORT)).toBe(0)
  const tomorrow = Math.floor(NOW / DAY) * DAY + DAY
  expect(await compactLake(LAKE, workspace, tomorrow + HOUR / 2, EFFORT)).toBe(0)
  expect(await compactLake(LAKE, workspace, tomorrow + HOUR, EFFORT)).toBeGreaterThan(2)
})

test('shards and workspaces keep their own files', async () => {
  const [one, other] = [newWorkspace(), newWorkspace()]
  for (const shard of [1, 12]) {
    await write(one, { shard, from: 1 })
    await write(one, { shard, from: 2 })
  }
  await write(other, { from: 1 })
  await write(other, { from: 2 })
  await compactLake(LAKE, one, NOW, EFFORT)
  expect(await keysOf(one)).toHaveLength(2)
  expect(await keysOf(other)).toHaveLength(2)
})

test('more rows than one row group holds come out as they went in', async () => {
  const workspace = newWorkspace()
  for (let from = 1; from <= 4; from++) await write(workspace, { from, count: 2_000 })
  const before = await rowsIn(await keysOf(workspace))
  await compactLake(LAKE, workspace, NOW, EFFORT)
  const keys = await keysOf(workspace)
  expect(keys).toHaveLength(1)
  expect(await rowsIn(keys)).toEqual(before)
})

test('a part that comes late is joined to what was joined before', async () => {
  const workspace = newWorkspace()
  const ids = [await write(workspace, { from: 1 }), await write(workspace, { from: 2 })]
  await compactLake(LAKE, workspace, NOW, EFFORT)
  ids.push(await write(workspace, { from: 3, to: 7 }))
  await compactLake(LAKE, workspace, NOW, EFFORT)
  expect(await keysOf(workspace)).toHaveLength(1)
  expect(await idsRead(workspace)).toEqual(ids.flat())
})

test('broken off before the parts are removed, a reader sees each event once, and the next go tidies up', async () => {
  const workspace = newWorkspace()
  const ids = []
  for (let from = 1; from <= 3; from++) ids.push(await write(workspace, { from }))
  const broken = vi.spyOn(LAKE, 'delete').mockRejectedValue(new Error('crash'))
  await expect(compactLake(LAKE, workspace, NOW, EFFORT)).rejects.toThrow('crash')
  broken.mockRestore()
  expect(await keysOf(workspace)).toHaveLength(4)
  expect(await idsRead(workspace)).toEqual(ids.flat())
  await compactLake(LAKE, workspace, NOW, EFFORT)
  expect(await keysOf(workspace)).toHaveLength(1)
  expect(await idsRead(workspace)).toEqual(ids.flat())
})

test('a write of a part that comes back after the part was joined changes nothing', async () => {
  const workspace = newWorkspace()
  const ids = [await write(workspace, { from: 1 }), await write(workspace, { from: 2 })]
  const [, second = ''] = await keysOf(workspace)
  const body = await (await LAKE.get(second))?.arrayBuffer()
  await compactLake(LAKE, workspace, NOW, EFFORT)
  await LAKE.put(second, body ?? '')
  expect(await idsRead(workspace)).toEqual(ids.flat())
  await compactLake(LAKE, workspace, NOW, EFFORT)
  expect(await keysOf(workspace)).toHaveLength(1)
})

test.for(['put', 'get'] as const)('a %s that fails removes nothing', async (method) => {
  const workspace = newWorkspace()
  const ids = [await write(workspace, { from: 1 }), await write(workspace, { from: 2 })]
  const broken = vi.spyOn(LAKE, method).mockRejectedValue(new Error('the store is down'))
  await expect(compactLake(LAKE, workspace, NOW, EFFORT)).rejects.toThrow('the store is down')
  broken.mockRestore()
  expect(await keysOf(workspace)).toHaveLength(2)
  expect(await idsRead(workspace)).toEqual(ids.flat())
})

test('a go stops when it has done its share, and the next one goes on', async () => {
  const workspace = newWorkspace()
  for (const shard of [1, 2, 3]) {
    await write(workspace, { shard, from: 1 })
    await write(workspace, { shard, from: 2 })
  }
  await compactLake(LAKE, workspace, NOW, 1)
  expect(await keysOf(workspace)).toHaveLength(5)
  await compactLake(LAKE, workspace, NOW, EFFORT)
  expect(await keysOf(workspace)).toHaveLength(3)
})

test('two at once do it once', async () => {
  const workspace = newWorkspace()
  const ids = []
  for (let from = 1; from <= 20; from++) ids.push(await write(workspace, { from }))
  await Promise.allSettled(
    Array.from({ length: 4 }, () => compactLake(LAKE, workspace, NOW, EFFORT)),
  )
  await compactLake(LAKE, workspace, NOW, EFFORT)
  expect(await keysOf(workspace)).toHaveLength(1)
  expect(await idsRead(workspace)).toEqual(ids.flat())
})

test('the sweeper goes round the lakes of all workspaces in ten minutes', async () => {
  const shops = [await openShop(), await openShop(), await openShop()]
  for (const { id } of shops) {
    await write(id, { from: 1 })
    await write(id, { from: 2 })
  }
  for (let minute = 0; minute < 10; minute++) await sweep(env, NOW + minute * MINUTE)
  for (const { id } of shops) expect(await keysOf(id)).toHaveLength(1)
})
