import { fromBase64url, toBase64url } from '../crypto/base64url.ts'
import { profileShard, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { withTimeLimit } from '../objects/time-limit.ts'
import type { Page } from '../protocol/api.ts'
import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { refuseField, Refusal } from './problem.ts'

/** Shards asked at once. */
const AT_ONCE = 32
const CALL_LIMIT: Millis = 10 * SECOND

/** Cursors name a place in each shard: longer ones are not ours. Some 300 shards fit. */
export const MAX_CURSOR = 15_000

type Stub = ReturnType<typeof profileShard>

/** One answer of each profile shard that was ever born, in the order of `shards`. */
export async function askShards<T>(
  env: Env,
  workspace: WorkspaceId,
  ask: (shard: Stub, address: ShardAddress) => Promise<T>,
): Promise<readonly { readonly address: ShardAddress; readonly answer: T }[]> {
  return askThese(env, workspace, await workspaceObject(env, workspace).shards(), ask)
}

/** The same of some shards. */
export async function askThese<T>(
  env: Env,
  workspace: WorkspaceId,
  addresses: readonly ShardAddress[],
  ask: (shard: Stub, address: ShardAddress) => Promise<T>,
): Promise<readonly { readonly address: ShardAddress; readonly answer: T }[]> {
  const answers: { address: ShardAddress; answer: T }[] = []
  for (let from = 0; from < addresses.length; from += AT_ONCE) {
    const group = addresses.slice(from, from + AT_ONCE).map(async (address) => {
      const stub = profileShard(env, workspace, address)
      return { address, answer: await withTimeLimit(ask(stub, address), CALL_LIMIT) }
    })
    try {
      answers.push(...(await Promise.all(group)))
    } catch {
      throw new Refusal(503, 'A part of this workspace does not answer now: try again.')
    }
  }
  return answers
}

/** Where a list was left in each shard: the id of the last item shown. A shard that is absent begins at its newest. */
export type Places = ReadonlyMap<string, string>

export const placeName = ({ region, shard }: ShardAddress): string => `${region}/${shard}`

/**
 * One page of what every shard lists newest first. The next page goes on in each shard where this one ended, so
 * nothing is left out or shown twice; what is born meanwhile in a shard not yet shown comes at the head of it.
 */
export function mergePages<T extends { readonly id: string }>(
  answers: readonly { readonly address: ShardAddress; readonly answer: readonly T[] }[],
  places: Places,
  limit: number,
  instantOf: (item: T) => string,
): Page<T> {
  const all = answers.flatMap(({ address, answer }) =>
    answer.map((item) => ({ item, name: placeName(address) })),
  )
  // Stable, and instants are ISO 8601: items of one shard keep its order.
  all.sort((a, b) => compare(instantOf(b.item), instantOf(a.item)))
  const shown = all.slice(0, limit)
  const left = new Map(places)
  for (const { item, name } of shown) left.set(name, item.id)
  const isMore = all.length > limit
  return {
    items: shown.map(({ item }) => item),
    ...(isMore && { cursor: encodePlaces(left) }),
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

export const encodePlaces = (places: Places): string =>
  toBase64url(new TextEncoder().encode([...places].map(([name, id]) => `${name} ${id}`).join('\n')))

export function decodePlaces(cursor: string | undefined): Places {
  if (cursor === undefined) return new Map()
  const bytes = fromBase64url(cursor) ?? new Uint8Array()
  const lines = new TextDecoder().decode(bytes).split('\n')
  return new Map(
    lines.map((line) => {
      const match = /^(\d{1,3}\/\d{1,5}) ([\w.]{1,64})$/.exec(line)
      if (match?.[1] === undefined || match[2] === undefined) {
        throw refuseField('cursor', 'is not a cursor of this list')
      }
      return [match[1], match[2]]
    }),
  )
}
