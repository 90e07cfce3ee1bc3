import { createRoute, z } from '@hono/zod-openapi'
import { clock } from '../objects/clock.ts'
import type { ApiPressureReport } from '../protocol/api-touch.ts'
import { PRESSURE_LEVELS, type PressureLevels, type ShardPressure } from '../protocol/touch.ts'
import { DAY } from '../protocol/time.ts'
import { readCap } from '../storage/cap-store.ts'
import { listRows } from '../storage/rows.ts'
import { askShards } from './all-shards.ts'
import { resource } from './resource.ts'
import { iso, instant, json, problems } from './shapes.ts'

/** People looked at, altogether. */
const SAMPLE = 2_000
const MAX_CAPS = 200
const MAX_DAYS = 90

const count = z.number()
const people = z.object({ none: count, low: count, high: count, full: count }).openapi({
  description:
    'How many people have nothing that counts, less than half of what is allowed, less than all, or all of it',
})
const shown = z
  .object({
    at: instant,
    days: count,
    population: count,
    sampled: count.openapi({
      description: 'How many were looked at, drawn at random; with all of them figures are exact',
    }),
    caps: z
      .array(
        z.object({
          id: z.string(),
          key: z.string(),
          name: z.string(),
          allowed: count,
          refused: count,
          people: people.nullable().openapi({ description: 'null: it is switched off' }),
        }),
      )
      .readonly(),
  })
  .openapi('PressureReport')

const route = createRoute({
  method: 'get',
  path: '/api/reports/pressure',
  summary: 'How full each cap is for whom, and what it allowed and refused',
  request: {
    query: z.object({
      days: z.coerce
        .number('must be a number')
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(MAX_DAYS, `must be at most ${MAX_DAYS}`)
        .default(30)
        .openapi({ description: 'Whole days of UTC before tomorrow that are counted' }),
    }),
  },
  responses: { 200: json(shown, 'The report'), ...problems(400, 401, 503) },
})

export const pressureReport = resource().openapi(route, async (c) => {
  const { workspace } = c.get('access')
  const { days } = c.req.valid('query')
  const rows = await listRows(c.env.DB, 'cap', workspace, { limit: MAX_CAPS })
  const shards = await askShards(c.env, workspace, (shard) => shard.population({ workspace }))
  const all = shards.reduce((sum, { answer }) => sum + answer, 0)
  const sizes = new Map(
    shards.map(({ address, answer }) => [`${address.region}/${address.shard}`, answer]),
  )
  const now = clock.now()
  const since = (Math.floor(now / DAY) + 1 - days) * DAY
  const parts = await askShards(c.env, workspace, (shard, { region, shard: number }) => {
    const share = all === 0 ? 0 : (sizes.get(`${region}/${number}`) ?? 0) / all
    return shard.pressureReport({ workspace, sample: Math.ceil(SAMPLE * share), since })
  })
  const answers = parts.map(({ answer }) => answer)
  const report: ApiPressureReport = {
    at: iso(now),
    days,
    population: sumOf(answers, ({ population }) => population),
    sampled: sumOf(answers, ({ sampled }) => sampled),
    caps: rows.map(readCap).map(({ id, key, name, enabled }) => {
      const tallies = answers.flatMap((one) => one.tallies).filter(({ cap }) => cap === id)
      return {
        id,
        key,
        name,
        allowed: sumOf(tallies, ({ allowed }) => allowed),
        refused: sumOf(tallies, ({ refused }) => refused),
        people: enabled ? peopleOf(id, answers) : null,
      }
    }),
  }
  return c.json(report, 200)
})

const sumOf = <One>(all: readonly One[], read: (one: One) => number): number =>
  all.reduce((sum, one) => sum + read(one), 0)

/** Of each shard as many as its sample stands for. */
function peopleOf(id: string, answers: readonly ShardPressure[]): PressureLevels {
  const of = (level: (typeof PRESSURE_LEVELS)[number]): number =>
    Math.round(
      sumOf(answers, ({ levels, population, sampled }) =>
        sampled === 0
          ? 0
          : ((levels.find(({ cap }) => cap === id)?.people[level] ?? 0) * population) / sampled,
      ),
    )
  return { none: of('none'), low: of('low'), high: of('high'), full: of('full') }
}
