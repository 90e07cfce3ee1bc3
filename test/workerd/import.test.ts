import { describe, expect, test } from 'vitest'
import type { ImportMapping } from '../../edge/protocol/import.ts'
import { act, bearer, errorsOf, run, status, upload } from './import-fixture.ts'
import { openShop, population, profileBy, send } from './intake-fixture.ts'

const CUSTOMERS: ImportMapping = {
  kind: 'customers',
  columns: [
    { column: 'id', use: 'identifier', kind: 'userId' },
    { column: 'email', use: 'identifier', kind: 'email' },
    { column: 'points', use: 'trait', name: 'points', as: { type: 'number', decimal: ',' } },
    { column: 'note', use: 'trait', name: 'note' },
  ],
}
const FILE = [
  'id;email;points;note',
  'c-1;one@example.com;1 250,50;"two',
  'lines"',
  'c-2;two@example.com;7;',
  'c-3;;many;',
  ';;3;nobody',
  'c-4;four@example.com;4',
  '',
].join('\n')

describe('an import of customers', () => {
  test('tells encoding, delimiter, columns, first rows and a mapping of what was uploaded', async () => {
    const shop = await openShop()
    const made = await upload(shop, FILE, 'Till')
    expect(made).toMatchObject({
      name: 'Till',
      state: 'uploaded',
      size: FILE.length,
      format: { type: 'csv', encoding: 'utf-8', delimiter: ';' },
      columns: ['id', 'email', 'points', 'note'],
    })
    expect(made.sample?.[0]).toEqual(['c-1', 'one@example.com', '1 250,50', 'two\nlines'])
    expect(made.suggested?.kind).toBe('customers')
  })

  test('takes good rows in and says of each bad one why', async () => {
    const shop = await openShop()
    const { id } = await upload(shop, FILE)
    const done = await run(shop, id, CUSTOMERS)
    expect(done).toMatchObject({
      state: 'done',
      counts: { read: 5, accepted: 2, duplicate: 0, rejected: 3, failed: 0 },
      errors: [
        { row: 4, column: 'points', reason: 'not-a-number' },
        { row: 5, reason: 'no-identifier' },
        { row: 6, reason: 'wrong-columns' },
      ],
    })
    expect(await population(shop)).toBe(2)
    expect(await profileBy(shop, 'email', 'one@example.com')).toMatchObject({
      traits: { points: 1250.5, note: 'two\nlines' },
    })
    const lines = (await errorsOf(shop, id)).split('\r\n')
    expect(lines[1]).toBe('"4","points","not-a-number","c-3;;many;"')
    expect(lines[3]).toBe('"6","","wrong-columns","c-4;four@example.com;4"')
  })

  test('a dry run counts the same and keeps nothing', async () => {
    const shop = await openShop()
    const { id } = await upload(shop, FILE)
    const checked = await run(shop, id, CUSTOMERS, 'dry-run')
    expect(checked).toMatchObject({
      state: 'ready',
      dryRun: true,
      counts: { read: 5, accepted: 2, rejected: 3 },
    })
    expect(await population(shop)).toBe(0)
  })

  test('the same file sent again changes nothing', async () => {
    const shop = await openShop()
    const first = await upload(shop, FILE)
    await run(shop, first.id, CUSTOMERS)
    const before = await profileBy(shop, 'userId', 'c-1')
    const second = await upload(shop, FILE)
    const again = await run(shop, second.id, CUSTOMERS)
    expect(again.counts).toEqual({ read: 5, accepted: 0, duplicate: 2, rejected: 3, failed: 0 })
    expect(await profileBy(shop, 'userId', 'c-1')).toEqual(before)
  })

  test('is of its own workspace alone', async () => {
    const [shop, other] = [await openShop(), await openShop()]
    const { id } = await upload(shop, FILE)
    for (const what of ['start', 'dry-run', 'cancel']) {
      expect((await act(other, id, what, { mapping: CUSTOMERS as never })).status).toBe(404)
    }
    const seen = await send(`/api/imports/${id}`, undefined, {
      method: 'GET',
      headers: bearer(other),
    })
    expect(seen.status).toBe(404)
    expect((await status(shop, id)).state).toBe('uploaded')
  })

  test('needs a secret key or a session, before a byte of the file is read', async () => {
    const shop = await openShop()
    const headers = { authorization: `Bearer ${shop.writeKey}` }
    expect((await send('/api/imports?name=x', 'id\n1\n', { headers })).status).toBe(401)
    expect((await send('/api/imports?name=x', 'id\n1\n')).status).toBe(401)
  })
})
