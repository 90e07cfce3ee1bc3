import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseEntries } from '../../edge/parse/batch.ts'
import { parseCollect } from '../../edge/parse/collect.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { options } from './messages.ts'

const WIRE = new URL('../wire/', import.meta.url)

/** Bodies that tags of each wire version sent. A released tag stays in caches: these files only ever grow in number. */
const captures = readdirSync(WIRE).map((file) => ({
  file,
  bodies: JSON.parse(readFileSync(new URL(file, WIRE), 'utf8')) as readonly JsonObject[],
}))

const read = (body: Json) => {
  const parsed = parseCollect(body)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  const receivedAt = Date.parse(String((body as JsonObject)['sentAt'])) + 40
  return {
    ...parsed.value,
    events: parseEntries(parsed.value.batch, options({ device: true, receivedAt })),
  }
}

describe.each(captures)('what tags sent: $file', ({ bodies }) => {
  test('every event is read, with the id and time it was given', () => {
    for (const body of bodies) {
      const sent = body['batch'] as readonly JsonObject[]
      const { events, deviceKey } = read(body)
      expect(deviceKey).toBe(body['deviceKey'])
      expect(events.map((event) => event.ok && event.message.messageId)).toEqual(
        sent.map(({ messageId }) => messageId),
      )
      expect(events.map((event) => event.ok && event.message.timestamp)).toEqual(
        sent.map(({ timestamp }) => Date.parse(String(timestamp)) + 40),
      )
    }
  })
})

test('version 1: calls of each kind, consent, decisions asked for', () => {
  const bodies = captures.find(({ file }) => file === 'collect-v1.json')?.bodies ?? []
  const requests = bodies.map(read)
  expect(requests.map(({ decide }) => decide)).toEqual([['hero'], ['hero'], ['hero']])
  const messages = requests.flatMap(({ events }) =>
    events.flatMap((event) => (event.ok ? [event.message] : [])),
  )
  expect(messages.map(({ type, name }) => `${type} ${name}`)).toEqual([
    'page Page Viewed',
    'track Segment Consent Preference Updated',
    'track Product Viewed',
    'identify Identified',
    'group Grouped',
    'alias Aliased',
  ])
  expect(messages[3]).toMatchObject({
    identifiers: [
      { kind: 'userId', value: 'shopper-1' },
      { kind: 'email', value: 'demo-shopper@example.com' },
    ],
    userToken: 'not-a-token',
    consent: { analytics: true, personalization: true, advertising: false },
  })
})

test.each<[string, Json, string]>([
  ['a list', [], ''],
  ['a batch that is no list', { batch: 1 }, 'batch'],
  ['placements that are no list', { decide: 'hero' }, 'decide'],
  ['placements that are no names', { decide: [1] }, 'decide'],
  ['51 placements', { decide: Array.from({ length: 51 }, () => 'p') }, 'decide'],
])('a body with %s is refused with the place', (_, body, path) => {
  expect(parseCollect(body)).toMatchObject({ ok: false, errors: [{ path }] })
})

test('a body without events asks for decisions; a device key that cannot be one is none', () => {
  expect(parseCollect({ decide: [], deviceKey: 'short' })).toEqual({
    ok: true,
    value: { batch: { entries: [], defaults: {} }, decide: [], reset: false },
  })
})
