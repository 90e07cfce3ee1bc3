import { runInDurableObject } from 'cloudflare:test'
import { clock } from '../../edge/objects/clock.ts'
import type { Profile } from '../../edge/domain/profile.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { Millis } from '../../edge/protocol/time.ts'
import { ProfileStore } from '../../edge/storage/profile-store.ts'
import { SHARDS, type World } from './shard-fixture.ts'

const wall = Date.now

/** Holds the objects' clock at an instant. */
export function freezeClock(now: Millis): void {
  clock.now = () => now
  clock.toWall = (at) => wall() + (at - now)
}

const stubOf = (world: World, shard: number) => world.shard(shard) as unknown as DurableObjectStub

export const inShard = <T>(world: World, shard: number, ask: (sql: SqlStorage) => T) =>
  runInDurableObject(stubOf(world, shard), (_, { storage }) => ask(storage.sql))

/** Tells all shards of a catalog, and waits until everybody has been looked at. */
export async function count(world: World, catalog: Catalog): Promise<void> {
  const { workspace } = world
  await world.publish(catalog)
  for (let shard = 0; shard < SHARDS; shard++) {
    for (let turn = 0; ; turn++) {
      const { done, total } = await world.shard(shard).wake({ workspace })
      if (done === total) break
      if (turn > 50) throw new Error('The back-fill comes to no end')
    }
  }
}

/** Additions in all shards. */
export async function additions(world: World): Promise<number> {
  let sum = 0
  for (let shard = 0; shard < SHARDS; shard++) {
    sum += await inShard(
      world,
      shard,
      (sql) => sql.exec<{ n: number }>('SELECT count(*) AS n FROM addition').one().n,
    )
  }
  return sum
}

/** What is kept of somebody that a count can make another, and what is written because of it. */
export async function standOf(world: World, id: ProfileId): Promise<unknown> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const found = await inShard(world, shard, (sql) => {
      const stored = new ProfileStore(sql).find(id)
      if (stored === undefined || 'forward' in stored) return undefined
      return { ...told(stored.profile), rows: rowsOf(sql, id) }
    })
    if (found !== undefined) return found
  }
  return undefined
}

const told = ({ occurrences, standing, memberships, kept, imported }: Profile) => ({
  occurrences: sorted([...occurrences]),
  standing: sorted([...standing]),
  memberships: sorted([...memberships]),
  kept: [...kept].sort(),
  imported: imported === true,
})

const sorted = <T>(entries: readonly (readonly [string, T])[]) =>
  entries.toSorted(([a], [b]) => (a < b ? -1 : 1))

function rowsOf(sql: SqlStorage, id: ProfileId) {
  const members = sql.exec(
    'SELECT segment, entered_at FROM membership WHERE profile = ? ORDER BY segment',
    id,
  )
  const sent = sql.exec(
    `SELECT data ->> '$.segment' AS segment, data ->> '$.type' AS type FROM outbox
     WHERE line LIKE ? || '/%' ORDER BY seq`,
    id,
  )
  return { members: members.toArray(), sent: sent.toArray() }
}

/** Sizes of segments and what came of them by the hour, in all shards. */
export const totals = (world: World) =>
  Promise.all(
    Array.from({ length: SHARDS }, (_, shard) =>
      inShard(world, shard, (sql) => [
        sql.exec('SELECT * FROM size WHERE n + entered + exited > 0 ORDER BY segment').toArray(),
        sql.exec('SELECT * FROM segment_hour ORDER BY segment, hour').toArray(),
      ]),
    ),
  )
