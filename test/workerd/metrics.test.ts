import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { addressOf } from '../../edge/domain/id.ts'
import { profileShardName } from '../../edge/objects/address.ts'
import { ProfileShard } from '../../edge/objects/profile-shard.ts'
import { batch, openShop, profileBy, send, view, type Shop } from './intake-fixture.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(() => {
  vi.restoreAllMocks()
})

const scrape = (key = shop.secretKey) =>
  send('/api/metrics', undefined, { method: 'GET', headers: { authorization: `Bearer ${key}` } })

/** Samples by name and labels, as a scraper reads them. */
async function samples(): Promise<Map<string, number>> {
  const response = await scrape()
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('application/openmetrics-text')
  const text = await response.text()
  expect(text.endsWith('# EOF\n')).toBe(true)
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const match = /^([a-z_]+(?:\{[^}]*\})?) (-?[\d.]+)$/.exec(line)
      if (match?.[1] === undefined) throw new Error(`not a sample: ${line}`)
      return [match[1], Number(match[2])]
    }),
  )
}

const sumOf = (all: ReadonlyMap<string, number>, name: string, label = ''): number =>
  [...all].reduce(
    (sum, [key, value]) => (key.split('{')[0] === name && key.includes(label) ? sum + value : sum),
    0,
  )

test('figures say what came, what is refused and kept, and how much was written', async () => {
  await batch(shop, [view({ userId: 'met' }), { type: 'nonsense', userId: 'met' }])
  const before = await samples()
  expect(sumOf(before, 'prisme_shard_up')).toBeGreaterThan(0)
  expect(sumOf(before, 'prisme_profiles')).toBe(1)
  expect(sumOf(before, 'prisme_events', 'status="accepted"')).toBe(1)
  expect(sumOf(before, 'prisme_events', 'status="rejected"')).toBe(1)
  expect(sumOf(before, 'prisme_failed_events', 'reason="unknown-type"')).toBe(1)
  expect(sumOf(before, 'prisme_lake_waiting_events')).toBe(1)
  expect(sumOf(before, 'prisme_catalog_lag_versions')).toBe(0)
  expect(sumOf(before, 'prisme_database_size_bytes')).toBeGreaterThan(4_096)

  await batch(shop, [view({ userId: 'met' })])
  const after = await samples()
  expect(sumOf(after, 'prisme_events', 'status="accepted"')).toBe(2)
  const written =
    sumOf(after, 'prisme_rows_written_total') - sumOf(before, 'prisme_rows_written_total')
  expect(written).toBeGreaterThan(2)
  expect(written).toBeLessThan(20)
})

test('a shard that does not answer is down, and costs the others nothing', async () => {
  await batch(shop, [view({ userId: 'met' })])
  const address = addressOf((await profileBy(shop, 'userId', 'met'))?.id ?? '')
  if (address === undefined) throw new Error('Lives nowhere')
  const broken = profileShardName(shop.id, address)
  const vitals = ProfileShard.prototype.vitals
  vi.spyOn(ProfileShard.prototype, 'vitals').mockImplementation(function (
    this: ProfileShard,
    request,
  ) {
    const { name } = (this as unknown as { ctx: DurableObjectState }).ctx.id
    return name === broken ? Promise.reject(new Error('broken')) : vitals.call(this, request)
  })
  const all = await samples()
  const down = `shard="${address.region}/${address.shard}"`
  expect(sumOf(all, 'prisme_shard_up', down)).toBe(0)
  expect(sumOf(all, 'prisme_profiles', down)).toBe(0)
})

test('figures are for those who have a secret key', async () => {
  expect((await scrape(shop.writeKey)).status).toBe(401)
})
