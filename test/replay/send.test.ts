import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { Message } from './data-set.ts'
import { sendAll } from './send.ts'
import { Tally } from './tally.ts'

type Answer = (
  body: { readonly batch: readonly { readonly messageId: string; readonly timestamp: string }[] },
  response: ServerResponse,
) => void

const stops: (() => void)[] = []
afterEach(() => stops.splice(0).forEach((stop) => stop()))

/** An edge whose answers the test writes, one after the other; the last is repeated. */
async function edge(...answers: readonly Answer[]) {
  const requests: { readonly authorization: string | undefined; readonly at: number }[] = []
  const server = createServer((request: IncomingMessage, response) => {
    let text = ''
    request.on('data', (chunk) => (text += chunk))
    request.on('end', () => {
      const answer = answers[Math.min(requests.length, answers.length - 1)] as Answer
      requests.push({ authorization: request.headers.authorization, at: performance.now() })
      answer(JSON.parse(text), response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests }
}

const accept: Answer = ({ batch }, response) =>
  void response.end(
    JSON.stringify({
      success: true,
      verdicts: batch.map(({ messageId }) => ({ messageId, status: 'accepted' })),
    }),
  )

async function* views(count: number): AsyncIterable<Message> {
  for (let n = 0; n < count; n += 1) {
    yield { messageId: `m${n}`, event: 'Product Viewed', userId: 'u', timestamp: n, properties: {} }
  }
}

async function sent(origin: string, count: number, options: { rate?: number } = {}) {
  const tally = new Tally()
  const { signal } = new AbortController()
  await sendAll(views(count), { edge: origin, key: 'k', shift: 1_000, signal, ...options }, tally)
  return tally
}

test('every event is sent once, in bounded batches, with its shifted date', async () => {
  const batches: (readonly { readonly messageId: string; readonly timestamp: string }[])[] = []
  const { origin, requests } = await edge((body, response) => {
    batches.push(body.batch)
    accept(body, response)
  })
  const tally = await sent(origin, 250)

  const events = batches.flat()
  expect(tally.equation).toBe('250 sent = 250 accepted + 0 duplicate + 0 rejected + 0 failed')
  expect(new Set(events.map(({ messageId }) => messageId)).size).toBe(250)
  expect(Math.max(...batches.map((batch) => batch.length))).toBe(100)
  expect(events.find(({ messageId }) => messageId === 'm7')?.timestamp).toBe(
    new Date(1_007).toISOString(),
  )
  expect(requests[0]?.authorization).toBe('Bearer k')
})

test('every kind of verdict is counted, with the reasons of refusals', async () => {
  const statuses = ['accepted', 'duplicate', 'rejected', 'failed'] as const
  const { origin } = await edge(({ batch }, response) => {
    const verdicts = batch.map(({ messageId }, n) => {
      const status = statuses[n % 4] as (typeof statuses)[number]
      const isRefused = status === 'rejected' || status === 'failed'
      return { messageId, status, ...(isRefused && { reason: 'too-old' }) }
    })
    response.end(JSON.stringify({ verdicts }))
  })
  const tally = await sent(origin, 8)
  expect(tally.equation).toBe('8 sent = 2 accepted + 2 duplicate + 2 rejected + 2 failed')
  expect([...tally.reasons]).toEqual([
    ['rejected: too-old', 2],
    ['failed: too-old', 2],
  ])
})

test('an answer with too few verdicts does not add up', async () => {
  const { origin } = await edge((_, response) => void response.end('{"verdicts":[]}'))
  const tally = await sent(origin, 3)
  expect(tally.addsUp).toBe(false)
  expect(tally.equation).toBe('3 sent ≠ 0 accepted + 0 duplicate + 0 rejected + 0 failed')
})

test('an overloaded edge is asked again, after the time it named', async () => {
  const { origin, requests } = await edge(
    (_, response) => void response.writeHead(503).end(),
    (_, response) => void response.writeHead(429, { 'retry-after': '1' }).end(),
    accept,
  )
  const tally = await sent(origin, 1)
  expect(tally).toMatchObject({ accepted: 1, failed: 0, retries: 2 })
  const [, second, third] = requests
  expect((third?.at ?? 0) - (second?.at ?? 0)).toBeGreaterThanOrEqual(990)
})

test('a broken connection is tried again', async () => {
  const { origin } = await edge((_, response) => void response.destroy(), accept)
  expect(await sent(origin, 1)).toMatchObject({ accepted: 1, retries: 1 })
})

test('a request that can never succeed fails with its reason and is not repeated', async () => {
  const { origin, requests } = await edge((_, response) => void response.writeHead(413).end('big'))
  const tally = await sent(origin, 2)
  expect(tally).toMatchObject({ sent: 2, failed: 2, retries: 0, addsUp: true })
  expect([...tally.reasons.keys()]).toEqual(['failed: status 413 big'])
  expect(requests).toHaveLength(1)
})

test('a refused key stops everything', async () => {
  const { origin, requests } = await edge((_, response) => void response.writeHead(401).end())
  await expect(sent(origin, 1_000)).rejects.toThrow(/does not know this key/)
  expect(requests.length).toBeLessThanOrEqual(5)
})

test('an interruption sends nothing more and counts what was sent', async () => {
  const interruption = new AbortController()
  const { origin } = await edge((body, response) => {
    interruption.abort()
    accept(body, response)
  })
  const tally = new Tally()
  const { signal } = interruption
  await sendAll(views(5_000), { edge: origin, key: 'k', shift: 0, signal }, tally)
  expect(tally.addsUp).toBe(true)
  expect(tally.sent).toBeLessThan(5_000)
  expect(tally.accepted).toBe(tally.sent)
})

test('a rate is kept', async () => {
  const { origin } = await edge(accept)
  const start = performance.now()
  await sent(origin, 300, { rate: 600 })
  expect(performance.now() - start).toBeGreaterThanOrEqual(490)
})
