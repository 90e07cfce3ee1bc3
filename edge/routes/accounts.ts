import { createRoute, z } from '@hono/zod-openapi'
import { fromBase64url, toBase64url } from '../crypto/base64url.ts'
import { workspaceKeys, type WorkspaceKeys } from '../crypto/workspace-keys.ts'
import { accountShardsOf, sealedOf, valuesOf } from '../domain/account.ts'
import { isProfileId } from '../domain/id.ts'
import { accountShardOf } from '../objects/account-calls.ts'
import { accountShard, profileShard, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { withTimeLimit } from '../objects/time-limit.ts'
import type { AccountState, AccountTraits } from '../protocol/account.ts'
import type { ApiAccount, ApiAccountDetail } from '../protocol/api.ts'
import type { ProfileId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { Json } from '../protocol/json.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { withAddresses } from './addresses.ts'
import { notFoundHere, refuseField, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { instant, iso, json, pageOf, pageQuery, problems } from './shapes.ts'

const CALL_LIMIT: Millis = 10 * SECOND
/** An id has up to 256 characters, a cursor holds one. */
const accountQuery = pageQuery.extend({ cursor: z.string().max(2_000).optional() })

const traits = z.record(
  z.string(),
  z.custom<Json>().openapi({ type: ['string', 'number', 'boolean', 'object', 'array'] }),
)
const summary = z
  .object({
    id: z.string(),
    traits,
    updatedAt: instant.nullable().openapi({ description: 'Of the latest trait' }),
  })
  .openapi('AccountSummary')
const detail = summary
  .extend({
    provenance: z.record(
      z.string(),
      z.object({ source: z.string(), at: instant, proven: z.boolean() }),
    ),
    members: pageOf(
      z
        .object({ profile: z.string(), firstSeen: instant, lastSeen: instant })
        .openapi('AccountMember'),
    ).extend({ count: z.number() }),
  })
  .openapi('Account')

const listRoute = createRoute({
  method: 'get',
  path: '/api/accounts',
  request: { query: accountQuery },
  responses: {
    200: json(pageOf(summary), 'Accounts that `group` calls told of, in the order of their ids'),
    ...problems(400, 401),
  },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/accounts/{id}',
  request: {
    params: z.object({
      id: z
        .string()
        .max(256)
        .openapi({ param: { name: 'id', in: 'path' } }),
    }),
    query: accountQuery,
  },
  responses: {
    200: json(detail, 'The account, and a page of its members'),
    ...problems(400, 401, 404),
  },
})

/** Undefined: nothing was ever published, so nobody can have told of anything. */
async function shardCount(env: Env, workspace: WorkspaceId): Promise<number | undefined> {
  return (await workspaceObject(env, workspace).catalog({ workspace }))?.shards
}

/** What a part of the workspace answers; a part that does not answer makes no wrong list. */
async function answered<T>(calls: readonly Promise<T>[]): Promise<T[]> {
  try {
    return await Promise.all(calls.map((call) => withTimeLimit(call, CALL_LIMIT)))
  } catch {
    throw new Refusal(503, 'A part of this workspace does not answer now: try again.')
  }
}

async function list(
  env: Env,
  workspace: WorkspaceId,
  after: string,
  limit: number,
): Promise<AccountState[]> {
  const shards = await shardCount(env, workspace)
  const numbers = Array.from({ length: accountShardsOf(shards ?? 0) }, (_, number) => number)
  const pages = await answered(
    numbers.map((number) => accountShard(env, workspace, number).list({ after, limit })),
  )
  return pages.flat().sort((a, b) => compareBytes(a.account, b.account))
}

/** As the shards order them: by UTF-8, which is by code point. */
function compareBytes(a: string, b: string): number {
  const [one, other] = [new TextEncoder().encode(a), new TextEncoder().encode(b)]
  for (const [at, byte] of one.entries()) {
    const difference = byte - (other[at] ?? -1)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

async function show(keys: WorkspaceKeys, { account, traits }: AccountState): Promise<ApiAccount> {
  const latest = Math.max(...[...traits.values()].map(({ at }) => at))
  return {
    id: account,
    traits: await withAddresses(keys, valuesOf(traits), sealedOf(traits)),
    updatedAt: Number.isFinite(latest) ? iso(latest) : null,
  }
}

const provenanceOf = (traits: AccountTraits): ApiAccountDetail['provenance'] =>
  Object.fromEntries(
    [...traits].flatMap(([name, { value, source, at, proven }]) =>
      value === null ? [] : [[name, { source, at: iso(at), proven }]],
    ),
  )

interface Place {
  readonly region: number
  readonly shard: number
  readonly profile: ProfileId
}

const position = ({ region, shard }: ShardAddress): number => region * 65_536 + shard

/** Shard after shard; all are asked how many they have. */
async function members(
  env: Env,
  workspace: WorkspaceId,
  account: string,
  shards: readonly ShardAddress[],
  place: Place | undefined,
  limit: number,
): Promise<ApiAccountDetail['members']> {
  const pages = await answered(
    shards.map((address) => {
      const isDone = place !== undefined && position(address) < position(place)
      const isHere = place !== undefined && position(address) === position(place)
      return profileShard(env, workspace, address).accountMembers({
        workspace,
        account,
        ...(isHere && { after: place.profile }),
        limit: isDone ? 0 : limit + 1,
      })
    }),
  )
  const all = pages.flatMap(({ items }, at) =>
    items.map((item) => ({ ...item, ...(shards[at] as ShardAddress) })),
  )
  const shown = all.slice(0, limit)
  const last = shown.at(-1)
  return {
    count: pages.reduce((sum, { count }) => sum + count, 0),
    items: shown.map(({ profile, firstSeen, lastSeen }) => ({
      profile,
      firstSeen: iso(firstSeen),
      lastSeen: iso(lastSeen),
    })),
    ...(all.length > limit &&
      last !== undefined && { cursor: encode(`${last.region}/${last.shard} ${last.profile}`) }),
  }
}

const encode = (text: string): string => toBase64url(new TextEncoder().encode(text))

function decode(cursor: string): string {
  const bytes = fromBase64url(cursor)
  if (bytes === undefined) throw refuseField('cursor', 'is not a cursor of this list')
  return new TextDecoder().decode(bytes)
}

function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined
  const match = /^(\d{1,3})\/(\d{1,5}) (\w+)$/.exec(decode(cursor))
  const profile = match?.[3] ?? ''
  if (!isProfileId(profile)) throw refuseField('cursor', 'is not a cursor of this list')
  return { region: Number(match?.[1]), shard: Number(match?.[2]), profile }
}

export const accounts = resource()
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const { cursor, limit } = c.req.valid('query')
    const after = cursor === undefined ? '' : decode(cursor)
    const found = await list(c.env, workspace, after, limit + 1)
    const keys = await workspaceKeys(c.env.PRISME_SECRET, workspace)
    const items = await Promise.all(found.slice(0, limit).map((state) => show(keys, state)))
    const last = items.at(-1)
    return c.json(
      { items, ...(found.length > limit && last !== undefined && { cursor: encode(last.id) }) },
      200,
    )
  })
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = c.req.valid('param')
    const { cursor, limit } = c.req.valid('query')
    const place = placeOf(cursor)
    const shards = await shardCount(c.env, workspace)
    if (shards === undefined) throw notFoundHere('account')
    const number = accountShardOf(id, shards)
    const [found] = await answered([accountShard(c.env, workspace, number).find({ account: id })])
    if (found === undefined || found === null) throw notFoundHere('account')
    const { state } = found
    const keys = await workspaceKeys(c.env.PRISME_SECRET, workspace)
    return c.json(
      {
        ...(await show(keys, state)),
        provenance: provenanceOf(state.traits),
        members: await members(c.env, workspace, id, found.shards, place, limit),
      },
      200,
    )
  })
