import {
  createExecutionContext,
  createMessageBatch,
  getQueueResult,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { OpenAPIHono } from '@hono/zod-openapi'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { consumeDeadDeliveries, consumeDeliveries } from '../../edge/delivery/consumer.ts'
import type { DeliveryPorts } from '../../edge/delivery/ports.ts'
import { addressOf, deviceIdOf } from '../../edge/domain/id.ts'
import { profileShard } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import type { ApiDelivery, ApiOverview, Page } from '../../edge/protocol/api.ts'
import type { DeliveryMessage } from '../../edge/protocol/delivery.ts'
import type { DeviceId, SourceId, WorkspaceId } from '../../edge/protocol/id.ts'
import { HOUR, MINUTE, SECOND } from '../../edge/protocol/time.ts'
import { deliveries } from '../../edge/routes/deliveries.ts'
import { deliveryPorts } from '../../edge/routes/delivery-ports.ts'
import { onError } from '../../edge/routes/problem.ts'
import { reports } from '../../edge/routes/reports.ts'
import { makeWorkspace, NOON, SECRET, secretKeyOf, SHARDS } from './telling-workspace.ts'

const app = new OpenAPIHono()
app.onError(onError)
for (const route of [deliveries, reports]) app.route('/', route)

let workspaces = 0
let workspace: WorkspaceId
let now = NOON
/** What a receiver was sent, and what it answers. */
let received: Request[] = []
let answer: () => Response | Promise<Response>
/** What the shards handed to the queue. */
let queue: DeliveryMessage[] = []

beforeEach(async () => {
  workspace = `ws_dlv${++workspaces}` as WorkspaceId
  now = NOON
  clock.now = () => now
  received = []
  queue = []
  answer = () => new Response(null, { status: 204 })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    received.push(new Request(input as string, init as RequestInit))
    return answer()
  })
  await makeWorkspace(workspace)
})
afterEach(() => {
  clock.now = () => Date.now()
  vi.restoreAllMocks()
})

/** A device that lives in a shard. */
function device(shard: number, name: number): DeviceId {
  const digest = new Uint8Array(12).fill(name)
  digest.set([0, shard])
  return deviceIdOf(digest, SHARDS)
}

const shardOf = (id: string) => {
  const address = addressOf(id)
  if (address === undefined) throw new Error(`${id} lives nowhere`)
  return profileShard(env, workspace, address)
}

/** A visitor looks at a shoe; what their shard hands to the queue is kept here instead. */
async function view(visitor: DeviceId): Promise<void> {
  const shard = shardOf(visitor)
  await intercept(shard)
  await shard.ingest({
    workspace,
    catalogVersion: 1,
    source: `src_${workspace}` as SourceId,
    consentMode: 'implied',
    subject: { type: 'device', device: visitor },
    events: [
      {
        messageId: crypto.randomUUID(),
        type: 'track',
        name: 'Product Viewed',
        timestamp: now,
        receivedAt: now,
        source: `src_${workspace}` as SourceId,
        device: visitor,
        identifiers: [],
        properties: {},
        context: {},
      },
    ],
    refused: [],
    receivedAt: now,
  })
}

const sendBatch = async (messages: Iterable<{ readonly body: DeliveryMessage }>) => {
  for (const { body } of messages) queue.push(structuredClone(body))
}

/** As the test runner's functions want it. */
const stubOf = (shard: ReturnType<typeof profileShard>) => shard as unknown as DurableObjectStub

/** The queue is the test's: it forgets, repeats and delays as the test wants. */
const intercept = (shard: ReturnType<typeof profileShard>) =>
  runInDurableObject(stubOf(shard), (instance) => {
    const { env } = instance as unknown as { env: object }
    Object.defineProperty(env, 'DELIVERIES', { value: { sendBatch }, configurable: true })
  })

/** Lets a consumer have messages; what the queue is told about each. */
async function consume(
  messages: readonly DeliveryMessage[],
  changes: Partial<DeliveryPorts> = {},
  consumer: typeof consumeDeliveries = consumeDeliveries,
) {
  const batch = createMessageBatch<DeliveryMessage>(
    'prisme-deliveries',
    messages.map((body, at) => ({ id: String(at), timestamp: new Date(), attempts: 1, body })),
  )
  await consumer(batch, { ...deliveryPorts(env), ...changes })
  const result = await getQueueResult(batch, createExecutionContext())
  return { acked: result.explicitAcks, retried: result.retryMessages.map(({ msgId }) => msgId) }
}

const ask = (path: string, init: RequestInit = {}) =>
  app.request(
    path,
    { ...init, headers: { authorization: `Bearer ${secretKeyOf(workspace)}`, ...init.headers } },
    env,
  )

const listed = async (query = '') =>
  (await (await ask(`/api/deliveries${query}`)).json()) as Page<ApiDelivery>

const passTime = async (duration: number) => {
  now += duration
  for (let shard = 0; shard < SHARDS; shard++) {
    await profileShard(env, workspace, { region: 0, shard }).wake({ workspace })
  }
}

describe('from the event to the receiver', () => {
  test('an entry is sent, verified by the official library, and closed by its receipt', async () => {
    await view(device(1, 7))
    expect(queue).toHaveLength(1)
    expect((await listed()).items).toMatchObject([{ state: 'pending', attempts: [] }])
    expect(await consume(queue)).toEqual({ acked: ['0'], retried: [] })
    const [request] = received
    if (request === undefined) throw new Error('nothing was sent')
    const body = await request.text()
    const headers = Object.fromEntries(request.headers)
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({
      type: 'segment.entered',
      data: { cause: { type: 'event' }, clauses: ['condition'] },
    })
    expect((await listed()).items).toMatchObject([
      { state: 'delivered', type: 'entered', clauses: ['condition'], attempts: [{ status: 204 }] },
    ])
  })

  test('a batch that comes twice sends one webhook-id, and the delivery is closed once', async () => {
    await view(device(0, 7))
    await consume(queue)
    await consume(queue)
    expect(received.map(({ headers }) => headers.get('webhook-id'))).toEqual([
      queue[0]?.id,
      queue[0]?.id,
    ])
    const { items } = await listed()
    expect(items).toHaveLength(1)
    expect(items[0]?.attempts).toHaveLength(1)
  })

  test('a receipt that fails after the shard stored it changes nothing when it comes again', async () => {
    await view(device(0, 7))
    const { receipts } = deliveryPorts(env)
    const lost: DeliveryPorts['receipts'] = async (...args) => {
      await receipts(...args)
      throw new Error('the reply was lost')
    }
    expect(await consume(queue, { receipts: lost })).toEqual({ acked: [], retried: ['0'] })
    expect(await consume(queue)).toEqual({ acked: ['0'], retried: [] })
    expect((await listed()).items[0]).toMatchObject({
      state: 'delivered',
      attempts: [{ status: 204 }],
    })
  })

  test('a message the queue forgot is sent again when its lease ends', async () => {
    await view(device(0, 7))
    const [first] = queue.splice(0)
    await passTime(10 * MINUTE)
    expect(queue).toEqual([first])
    await consume(queue)
    expect((await listed()).items).toMatchObject([{ state: 'delivered' }])
  })

  test('a failed attempt comes again after its wait, with the same id and bytes', async () => {
    answer = () => new Response('sorry', { status: 503 })
    await view(device(0, 7))
    await consume(queue.splice(0))
    await passTime(4 * SECOND)
    expect(queue).toEqual([])
    await passTime(2 * SECOND)
    expect(queue).toMatchObject([{ attempt: 2 }])
    answer = () => new Response(null, { status: 200 })
    await consume(queue)
    const [first, second] = await Promise.all(received.map((request) => request.text()))
    expect(second).toBe(first)
    expect((await listed()).items).toMatchObject([
      { state: 'delivered', attempts: [{ status: 503 }, { status: 200 }] },
    ])
  })

  test('the exit waits behind an entry that is not delivered yet', async () => {
    answer = () => new Response(null, { status: 500 })
    await view(device(0, 7))
    await consume(queue.splice(0))
    // The window closes while the entry still waits for its fifth attempt.
    for (const wait of [6 * SECOND, 6 * MINUTE, 40 * MINUTE, 30 * MINUTE]) {
      await passTime(wait)
      await consume(queue.splice(0))
    }
    expect((await listed()).items.map(({ type, state }) => [type, state])).toEqual([
      ['exited', 'pending'],
      ['entered', 'pending'],
    ])
    answer = () => new Response(null, { status: 200 })
    for (let turn = 0; turn < 3; turn++) {
      await passTime(3 * HOUR)
      await consume(queue.splice(0))
    }
    const types = await Promise.all(
      received.slice(-2).map(async (request) => (await request.json<{ type: string }>()).type),
    )
    expect(types).toEqual(['segment.entered', 'segment.exited'])
  })

  test('after the last attempt it is parked, listed, and sent again when asked', async () => {
    answer = () => new Response(null, { status: 500 })
    await view(device(1, 7))
    for (let attempt = 1; attempt <= 8; attempt++) {
      await consume(queue.splice(0).filter(({ type }) => type === 'entered'))
      await passTime(13 * HOUR)
    }
    const { items } = await listed('?state=parked')
    expect(items).toMatchObject([{ type: 'entered', state: 'parked' }])
    expect(items[0]?.attempts).toHaveLength(8)
    queue = []
    answer = () => new Response(null, { status: 200 })
    const replay = await ask(`/api/deliveries/${items[0]?.id}/replay`, { method: 'POST' })
    expect(replay.status).toBe(204)
    const again = () => queue.filter(({ id }) => id === items[0]?.id)
    await vi.waitFor(() => expect(again()).toMatchObject([{ attempt: 9 }]))
    await consume(again())
    expect((await listed('?state=delivered')).items.map(({ id }) => id)).toContain(items[0]?.id)
  })

  test('410 Gone switches the destination off: nothing more is sent', async () => {
    answer = () => new Response(null, { status: 410 })
    await view(device(0, 7))
    expect(await consume(queue.splice(0))).toEqual({ acked: ['0'], retried: [] })
    const row = await env.DB.prepare('select enabled from destination where workspace = ?')
      .bind(workspace)
      .first()
    expect(row).toEqual({ enabled: 0 })
    expect((await listed('?state=refused')).items).toMatchObject([{ attempts: [{ status: 410 }] }])
  })

  test('a dead letter goes on with the schedule', async () => {
    await view(device(0, 7))
    await consume(queue.splice(0), {}, consumeDeadDeliveries)
    expect((await listed()).items).toMatchObject([{ state: 'pending' }])
    expect((await listed()).items[0]?.attempts).toHaveLength(1)
    await passTime(6 * SECOND)
    expect(queue).toMatchObject([{ attempt: 2 }])
  })

  test('the alarm alone brings what is due', async () => {
    answer = () => new Response(null, { status: 500 })
    const visitor = device(0, 7)
    await view(visitor)
    await consume(queue.splice(0))
    now += 10 * SECOND
    expect(await runDurableObjectAlarm(stubOf(shardOf(visitor)))).toBe(true)
    await vi.waitFor(() => expect(queue).toMatchObject([{ attempt: 2 }]))
  })
})

describe('the lists of all shards are one', () => {
  test('newest first, page by page, nothing twice and nothing left out', async () => {
    for (let at = 0; at < 9; at++) {
      now += SECOND
      await view(device(at % SHARDS, 10 + at))
    }
    const pages: ApiDelivery[][] = []
    let cursor: string | undefined
    do {
      const page: Page<ApiDelivery> = await listed(
        `?limit=4${cursor === undefined ? '' : `&cursor=${cursor}`}`,
      )
      pages.push([...page.items])
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(pages.map(({ length }) => length)).toEqual([4, 4, 1])
    const instants = pages.flat().map(({ createdAt }) => createdAt)
    expect(instants).toEqual(instants.toSorted().toReversed())
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(9)
  })

  test.each(['%00', 'AAAA', 'bm90IGEgY3Vyc29y'])(
    'a forged cursor %s is refused',
    async (cursor) => {
      const response = await ask(`/api/deliveries?cursor=${cursor}`)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ errors: [{ path: 'cursor' }] })
    },
  )

  test.each([
    'dlv_x',
    'prf_aaaaaaaaaaaaaaaaaaaaa',
    'dlv_aaaaaaaaaaaaaaaaaaaaa',
    'dlv_77777777777777777777q',
  ])('a delivery that does not exist, %s, is 404 and brings no shard into being', async (id) => {
    await view(device(1, 7))
    const before = await env.WORKSPACE.getByName(workspace).shards()
    const response = await ask(`/api/deliveries/${id}/replay`, { method: 'POST' })
    expect(response.status).toBe(404)
    expect(await env.WORKSPACE.getByName(workspace).shards()).toEqual(before)
  })

  test('without a key nothing is told', async () => {
    for (const [path, method] of [
      ['/api/deliveries', 'GET'],
      ['/api/deliveries/dlv_x/replay', 'POST'],
      ['/api/reports/overview', 'GET'],
    ] as const) {
      const response = await app.request(path, { method }, env)
      expect([path, response.status]).toEqual([path, 401])
    }
  })
})

test('the overview sums what shards and monitor know', async () => {
  await view(device(0, 7))
  await view(device(1, 8))
  await consume(queue.splice(0, 1))
  await vi.waitFor(async () => {
    const overview = (await (await ask('/api/reports/overview')).json()) as ApiOverview
    expect(overview).toMatchObject({
      population: 2,
      segments: [{ key: 'viewers', name: 'Viewers', size: 2, history: [{ size: 2, entered: 2 }] }],
      sources: { [`src_${workspace}`]: { accepted: 2, duplicate: 0 } },
      deliveries: { pending: 1, delivered: 1, parked: 0, refused: 0 },
    })
  })
})
