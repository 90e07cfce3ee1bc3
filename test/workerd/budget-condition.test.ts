import { expect, test } from 'vitest'
import type { ApiSource } from '../../edge/protocol/api.ts'
import type { ApiCap } from '../../edge/protocol/api-touch.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import type { Problem } from '../../edge/protocol/problem.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import type { Why } from '../../edge/protocol/why.ts'
import { collect, deviceKey, send, view } from './intake-fixture.ts'
import { ann, asOwner, askSegment, did, keys, now, pass, segment, shop } from './person-fixture.ts'

/** A busy machine takes its time. */
const SOON = { timeout: 20_000 }

async function api<T>(method: string, path: string, body?: Json): Promise<T> {
  const response = await send(path, body, { method, headers: asOwner() })
  const text = await response.text()
  if (!response.ok) throw new Error(text)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

async function refusal(method: string, path: string, body?: Json) {
  const response = await send(path, body, { method, headers: asOwner() })
  const { detail = '', errors = [] } = await response.json<Problem>()
  return { status: response.status, detail, errors }
}

const WEEK = { name: 'A week', key: 'week', window: 'P7D', most: 1, channel: 'email' } as const
const makeCap = (more: JsonObject = {}) => api<ApiCap>('POST', '/api/caps', { ...WEEK, ...more })
const left = (cap: string, operator: string, value: Json): JsonObject => ({
  type: 'budget',
  cap,
  operator,
  value,
})
/** Who did it in the last two days. */
const keen: JsonObject = {
  type: 'performed',
  event: 'Act',
  operator: 'gte',
  value: 1,
  window: { last: 'P2D' },
}

const write = (more: JsonObject = {}) =>
  ann().then((profile) =>
    api('POST', `/api/profiles/${profile?.id}/touches`, { channel: 'email', ...more }),
  )

test('what is left of a cap is asked by its thresholds, left and got back at its instants, and asked anew when the cap changes', async () => {
  const vip = await segment('vip', keen)
  const cap = await makeCap({ thresholds: [{ segment: vip.id, most: 3 }] })
  const open = await segment('open', left('week', 'gte', 1))
  expect(open.condition).toMatchObject({ cap: cap.id })
  await segment('two', left(cap.id, 'between', [2, 3]), { purposes: ['analytics'] })

  await did('Signed Up')
  expect(await keys()).toEqual(['open'])
  await write()
  expect(await keys()).toEqual([])
  // Of whom another limit is for, more is left at once.
  await did('Act')
  expect(await keys()).toEqual(['open', 'two', 'vip'])
  await write({ at: new Date(now() + DAY).toISOString(), messageId: 'planned' })
  expect(await keys()).toEqual(['open', 'vip'])
  const { id } = (await ann()) ?? {}
  const why = await api<Why>('GET', `/api/profiles/${id}/why?segment=${open.id}`)
  expect(why).toMatchObject({ holds: true, clauses: [{ holds: true, evidence: [{}, {}] }] })
  await api('DELETE', `/api/profiles/${id}/touches/planned`)
  expect(await keys()).toEqual(['open', 'two', 'vip'])

  // The threshold is for nobody any more who did nothing for two days; the message counts for seven.
  await pass(2 * DAY + HOUR)
  expect(await keys()).toEqual([])
  await pass(5 * DAY)
  expect(await keys()).toEqual(['open'])

  await api('PUT', `/api/caps/${cap.id}`, { ...WEEK, window: 'P30D' })
  await expect.poll(keys, SOON).toEqual([])
  await api('PUT', `/api/caps/${cap.id}`, { ...WEEK, window: 'P30D', most: 3 })
  await expect.poll(keys, SOON).toEqual(['open', 'two'])
  await api('PUT', `/api/caps/${cap.id}`, { ...WEEK, most: 0 })
  await expect.poll(keys, SOON).toEqual([])
  await api('PUT', `/api/caps/${cap.id}`, { ...WEEK, key: 'other', most: 0, enabled: false })
  await expect.poll(keys, SOON).toEqual(['open'])

  expect(await refusal('DELETE', `/api/caps/${cap.id}`)).toMatchObject({
    status: 409,
    detail: expect.stringMatching(/used by the segment “open”, the segment “two”: /),
  })
  for (const { id: one, key } of (await ann())?.segments ?? []) {
    expect(key).toBe('open')
    await api('DELETE', `/api/segments/${one}`)
  }
  expect((await refusal('DELETE', `/api/caps/${cap.id}`)).detail).toContain('“two”')
})

test('what a page shows is taken off what is left in the answer that shows it', async () => {
  await makeCap({ channel: 'onsite', onSite: true })
  await segment('fresh', left('week', 'gte', 1), { public: true })
  await api('POST', '/api/experiences', {
    name: 'Popup',
    placement: 'home',
    variations: [{ key: 'loud', weight: 1, content: { title: 'Now!' } }],
    touch: { weight: 1 },
  })
  const source = await api<ApiSource>('POST', '/api/sources', {
    name: 'Site',
    kind: 'browser',
    consent: 'implied',
  })
  const visit = { writeKey: source.writeKey ?? '', deviceKey: deviceKey() }
  const first = await collect(shop, { ...visit, batch: [view()] })
  expect(first.segments).toEqual(['fresh'])
  const shown = await collect(shop, { ...visit, batch: [view()], decide: ['home'] })
  expect(shown.decisions).toMatchObject([{ variation: 'loud' }])
  expect(shown.segments).toEqual([])
})

test('neither segments nor caps can be made of themselves; what is wrong is named', async () => {
  const cap = await makeCap()
  const tired = await segment('tired', left('week', 'equals', 0))
  const made = await segment('made', { type: 'segment', segment: 'tired' })
  const path = `/api/caps/${cap.id}`
  const limits = { ...WEEK, thresholds: [{ segment: made.id, most: 2 }] }
  expect(await refusal('PUT', path, limits)).toMatchObject({
    status: 400,
    errors: [
      {
        path: 'thresholds.0.segment',
        reason:
          'The segment “tired” asks for what is left of this cap. A segment cannot be made of itself: tired → the cap week → made → tired',
      },
    ],
  })
  const acts = await segment('acts', keen)
  await api('PUT', path, { ...WEEK, thresholds: [{ segment: acts.id, most: 2 }] })
  const circle = { name: 'acts', condition: left('week', 'gte', 1) }
  for (const [where, body] of [
    ['', circle],
    ['/candidate', { condition: circle.condition }],
  ] as const) {
    expect(await refusal('PUT', `/api/segments/${acts.id}${where}`, body)).toMatchObject({
      status: 400,
      errors: [
        {
          path: 'condition.cap',
          reason: 'A segment cannot be made of itself: acts → the cap week → acts',
        },
      ],
    })
  }
  // What a new version asks for counts too.
  await api('PUT', `/api/segments/${tired.id}`, { name: 'tired', condition: keen })
  await api('PUT', `/api/segments/${tired.id}/candidate`, { condition: left('week', 'gte', 1) })
  expect((await refusal('PUT', path, limits)).errors).toHaveLength(1)
  expect((await refusal('DELETE', path)).detail).toContain('the segment “tired”')
  const missing = await askSegment({ name: 'c', condition: left('nothing', 'gte', 1) })
  expect(await missing.text()).toContain('There is no such cap')
  const onDevice = await askSegment({
    name: 'd',
    condition: left('week', 'gte', 1),
    public: true,
    onDevice: true,
  })
  expect(await onDevice.text()).toContain('A browser does not know what a person was sent')
})

test('examples and sizes are asked with the caps that there are', async () => {
  const acts = await segment('acts', keen)
  await makeCap({ thresholds: [{ segment: acts.id, most: 2 }] })
  await did('Email Sent')
  const asked = { condition: left('week', 'gte', 1) }
  const spent = { condition: left('week', 'lt', 1) }
  expect(await api('POST', '/api/segments/preview', spent)).toMatchObject({ exact: 1 })
  const at = new Date(now()).toISOString()
  const events = ['Email Sent', 'Act'].map((event) => ({ event, timestamp: at }))
  const ask = (matches: boolean) =>
    askSegment({ name: 'open', ...asked, examples: [{ name: 'Keen', matches, at, events }] })
  expect((await ask(false)).status).toBe(422)
  expect((await ask(true)).status).toBe(201)
})
