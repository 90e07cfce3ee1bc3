import { createExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import edge from '../../edge/index.ts'
import { profileShard, workspaceObject } from '../../edge/objects/address.ts'
import { addressOf } from '../../edge/domain/id.ts'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { CollectResponse } from '../../edge/protocol/collect.ts'
import type { ConsentMode } from '../../edge/protocol/consent.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import type { ProfileView } from '../../edge/protocol/profile-view.ts'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import { createWorkspace } from '../../edge/routes/workspace-birth.ts'
import { newId } from '../../edge/storage/new-id.ts'

export const ORIGIN = 'https://data.example.com'
export const TOKEN_SECRET = 'a-shop-secret-that-only-its-server-knows'

export interface Shop {
  readonly id: WorkspaceId
  readonly writeKey: string
  readonly secretKey: string
}

/** A workspace of its own for each test, so that none sees another's people. */
export async function openShop(consent: ConsentMode = 'implied'): Promise<Shop> {
  const name = newId('ws').replaceAll('_', '')
  const keys = { writeKey: `pk-${name}`, secretKey: `sk-${name}` }
  const made = await createWorkspace(env, {
    name,
    owner: { email: `${name}@example.com`, password: 'long-enough-password' },
    consent,
    tokenSecret: TOKEN_SECRET,
    ...keys,
  })
  if (!made.ok) throw new Error(made.reason)
  return { id: made.id, ...keys }
}

export interface Sent {
  readonly headers?: HeadersInit
  /** What Cloudflare would say of the caller. */
  readonly cf?: { readonly [key: string]: string }
  readonly method?: string
}

export function send(path: string, body?: Json | Uint8Array, sent: Sent = {}): Promise<Response> {
  const { headers = {}, cf = {}, method = 'POST' } = sent
  const request = new Request(ORIGIN + path, {
    method,
    headers,
    ...(body !== undefined && {
      body: body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body),
    }),
    cf: cf as never,
  }) as unknown as Request<unknown, IncomingRequestCfProperties>
  return Promise.resolve(edge.fetch(request, env, createExecutionContext()))
}

let messages = 0
/** A tag's event. */
export const view = (changes: JsonObject = {}): JsonObject => ({
  type: 'track',
  messageId: `m-${++messages}`,
  event: 'Product Viewed',
  properties: { category: 'shoes' },
  timestamp: new Date().toISOString(),
  context: {},
  ...changes,
})

export const deviceKey = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 22)

export interface Collected extends CollectResponse {
  readonly status: number
  /** `Set-Cookie`, if there was one. */
  readonly setCookie: string | null
  /** As a browser would send it back. */
  readonly cookie: string
}

export async function collect(
  shop: Shop,
  body: JsonObject,
  { headers, ...rest }: Sent = {},
): Promise<Collected> {
  const framed = { v: 1, writeKey: shop.writeKey, sentAt: new Date().toISOString(), ...body }
  const response = await send('/v1/collect', framed, {
    headers: { 'content-type': 'text/plain', ...headers },
    ...rest,
  })
  if (!response.ok) throw new Error(await response.text())
  const setCookie = response.headers.get('set-cookie')
  return {
    status: response.status,
    setCookie,
    cookie: setCookie?.split(';')[0] ?? '',
    ...(await response.json<CollectResponse>()),
  }
}

export interface Batched {
  readonly status: number
  readonly success: boolean
  readonly verdicts: readonly Verdict[]
}

export async function batch(
  shop: Shop,
  events: readonly Json[],
  key = shop.secretKey,
): Promise<Batched> {
  const response = await send('/v1/batch', { batch: events }, { headers: basic(key) })
  return { status: response.status, ...(await response.json<Omit<Batched, 'status'>>()) }
}

export const basic = (key: string) => ({ authorization: `Basic ${btoa(`${key}:`)}` })

export const statuses = (verdicts: readonly Verdict[]) =>
  verdicts.map((verdict) => ('reason' in verdict ? verdict.reason : verdict.status))

/** Every profile of a workspace, as the shards keep them. */
export async function population(shop: Shop): Promise<number> {
  let count = 0
  for (const address of await workspaceObject(env, shop.id).shards()) {
    const status = await profileShard(env, shop.id, address).wake({ workspace: shop.id })
    count += status.population
  }
  return count
}

/** The profile of a device, as its shard tells it. */
export async function profileOfDevice(
  shop: Shop,
  device: string,
): Promise<ProfileView | undefined> {
  const subject = { type: 'device', device } as never
  const home = addressOf(device)
  if (home === undefined) throw new Error(`${device} lives nowhere`)
  let found = await profileShard(env, shop.id, home).locate({ workspace: shop.id, subject })
  for (let hop = 0; found !== null && 'moved' in found && hop < 4; hop++) {
    const address = addressOf(found.moved)
    if (address === undefined) throw new Error(`${found.moved} lives nowhere`)
    const there = profileShard(env, shop.id, address)
    found = await there.locate({ workspace: shop.id, subject })
  }
  if (found === null || 'moved' in found) return undefined
  const address = addressOf(found.root)
  if (address === undefined) throw new Error(`${found.root} lives nowhere`)
  return (await profileShard(env, shop.id, address).view({
    workspace: shop.id,
    profile: found.profile,
    limit: 50,
  })) as unknown as ProfileView
}

/** A profile as the dashboard gets it. */
export async function profileBy(
  shop: Shop,
  kind: string,
  value: string,
): Promise<ApiProfile | undefined> {
  const query = new URLSearchParams({ kind, value })
  const response = await send(`/api/profiles?${query}`, undefined, {
    method: 'GET',
    headers: { authorization: `Bearer ${shop.secretKey}` },
  })
  return response.ok ? await response.json<ApiProfile>() : undefined
}
