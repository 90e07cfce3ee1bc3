import { env } from 'cloudflare:workers'
import { OpenAPIHono } from '@hono/zod-openapi'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { ApiDestinationTest } from '../../edge/protocol/api.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import { destinationTest } from '../../edge/routes/destination-test.ts'
import { live } from '../../edge/routes/live.ts'
import { onError } from '../../edge/routes/problem.ts'
import { makeWorkspace, SECRET, secretKeyOf } from './telling-workspace.ts'

const app = new OpenAPIHono()
app.onError(onError)
for (const route of [destinationTest, live]) app.route('/', route)

let workspaces = 0
let workspace: WorkspaceId
let received: Request[] = []
let answer: () => Response

beforeEach(async () => {
  workspace = `ws_try${++workspaces}` as WorkspaceId
  received = []
  answer = () => new Response(null, { status: 204 })
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    received.push(new Request(input as string, init as RequestInit))
    return answer()
  })
  await makeWorkspace(workspace)
})
afterEach(() => vi.restoreAllMocks())

const ask = (path: string, init: RequestInit = {}) =>
  app.request(
    path,
    { ...init, headers: { authorization: `Bearer ${secretKeyOf(workspace)}`, ...init.headers } },
    env,
  )

const tryIt = async (id = `dst_${workspace}`) => {
  const response = await ask(`/api/destinations/${id}/test`, { method: 'POST' })
  return { status: response.status, body: await response.json<ApiDestinationTest>() }
}

describe('trying a destination', () => {
  test('sends one signed event that says nothing about anybody', async () => {
    expect(await tryIt()).toMatchObject({ status: 200, body: { ok: true, status: 204 } })
    const [request] = received
    if (request === undefined) throw new Error('nothing was sent')
    const body = new Webhook(SECRET).verify(
      await request.text(),
      Object.fromEntries(request.headers),
    )
    expect(body).toMatchObject({ type: 'destination.tested', subject: `dst_${workspace}` })
  })

  test('tells the status and never the body', async () => {
    answer = () => new Response('the secret of another network', { status: 500 })
    const { body } = await tryIt()
    expect(body).toMatchObject({ ok: false, status: 500, reason: 'the receiver failed (500)' })
    expect(JSON.stringify(body)).not.toContain('another network')
  })

  test('checks the address again', async () => {
    await env.DB.prepare(
      `update destination set url = 'http://169.254.169.254/' where workspace = ?`,
    )
      .bind(workspace)
      .run()
    await env.WORKSPACE.getByName(workspace).publish({ workspace })
    expect(await tryIt()).toMatchObject({
      body: { ok: false, reason: expect.stringMatching(/^nothing was sent/) },
    })
    expect(received).toEqual([])
  })

  test('of another workspace is 404', async () => {
    expect((await tryIt('dst_other')).status).toBe(404)
  })
})

test('whoever holds the secret key may watch', async () => {
  const response = await ask('/api/live', { headers: { upgrade: 'websocket' } })
  expect(response.status).toBe(101)
  const { webSocket } = response as unknown as { webSocket: WebSocket }
  const first = new Promise((resolve) => webSocket.addEventListener('message', resolve))
  webSocket.accept()
  expect(JSON.parse(String(((await first) as MessageEvent).data))).toMatchObject({ type: 'state' })
  expect((await ask('/api/live')).status).toBe(426)
})

test('without a key nobody tries or watches', async () => {
  for (const [path, method] of [
    ['/api/live', 'GET'],
    [`/api/destinations/dst_${workspace}/test`, 'POST'],
  ] as const) {
    const response = await app.request(path, { method, headers: { upgrade: 'websocket' } }, env)
    expect([path, response.status]).toEqual([path, 401])
  }
  expect(received).toEqual([])
})
