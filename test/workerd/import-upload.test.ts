import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { clock } from '../../edge/objects/clock.ts'
import { PART_SIZE, type ApiImport, type ImportMapping } from '../../edge/protocol/import.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { bearer, run } from './import-fixture.ts'
import { openShop, send, type Shop } from './intake-fixture.ts'

const NOTES: ImportMapping = {
  kind: 'customers',
  columns: [
    { column: 'id', use: 'identifier', kind: 'userId' },
    { column: 'note', use: 'trait', name: 'note' },
  ],
}

/** Rows of 20 KB each, a little more than one part of them; no row ends where the part does. */
function twoParts(): Uint8Array {
  const row = (n: number) => `c-${n},${'n'.repeat(20_000)}\n`
  const count = Math.ceil(PART_SIZE / 20_000) + 5
  return new TextEncoder().encode(
    `id,note\n${Array.from({ length: count }, (_, n) => row(n)).join('')}`,
  )
}

const partsOf = (file: Uint8Array) =>
  Array.from({ length: Math.ceil(file.length / PART_SIZE) }, (_, at) =>
    file.subarray(at * PART_SIZE, (at + 1) * PART_SIZE),
  )

const ask = (shop: Shop, method: string, path: string, body?: Uint8Array | string) =>
  send(`/api/imports${path}`, body, {
    method,
    headers: { ...bearer(shop), 'content-type': 'application/json' },
  })

async function begin(shop: Shop, size: number): Promise<string> {
  const begun = await ask(shop, 'POST', '/uploads', JSON.stringify({ name: 'large', size }))
  if (begun.status !== 201) throw new Error(await begun.text())
  return (await begun.json<ApiImport>()).id
}

/** As it arrives from outside: with its length. */
const put = (shop: Shop, id: string, part: number, bytes: Uint8Array, length = bytes.length) =>
  send(`/api/imports/${id}/parts/${part}`, bytes, {
    method: 'PUT',
    headers: { ...bearer(shop), 'content-length': String(length) },
  })
const shown = async (shop: Shop, id: string) => (await ask(shop, 'GET', `/${id}`)).json<ApiImport>()
const listed = async (shop: Shop) =>
  (await (await ask(shop, 'GET', '')).json<{ items: readonly ApiImport[] }>()).items
const stored = async (shop: Shop) =>
  (await env.LAKE.list({ prefix: `imports/${shop.id}/` })).objects.length

describe('a file sent in parts', () => {
  test('is whole when the last has come, whatever their order, one of them sent twice', async () => {
    const shop = await openShop()
    const file = twoParts()
    const [first, second] = partsOf(file) as [Uint8Array, Uint8Array]
    const id = await begin(shop, file.length)
    expect(
      (
        await put(
          shop,
          id,
          2,
          second.map(() => 65),
        )
      ).status,
    ).toBe(200)
    expect(await shown(shop, id)).toMatchObject({
      state: 'uploading',
      size: file.length,
      position: second.length,
      upload: { partSize: PART_SIZE, received: [2] },
    })
    const early = await ask(shop, 'POST', `/${id}/complete`)
    expect([early.status, await early.text()]).toEqual([409, expect.stringContaining('missing: 1')])
    await put(shop, id, 1, first)
    await put(shop, id, 2, second)
    const whole = await ask(shop, 'POST', `/${id}/complete`)
    expect(await whole.json()).toMatchObject({ state: 'uploaded', columns: ['id', 'note'] })
    expect((await ask(shop, 'POST', `/${id}/complete`)).status).toBe(200)
    const checked = await run(shop, id, NOTES, 'dry-run')
    const rows = Math.ceil(PART_SIZE / 20_000) + 5
    expect(checked.counts).toMatchObject({ read: rows, accepted: rows })
  })

  test('is joined once, even if nobody heard that it was', async () => {
    const shop = await openShop()
    const file = new TextEncoder().encode('id,note\n1,one\n')
    const id = await begin(shop, file.length)
    await put(shop, id, 1, file)
    const found = await env.IMPORT.getByName(`${shop.id}/import/${id}`).status()
    if (found?.state !== 'uploading') throw new Error('Not an upload')
    await env.LAKE.resumeMultipartUpload(found.key, found.upload).complete([...found.parts])
    const whole = await ask(shop, 'POST', `/${id}/complete`)
    expect(await whole.json()).toMatchObject({ state: 'uploaded', sample: [['1', 'one']] })
  })

  test.each<[string, number, number, number]>([
    ['shorter than it is to be', 1, 10, 400],
    ['longer than it is to be', 1, 15, 400],
    ['beyond the last', 2, 14, 400],
    ['before the first', 0, 14, 400],
  ])('refuses a part %s', async (_, part, length, status) => {
    const shop = await openShop()
    const id = await begin(shop, 14)
    expect((await put(shop, id, part, new Uint8Array(length))).status).toBe(status)
    expect(await shown(shop, id)).toMatchObject({ upload: { received: [] } })
  })

  test('has no part of which fewer bytes came than its header said', async () => {
    const shop = await openShop()
    const id = await begin(shop, 14)
    expect((await put(shop, id, 1, new Uint8Array(10), 14)).status).toBe(503)
    expect(await shown(shop, id)).toMatchObject({ upload: { received: [] } })
  })

  test.each([0, 1_024 ** 3 + 1, 1.5])('cannot have %d bytes', async (size) => {
    const shop = await openShop()
    const body = JSON.stringify({ name: 'x', size })
    expect((await ask(shop, 'POST', '/uploads', body)).status).toBe(400)
  })

  test('takes no part, and tells nothing, of another workspace', async () => {
    const [shop, other] = [await openShop(), await openShop()]
    const id = await begin(shop, 3)
    const part = new Uint8Array(3)
    expect((await put(other, id, 1, part)).status).toBe(404)
    expect((await ask(other, 'POST', `/${id}/complete`)).status).toBe(404)
    expect((await ask(other, 'DELETE', `/${id}`)).status).toBe(404)
    const withoutKey = await send(`/api/imports/${id}/parts/1`, part, { method: 'PUT' })
    expect(withoutKey.status).toBe(401)
  })

  test('can be mapped and started only when it is whole, and takes no part after that', async () => {
    const shop = await openShop()
    const file = new TextEncoder().encode('id,note\n1,one\n')
    const id = await begin(shop, file.length)
    expect((await ask(shop, 'POST', `/${id}/start`, '{}')).status).toBe(409)
    await put(shop, id, 1, file)
    await ask(shop, 'POST', `/${id}/complete`)
    expect((await put(shop, id, 1, file)).status).toBe(409)
  })

  test('that is no table leaves with its reason', async () => {
    const shop = await openShop()
    const file = new TextEncoder().encode('{"a":\nnothing\n')
    const id = await begin(shop, file.length)
    await put(shop, id, 1, file)
    expect((await ask(shop, 'POST', `/${id}/complete`)).status).toBe(400)
    expect([await listed(shop), await stored(shop)]).toEqual([[], 0])
  })

  test('that nobody goes on with is dropped after three days, not before', async () => {
    const shop = await openShop()
    const id = await begin(shop, PART_SIZE + 1)
    await put(shop, id, 2, new Uint8Array(1))
    const job = env.IMPORT.getByName(`${shop.id}/import/${id}`)
    const real = { ...clock }
    try {
      for (const [days, left] of [
        [2, 1],
        [4, 0],
      ] as const) {
        clock.now = () => real.now() + days * DAY
        clock.toWall = (at) => at - days * DAY
        await runDurableObjectAlarm(job)
        expect(await listed(shop)).toHaveLength(left)
      }
    } finally {
      Object.assign(clock, real)
    }
    expect((await put(shop, id, 1, new Uint8Array(PART_SIZE))).status).toBe(404)
  })

  test('is removed when it is not wanted any more', async () => {
    const shop = await openShop()
    const id = await begin(shop, 3)
    await put(shop, id, 1, new Uint8Array(3))
    expect((await ask(shop, 'DELETE', `/${id}`)).status).toBe(204)
    expect((await ask(shop, 'GET', `/${id}`)).status).toBe(404)
    expect(await listed(shop)).toEqual([])
  })
})

describe('an upload in one request', () => {
  const packed = (text: string) =>
    new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).bytes()

  test.each<[string, HeadersInit]>([
    ['and says so', { 'content-encoding': 'gzip' }],
    ['and says nothing', {}],
  ])('may be gzip %s', async (_, headers) => {
    const shop = await openShop()
    const response = await send('/api/imports?name=x', await packed('id,note\n1,one\n'), {
      headers: { ...bearer(shop), ...headers },
    })
    expect(await response.json()).toMatchObject({ sample: [['1', 'one']], size: 14 })
  })

  test('that is no table is not kept', async () => {
    const shop = await openShop()
    const response = await send('/api/imports?name=x', '{"a":\n', { headers: bearer(shop) })
    expect([response.status, await stored(shop)]).toEqual([400, 0])
  })
})

test('an import that is removed takes its file along, and what it brought stays', async () => {
  const shop = await openShop()
  const made = await send('/api/imports?name=x', 'id,note\n1,one\n', { headers: bearer(shop) })
  const { id } = await made.json<ApiImport>()
  await run(shop, id, NOTES)
  expect((await ask(shop, 'DELETE', `/${id}`)).status).toBe(204)
  expect([await listed(shop), await stored(shop)]).toEqual([[], 0])
  const kept = await send('/api/profiles?kind=userId&value=1', undefined, {
    method: 'GET',
    headers: bearer(shop),
  })
  expect(kept.status).toBe(200)
})
