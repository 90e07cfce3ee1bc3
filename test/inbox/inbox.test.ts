import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { startInbox } from '../demo/inbox/server.ts'
import { MessageLog } from '../demo/inbox/message-log.ts'
import type { Listening } from '../demo/listen.ts'
import type { BoxSummary, Message } from '../demo/inbox/message.ts'

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
let inbox: Listening

beforeAll(async () => {
  inbox = await startInbox({ port: 0 })
})
afterAll(() => inbox.close())
beforeEach(async () => {
  await fetch(`${inbox.origin}/messages`, { method: 'DELETE' })
})

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${inbox.origin}/hooks/${path}`, { method: 'POST', body, headers })
const messages = async (query = '') => {
  const answer = await fetch(`${inbox.origin}/messages${query}`)
  return ((await answer.json()) as { items: Message[] }).items
}
const setSecret = (box: string, secret: unknown) =>
  fetch(`${inbox.origin}/boxes/${box}`, { method: 'PUT', body: JSON.stringify({ secret }) })

function signed(body: string, at = new Date(), secret = SECRET): Record<string, string> {
  return {
    'webhook-id': 'dlv_1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('dlv_1', at, body),
  }
}

test('keeps the raw body and the headers, oldest first, by box', async () => {
  const raw = '{ "a":1,\n "é":"<b>" }'
  expect((await post('one', raw, { 'X-Test': 'yes' })).status).toBe(204)
  await post('two', 'second')
  await post('one', 'third')
  expect((await messages()).map(({ body }) => body)).toEqual([raw, 'second', 'third'])
  const [first, ...rest] = await messages('?box=one')
  expect(first).toMatchObject({ channel: 'webhook', box: 'one', body: raw, signature: 'absent' })
  expect(first?.headers['x-test']).toBe('yes')
  expect(Math.abs(Date.parse(first?.receivedAt ?? '') - Date.now())).toBeLessThan(10_000)
  expect(rest).toHaveLength(1)
})

test('DELETE clears all boxes', async () => {
  await post('one', 'x')
  expect((await fetch(`${inbox.origin}/messages`, { method: 'DELETE' })).status).toBe(204)
  expect(await messages()).toEqual([])
})

test('answers a scripted failure and still keeps the message', async () => {
  const answer = await post('one?status=503&retryAfter=1', 'x')
  expect(answer.status).toBe(503)
  expect(answer.headers.get('retry-after')).toBe('1')
  expect(await messages('?box=one')).toMatchObject([{ body: 'x', answered: 503 }])
})

test('with `times` only the first tries of one message fail', async () => {
  const statuses: number[] = []
  for (const id of ['a', 'a', 'b', 'a']) {
    statuses.push((await post('one?status=500&times=2', '', { 'webhook-id': id })).status)
  }
  expect(statuses).toEqual([500, 500, 500, 204])
})

test.each([
  ['one?status=99', 'status'],
  ['one?status=abc', 'status'],
  ['one?retryAfter=soon', 'retryAfter'],
  ['one?times=-1', 'times'],
  [`${'x'.repeat(65)}`, 'box'],
  ['a%20b', 'box'],
])('refuses %s and names %s', async (path, field) => {
  const answer = await post(path, 'x')
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ errors: [{ path: field }] })
  expect(await messages()).toEqual([])
})

test('takes a body of one megabyte and refuses a longer one', async () => {
  expect((await post('one', 'x'.repeat(1024 * 1024))).status).toBe(204)
  expect((await post('one', 'x'.repeat(1024 * 1024 + 1))).status).toBe(413)
  expect(await messages()).toHaveLength(1)
})

test.each([
  ['2,000 messages', 2_010, 'x', 2_000],
  ['64 million characters', 70, 'x'.repeat(1024 * 1024), 64],
])('keeps the last %s', (_, sent, body, kept) => {
  const log = new MessageLog()
  const arrival = {
    channel: 'webhook',
    box: 'many',
    receivedAt: new Date(0).toISOString(),
  } as const
  for (let i = 0; i < sent; i++) log.add({ ...arrival, headers: {}, body, answered: 204 })
  expect(log.list()).toHaveLength(kept)
  expect(log.list()[0]?.id).toBe(`msg_${sent - kept + 1}`)
  expect(log.list().at(-1)?.id).toBe(`msg_${sent}`)
})

test('a box without a secret leaves signatures unchecked, and checks them once it has one', async () => {
  await post('late', '{"type":"segment.entered"}', signed('{"type":"segment.entered"}'))
  expect(await messages('?box=late')).toMatchObject([{ signature: 'unchecked' }])
  expect((await setSecret('late', SECRET)).status).toBe(204)
  expect(await messages('?box=late')).toMatchObject([{ signature: 'verified' }])
})

test.each([
  ['a right signature', 'x', signed('x'), 'verified'],
  [
    'one of two while the secret is rotated',
    'x',
    { ...signed('x'), 'webhook-signature': `v1,bm90IHRoaXM= ${signed('x')['webhook-signature']}` },
    'verified',
  ],
  ['a changed body', 'y', signed('x'), 'wrong'],
  [
    'another secret',
    'x',
    signed('x', new Date(), `whsec_${Buffer.alloc(32, 8).toString('base64')}`),
    'wrong',
  ],
  ['a timestamp of ten minutes ago', 'x', signed('x', new Date(Date.now() - 600_000)), 'outdated'],
  ['no signature', 'x', {}, 'absent'],
  ['a timestamp that is no number', 'x', { ...signed('x'), 'webhook-timestamp': 'now' }, 'absent'],
])('%s: %s', async (_, body, headers, state) => {
  await setSecret('checked', SECRET)
  await post('checked', body, headers)
  expect(await messages('?box=checked')).toMatchObject([{ signature: state }])
})

test.each([['not base64 !'], [''], [12], [null]])('refuses the secret %j', async (secret) => {
  const answer = await setSecret('other', secret)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ errors: [{ path: 'secret' }] })
})

test('lists boxes with what they hold', async () => {
  await post('listed', 'x')
  const answer = await fetch(`${inbox.origin}/boxes`)
  const { items } = (await answer.json()) as { items: BoxSummary[] }
  expect(items).toContainEqual({ box: 'listed', count: 1, hasSecret: false })
})

test('tells open pages of each message at once', async () => {
  const stop = new AbortController()
  const stream = await fetch(`${inbox.origin}/stream`, { signal: stop.signal })
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader()
  let seen = ''
  while (!seen.includes('event: ready')) seen += (await reader.read()).value ?? ''
  await post('live', '<script>alert(1)</script>')
  while (!seen.includes('event: received')) seen += (await reader.read()).value ?? ''
  expect(seen).toContain('"box":"live"')
  stop.abort()
})

test.each([
  ['fr', 'Boîte de réception'],
  ['en', 'Inbox'],
  ['de', 'Inbox'],
])('the page speaks %s', async (language, heading) => {
  const page = await fetch(inbox.origin, { headers: { 'Accept-Language': language } })
  expect(await page.text()).toContain(`<h1>${heading}</h1>`)
})

test('a taken port is told in a sentence', async () => {
  const port = Number(new URL(inbox.origin).port)
  await expect(startInbox({ port })).rejects.toThrow(`inbox: port ${port} is taken`)
})
