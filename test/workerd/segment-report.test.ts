import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { addressOf } from '../../edge/domain/id.ts'
import { profileShard } from '../../edge/objects/address.ts'
import type { ApiOverview } from '../../edge/protocol/api.ts'
import type { ApiSegmentReport } from '../../edge/protocol/api-segment.ts'
import { DAY, HOUR, MINUTE } from '../../edge/protocol/time.ts'
import { batch, send, statuses } from './intake-fixture.ts'
import { ann, asOwner, did, keys, now, pass, segment, shop } from './person-fixture.ts'

/** A busy machine takes its time. */
const SOON = { timeout: 20_000 }

const within = (event: string, last: string) => ({
  type: 'performed',
  event,
  operator: 'gte',
  value: 1,
  window: { last },
})

const ask = (id: string, query = '') =>
  send(`/api/segments/${id}/report${query}`, undefined, { method: 'GET', headers: asOwner() })

async function reportOf(id: string, query = ''): Promise<ApiSegmentReport> {
  const response = await ask(id, query)
  expect(response.status, await response.clone().text()).toBe(200)
  return response.json()
}

/** Of hours in which something changed: size, entries, exits by cause. */
const changes = ({ periods }: ApiSegmentReport) =>
  periods
    .filter(({ entered, exited }) => entered + exited > 0)
    .map(({ size, entered, causes }) => [size, entered, causes])

test('who entered and left is told by the hour, with cause and clause, each exactly once', async () => {
  const condition = {
    type: 'all',
    conditions: [within('Viewed', 'P1D'), { type: 'not', condition: within('Ordered', 'PT1H') }],
  } as const
  const { id } = await segment('keen', condition)
  await did('Viewed')
  await did('Ordered')
  await pass(2 * HOUR)
  expect(await keys()).toEqual(['keen'])
  await pass(2 * DAY)
  const report = await reportOf(id, '?by=hour&from=' + new Date(now() - 3 * DAY).toISOString())
  expect(changes(report)).toEqual([
    [0, 1, { event: 1 }],
    [1, 1, {}],
    [0, 0, { time: 1 }],
  ])
  expect([report.entered, report.exited]).toEqual([2, 2])
  expect(report.periods).toHaveLength(3 * 24 + 1)
  const [viewed, unordered] = condition.conditions
  expect(report.exits).toHaveLength(2)
  expect(report.exits).toEqual(
    expect.arrayContaining([
      {
        cause: 'event',
        clauses: [{ path: 'condition.conditions.1.condition', condition: unordered.condition }],
        count: 1,
      },
      { cause: 'time', clauses: [{ path: 'condition.conditions.0', condition: viewed }], count: 1 },
    ]),
  )
  const byDay = await reportOf(id, '?by=day')
  expect([byDay.entered, byDay.exited, byDay.timezone]).toEqual([2, 2, 'UTC'])
})

test('an exit by way of another segment names the clause that asks for it, as it was then', async () => {
  const viewers = await segment('viewers', within('Viewed', 'P1D'))
  const made = await segment('made', {
    type: 'any',
    conditions: [{ type: 'segment', segment: 'viewers' }, within('Ordered', 'PT1H')],
  })
  await did('Viewed')
  await pass(2 * DAY)
  const clause = {
    path: 'condition.conditions.0',
    condition: { type: 'segment', segment: viewers.id },
  }
  const told = { cause: 'time', clauses: [clause], count: 1 }
  expect((await reportOf(made.id)).exits).toEqual([told])
  const changed = { name: 'made', key: 'made', condition: within('Ordered', 'PT1H') }
  const put = await send(`/api/segments/${made.id}?wait=live`, changed, {
    method: 'PUT',
    headers: asOwner(),
  })
  expect(put.status, await put.clone().text()).toBe(200)
  expect((await reportOf(made.id)).exits).toEqual([told])
})

test('many who enter in one batch are all counted, and what is older than 90 days is forgotten', async () => {
  const { id } = await segment('viewers', within('Viewed', 'P1D'))
  const timestamp = new Date(now()).toISOString()
  const messages = Array.from({ length: 80 }, (_, n) => ({
    type: 'track',
    event: 'Viewed',
    properties: {},
    userId: `user-${n}`,
    timestamp,
  }))
  expect(new Set(statuses((await batch(shop, messages)).verdicts))).toEqual(new Set(['accepted']))
  await did('Viewed')
  const { entered, periods } = await reportOf(id)
  expect([entered, periods.at(-1)?.size]).toEqual([81, 81])
  await pass(2 * DAY)
  await pass(95 * DAY)
  const { from, ...since } = await reportOf(id, '?by=day')
  expect([Date.parse(from) > 0, since.entered]).toEqual([true, 0])
  const addresses = await env.WORKSPACE.getByName(shop.id).shards()
  const kept = await Promise.all(
    addresses.map(async (address) => {
      const stub = profileShard(env, shop.id, address)
      await stub.wake({ workspace: shop.id })
      return runInDurableObject(
        stub as unknown as DurableObjectStub,
        (_, { storage }) =>
          storage.sql
            .exec<{ n: number }>(
              `SELECT (SELECT count(*) FROM segment_hour WHERE hour < ?1)
            + (SELECT count(*) FROM segment_exit WHERE hour < ?1) AS n`,
              now() - 91 * DAY,
            )
            .one().n,
      )
    }),
  )
  expect(Math.max(...kept)).toBe(0)
})

test.each([
  ['?by=week', 'by', 'must be hour or day'],
  ['?from=yesterday', 'from', expect.any(String)],
  ['?to=2026-13-01', 'to', expect.any(String)],
  ['?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z', 'from', 'must not be after `to`'],
  [
    '?from=2026-01-01T00:00:00Z&to=2026-03-01T00:00:00Z',
    'from',
    'must be at most 31 days before `to` by hour',
  ],
  [
    '?by=day&from=2026-01-01T00:00:00Z&to=2026-06-01T00:00:00Z',
    'from',
    'must be at most 91 days before `to` by day',
  ],
])('a report for %s is refused, with the field and the reason', async (query, path, reason) => {
  const { id } = await segment('viewers', within('Viewed', 'P1D'))
  const response = await ask(id, query)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ errors: [{ path, reason }] })
})

test('a report is for members of the workspace alone', async () => {
  const { id } = await segment('viewers', within('Viewed', 'P1D'))
  const path = `/api/segments/${id}/report`
  expect((await send(path, undefined, { method: 'GET' })).status).toBe(401)
  expect(
    (await send('/api/segments/seg_other/report', undefined, { method: 'GET', headers: asOwner() }))
      .status,
  ).toBe(404)
})

test('entries and exits are told in the overview although reports to the monitor failed', async () => {
  await segment('viewers', within('Viewed', 'PT1H'))
  await did('Other')
  const monitor = await breakMonitor()
  await did('Viewed')
  await pass(2 * HOUR)
  await expect.poll(() => monitor.failures, SOON).toBeGreaterThan(0)
  await monitor.mend()
  await expect
    .poll(async () => {
      await pass(MINUTE)
      const from = new Date(now() - DAY).toISOString()
      const answer = await send(`/api/reports/overview?from=${from}`, undefined, {
        method: 'GET',
        headers: asOwner(),
      })
      expect(answer.status, await answer.clone().text()).toBe(200)
      const { segments } = (await answer.json()) as ApiOverview
      const history = segments.flatMap((one) => one.history)
      const sum = (part: 'entered' | 'exited') => history.reduce((all, one) => all + one[part], 0)
      return [sum('entered'), sum('exited')]
    }, SOON)
    .toEqual([1, 1])
})

/** Ann's shard cannot reach the monitor. */
async function breakMonitor() {
  const address = addressOf((await ann())?.id ?? '')
  if (address === undefined) throw new Error('Lives nowhere')
  const stub = profileShard(env, shop.id, address) as unknown as DurableObjectStub
  const state = { failures: 0, mend }
  const sound = env.MONITOR
  const set = (value: unknown) =>
    runInDurableObject(stub, (instance) => {
      const { env: bindings } = instance as unknown as { env: object }
      Object.defineProperty(bindings, 'MONITOR', { value, configurable: true })
    })
  await set({
    getByName: () => ({
      report: async () => {
        state.failures += 1
        throw new Error('The monitor is away')
      },
    }),
  })
  async function mend() {
    await set(sound)
  }
  return state
}
