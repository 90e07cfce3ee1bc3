import { CloudEvent, HTTP } from 'cloudevents'
import type { ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { segmentCloudEvent } from '../../edge/delivery/cloud-event.ts'
import { outcomeOf, sendWebhook } from '../../edge/delivery/webhook.ts'
import { deliveryMessage, NOON, OLD_SECRET, SECRET } from './build-message.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const LOCAL = { allowLoopback: true }
const BODY = JSON.stringify(segmentCloudEvent(deliveryMessage()))

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => receiver.close())

const send = (changes: Partial<Parameters<typeof sendWebhook>[0]> = {}, timeout?: number) =>
  sendWebhook(
    { id: 'dlv_1', url: `${receiver.origin}/hook`, body: BODY, secrets: [SECRET], ...changes },
    LOCAL,
    timeout,
  )

const answerWith =
  (status: number, headers: Record<string, string> = {}, body = '') =>
  (_: unknown, response: ServerResponse) =>
    void response.writeHead(status, headers).end(body)

describe('what a receiver gets', () => {
  test('is verified by the standardwebhooks library and is a valid CloudEvent', async () => {
    expect(await send()).toEqual({ type: 'delivered', status: 204 })
    const [request] = receiver.received
    if (request === undefined) throw new Error('nothing arrived')
    expect(new Webhook(SECRET).verify(request.body, request.headers)).toEqual(JSON.parse(BODY))
    const event = HTTP.toEvent<unknown>({ headers: request.headers, body: request.body })
    if (!(event instanceof CloudEvent)) throw new Error('not one CloudEvent')
    expect(event.validate()).toBe(true)
    expect(event).toMatchObject({
      specversion: '1.0',
      id: 'dlv_aaaaaaaaaaaaaaaaaaaaa',
      type: 'segment.entered',
      source: '/workspaces/ws_demo',
      subject: 'prf_aaaaaaaaaaaaaaaaaaaaa',
      time: new Date(NOON).toISOString(),
      data: {
        profile: 'prf_aaaaaaaaaaaaaaaaaaaaa',
        segment: { id: 'seg_fans', key: 'shoe-fans', name: 'Fans de chaussures ✓ 👟' },
        at: '2026-11-23T12:00:00.000Z',
        decidedAt: '2026-11-23T12:00:00.005Z',
        cause: { type: 'event', messageIds: ['m-1'] },
      },
    })
  })

  test('verifies with each secret while one rotates, and the newest signs first', async () => {
    await send({ secrets: [SECRET, OLD_SECRET] })
    const [request] = receiver.received
    if (request === undefined) throw new Error('nothing arrived')
    const { body, headers } = request
    expect(() => new Webhook(SECRET).verify(body, headers)).not.toThrow()
    expect(() => new Webhook(OLD_SECRET).verify(body, headers)).not.toThrow()
    const signed = headers['webhook-signature']?.split(' ') ?? []
    const at = new Date(Number(headers['webhook-timestamp']) * 1_000)
    expect(signed).toEqual([
      new Webhook(SECRET).sign('dlv_1', at, body),
      new Webhook(OLD_SECRET).sign('dlv_1', at, body),
    ])
  })

  test.each([
    ['another body', (body: string) => body.replace('entered', 'exited'), {}],
    ['another id', (body: string) => body, { 'webhook-id': 'dlv_2' }],
    ['another time', (body: string) => body, { 'webhook-timestamp': String(NOON / 1_000) }],
  ])('does not verify with %s', async (_, change, headers) => {
    await send()
    const [request] = receiver.received
    if (request === undefined) throw new Error('nothing arrived')
    const forged = { ...request.headers, ...headers }
    expect(() => new Webhook(SECRET).verify(change(request.body), forged)).toThrow()
  })

  test('is the same id and bytes at each attempt, with the time of that attempt', async () => {
    await send()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await send()
    const [first, second] = receiver.received
    expect(second?.body).toBe(first?.body)
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(Number(second?.headers['webhook-timestamp'])).toBeGreaterThan(
      Number(first?.headers['webhook-timestamp']),
    )
  })
})

describe('what a receiver may do', () => {
  test('a redirect is a failure and is not followed', async () => {
    receiver.answer = answerWith(302, { location: `${receiver.origin}/elsewhere` })
    expect(await send()).toMatchObject({ type: 'retry', status: 302 })
    expect(receiver.received.map(({ path }) => path)).toEqual(['/hook'])
  })

  test('an answer that never comes ends at the time limit', async () => {
    receiver.answer = () => {}
    expect(await send({}, 300)).toEqual({
      type: 'retry',
      reason: 'no answer within 0.3 seconds',
      timedOut: true,
    })
  })

  test('an endless body is cut off, and its 200 counts', async () => {
    let written = 0
    receiver.answer = (_, response) => {
      response.writeHead(200)
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384))) written += 16_384
      }
      response.on('drain', more)
      more()
    }
    expect(await send()).toEqual({ type: 'delivered', status: 200 })
    // 64 KB, and what buffers between the two hold; unbounded, it would be hundreds of megabytes.
    expect(written).toBeLessThan(16 * 1024 * 1024)
  })

  test('a body that stalls after its 200 does not hold the batch', async () => {
    receiver.answer = (_, response) => void response.writeHead(200).write('slow')
    const start = performance.now()
    expect(await send()).toEqual({ type: 'delivered', status: 200 })
    expect(performance.now() - start).toBeLessThan(4_000)
  })

  test('garbage instead of HTTP is a failed connection', async () => {
    receiver.answer = (_, response) => void response.socket?.end('\u0000\u0001 not http\r\n\r\n')
    expect(await send()).toEqual({
      type: 'retry',
      reason: 'no connection: the address did not answer, or broke off',
    })
  })

  test('a broken connection tells nothing about our network', async () => {
    receiver.answer = (_, response) => void response.socket?.destroy()
    const outcome = await send()
    expect(JSON.stringify(outcome)).not.toMatch(/127|localhost|ECONN|\d{4}/)
  })

  test('429 with a date is waited for', async () => {
    const date = new Date(Date.now() + 90_000).toUTCString()
    receiver.answer = answerWith(429, { 'retry-after': date })
    const outcome = await send()
    if (outcome.type !== 'retry') throw new Error('429 is tried again')
    expect(outcome.retryAfter).toBeGreaterThan(80_000)
    expect(outcome.retryAfter).toBeLessThanOrEqual(90_000)
  })
})

describe('what is never sent', () => {
  test.each([
    ['to this machine, unless development allows it', { allowLoopback: false }, {}],
    ['unsigned', LOCAL, { secrets: [] }],
    ['to a private address', LOCAL, { url: 'http://169.254.169.254/latest' }],
    ['to something that is not an address', LOCAL, { url: 'javascript:alert(1)' }],
  ])('anything %s', async (_, options, changes) => {
    const request = { id: 'dlv_1', url: receiver.origin, body: BODY, secrets: [SECRET] }
    const outcome = await sendWebhook({ ...request, ...changes }, options)
    expect(outcome).toMatchObject({
      type: 'refused',
      reason: expect.stringMatching(/^nothing was sent/),
    })
    expect(receiver.received).toEqual([])
  })
})

test.each([
  [200, null, { type: 'delivered' }],
  [299, null, { type: 'delivered' }],
  [300, null, { type: 'retry' }],
  [304, '60', { type: 'retry', retryAfter: undefined }],
  [400, '60', { type: 'retry', retryAfter: undefined }],
  [404, null, { type: 'retry' }],
  [410, '60', { type: 'refused', disable: true }],
  [429, '60', { type: 'retry', retryAfter: 60_000 }],
  [429, null, { type: 'retry', retryAfter: undefined }],
  [500, '1', { type: 'retry', retryAfter: 1_000 }],
  [503, '999999', { type: 'retry', retryAfter: 12 * 3_600_000 }],
] as const)('status %i with Retry-After %s means %o', (status, header, expected) => {
  const outcome = { retryAfter: undefined, ...outcomeOf(status, header, NOON) }
  expect(outcome).toMatchObject({ status, ...expected })
})
