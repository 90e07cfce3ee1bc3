import { env } from 'cloudflare:workers'
import { runInDurableObject } from 'cloudflare:test'
import { expect, vi } from 'vitest'
import { readLakeFile } from '../../edge/objects/lake-file.ts'
import {
  identityShardName,
  profileShard,
  profileShardName,
  workspaceObject,
} from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { ErasureCounts } from '../../edge/protocol/erasure.ts'
import { MINUTE } from '../../edge/protocol/time.ts'
import { send, type Shop } from './intake-fixture.ts'
import { setClock } from './shard-fixture.ts'

export interface Receipt {
  readonly id: string
  readonly profile: string
  readonly state: string
  readonly step?: string
  readonly erasedAt?: string
  readonly counts: ErasureCounts
}

/** The administration of a shop, with its secret key. */
export const admin = (shop: Shop, method: string, path: string, body?: never) =>
  send(path, body, {
    method,
    headers: {
      authorization: `Bearer ${shop.secretKey}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
  })

/** Asks for an erasure, and waits until it is done. */
export async function erase(shop: Shop, profile: string): Promise<Receipt> {
  const asked = await admin(shop, 'DELETE', `/api/profiles/${profile}`)
  expect(asked.status).toBe(202)
  return ended(shop, (await asked.json<Receipt>()).id)
}

export const ended = (shop: Shop, id: string): Promise<Receipt> =>
  vi.waitFor(
    async () => {
      const receipt = await (await admin(shop, 'GET', `/api/erasures/${id}`)).json<Receipt>()
      expect(receipt).toMatchObject({ state: 'done' })
      return receipt
    },
    { timeout: 20_000, interval: 50 },
  )

type Dump = Map<string, string>

async function dump(stub: DurableObjectStub, name: string, into: Dump): Promise<void> {
  await runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>(`SELECT name FROM sqlite_master WHERE type = 'table'`)
      .toArray()
      .filter(({ name }) => !/^(sqlite|_cf)_/.test(name))
    for (const { name: table } of tables) {
      const rows = storage.sql.exec(`SELECT * FROM ${table}`).toArray()
      into.set(`${name} ${table}`, JSON.stringify(rows))
    }
  })
}

/** All that a workspace keeps, by place, as text. */
export async function everything(shop: Shop): Promise<Dump> {
  const places: Dump = new Map()
  for (const address of await workspaceObject(env, shop.id).shards()) {
    const stub = env.PROFILE.getByName(profileShardName(shop.id, address))
    await dump(stub, `profile ${address.shard}`, places)
  }
  const shards = (await workspaceObject(env, shop.id).catalog({ workspace: shop.id }))?.shards ?? 0
  for (let shard = 0; shard < shards; shard++) {
    await dump(
      env.IDENTITY.getByName(identityShardName(shop.id, shard)),
      `identity ${shard}`,
      places,
    )
  }
  const { objects } = await env.LAKE.list({ prefix: `events/workspace=${shop.id}/` })
  for (const { key } of objects) {
    const file = await (await env.LAKE.get(key))?.arrayBuffer()
    const rows: unknown[] = []
    if (file !== undefined) for await (const row of readLakeFile(file)) rows.push(row)
    places.set(`lake ${key}`, JSON.stringify(rows))
  }
  return places
}

/** Places in which any of these stands. */
export async function placesOf(shop: Shop, names: readonly string[]): Promise<string[]> {
  const places = await everything(shop)
  return [...places]
    .filter(([, text]) => names.some((name) => text.includes(name)))
    .map(([place]) => place.replace(/ \d+ /, ' '))
}

/** What waits in the shards goes to the lake. */
export async function flushLake(shop: Shop): Promise<void> {
  await vi.waitFor(
    async () => {
      setClock(clock.now() + 40 * MINUTE)
      const addresses = await workspaceObject(env, shop.id).shards()
      for (const address of addresses) {
        await profileShard(env, shop.id, address).wake({ workspace: shop.id })
      }
      const texts = [...(await everything(shop))].filter(([place]) => place.endsWith('lake_row'))
      expect(texts.filter(([, text]) => text !== '[]')).toEqual([])
    },
    { timeout: 15_000, interval: 50 },
  )
}
