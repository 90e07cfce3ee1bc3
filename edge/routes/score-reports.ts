import { createRoute, z } from '@hono/zod-openapi'
import { cellOf } from '../domain/score/rfm.ts'
import { populationOf, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { isShort, type PopulationFacts, type PopulationReport } from '../protocol/population.ts'
import { OTHER_CELL, type RfmCell, type ScoreSettings } from '../protocol/score.ts'
import { findPopulation, populationHistory } from '../storage/population-store.ts'
import { findScores } from '../storage/score-settings-store.ts'
import { asOfInstant, asOfQuery } from './as-of.ts'
import { resource } from './resource.ts'
import { answered, shortage, wanting } from './score-report-shape.ts'
import { cutPointsShape } from './score-settings-shape.ts'
import { instant, iso, json, problems } from './shapes.ts'

/** Versions between which customers are seen to move. */
const HISTORY = 90

const count = z.number().int()
const told = {
  asOf: instant,
  /** Of what is published. */
  version: count.nullable().openapi({
    description:
      'What conditions go by at present. Null: of another time, or nobody has looked yet',
  }),
  currency: z.string(),
  customers: count,
  orders: count,
  revenue: z.number(),
  faults: z
    .object({ missing: count, negative: count, currency: count })
    .openapi({ description: 'Amounts that were not counted, by the reason' }),
}
const cellShape = z.object({
  key: z.string(),
  customers: count,
  orders: count,
  revenue: z.number(),
  share: z.number().openapi({ description: 'Of the revenue, 0 to 1' }),
})
const place = z.object({
  recency: count,
  frequency: count,
  monetary: count,
  customers: count,
  orders: count,
  revenue: z.number(),
})

const rfmShape = z
  .object({
    ...told,
    bins: count,
    cutPoints: cutPointsShape.nullable(),
    notEnough: shortage.optional(),
    cells: z.array(cellShape).readonly(),
    places: z.array(place).readonly(),
    history: z
      .array(z.object({ at: instant, version: count, cells: z.record(z.string(), count) }))
      .readonly()
      .openapi({ description: 'Customers of each cell in the latest versions, oldest first' }),
  })
  .openapi('RfmReport')

const fitted = <Model extends z.ZodRawShape, Errors extends z.ZodRawShape>(
  model: Model,
  errors: Errors,
) =>
  z.object({
    model: z.object(model),
    errors: z.object(errors).openapi({
      description: 'Standard errors. Null: other models fit as well, so the figures say little',
    }),
    converged: z.boolean(),
    logLikelihood: z.number(),
    customers: count,
  })
const number = z.number()
const error = z.number().nullable()
const points = z.object({ actual: number, expected: number })
const valueShape = z
  .object({
    ...told,
    notEnough: shortage.optional(),
    buying: fitted(
      { r: number, alpha: number, a: number, b: number },
      { r: error, alpha: error, a: error, b: error },
    )
      .optional()
      .openapi({ description: 'BG/NBD; the unit of time is the day' }),
    spending: fitted({ p: number, q: number, v: number }, { p: error, q: error, v: error })
      .optional()
      .openapi({ description: 'Gamma-Gamma, in the currency' }),
    spendingNotEnough: shortage.optional(),
    byCount: z.array(points).readonly().optional().openapi({
      description: 'Customers by their repeat orders: 0, 1, …, the last for so many or more',
    }),
    byWeek: z
      .array(points.extend({ at: instant }))
      .readonly()
      .optional()
      .openapi({ description: 'Repeat orders up to then, of those who were customers as of then' }),
    clv: z.array(number).readonly().optional().openapi({ description: 'At nine tenths' }),
    churn: z.array(number).readonly().optional().openapi({ description: 'At nine tenths' }),
  })
  .openapi('ValueReport')

const rfmRoute = createRoute({
  method: 'get',
  path: '/api/reports/rfm',
  summary: 'Recency, frequency and monetary value: cut points, and customers by cell',
  request: { query: asOfQuery },
  responses: { 200: json(rfmShape, 'As of then'), ...problems(400, 401, 503) },
})
const valueRoute = createRoute({
  method: 'get',
  path: '/api/reports/value',
  summary: 'What customers are worth: the fitted models, and how they compare with what happened',
  request: { query: asOfQuery },
  responses: { 200: json(valueShape, 'As of then'), ...problems(400, 401, 503) },
})
const refreshRoute = createRoute({
  method: 'post',
  path: '/api/scores/refresh',
  summary: 'Looks at all customers now, and publishes what is found if it differs',
  responses: {
    200: json(z.object({ version: count, asOf: instant, customers: count }), 'In force'),
    ...problems(401, 503),
  },
})

interface Looked {
  readonly report: PopulationReport
  readonly settings: ScoreSettings
  readonly version: number | null
}

/** As of an instant; by default what is published, or as of now if nobody has looked yet. */
export async function looked(
  env: Env,
  workspace: WorkspaceId,
  asOf: string | undefined,
): Promise<Looked> {
  const [settings, catalog] = await Promise.all([
    findScores(env.DB, workspace),
    workspaceObject(env, workspace).catalog({ workspace }),
  ])
  const at = asOfInstant(asOf, catalog?.timezone ?? 'UTC')
  if (at !== undefined) {
    const report = await answered(populationOf(env, workspace).look({ workspace, at }))
    return { report, settings, version: null }
  }
  const known = await findPopulation(env.DB, workspace)
  if (known !== undefined) {
    return { report: known.report, settings, version: known.facts.version }
  }
  const refreshed = await answered(
    populationOf(env, workspace).refresh({ workspace, actor: 'report' }),
  )
  return { report: refreshed.report, settings, version: refreshed.facts.version }
}

const head = ({ report, version }: Looked) => ({
  asOf: iso(report.at),
  version,
  currency: report.currency,
  customers: report.customers,
  orders: report.orders,
  revenue: report.revenue,
  faults: report.faults,
})

/** Customers by cell, in the order of the cells; who is in none comes last. */
function cellsOf({ places, revenue }: PopulationReport, cells: readonly RfmCell[]) {
  const found = new Map(
    [...cells.map(({ key }) => key), OTHER_CELL].map((key) => [
      key,
      { key, customers: 0, orders: 0, revenue: 0, share: 0 },
    ]),
  )
  for (const one of places) {
    const cell = found.get(cellOf(one, cells))
    if (cell === undefined) continue
    cell.customers += one.customers
    cell.orders += one.orders
    cell.revenue += one.revenue
    cell.share = revenue > 0 ? cell.revenue / revenue : 0
  }
  return [...found.values()]
}

export const scoreReports = resource()
  .openapi(rfmRoute, async (c) => {
    const { workspace } = c.get('access')
    const known = await looked(c.env, workspace, c.req.valid('query').asOf)
    const { report, settings } = known
    const { cells } = settings.rfm
    const { cutPoints } = report
    const history = await populationHistory(c.env.DB, workspace, HISTORY)
    return c.json(
      {
        ...head(known),
        bins: report.bins,
        cutPoints: isShort(cutPoints) ? null : cutPoints,
        ...(isShort(cutPoints) && { notEnough: wanting(cutPoints, 'orders') }),
        cells: cellsOf(report, cells),
        places: report.places,
        history: history.map(({ version, report: one }) => ({
          at: iso(one.at),
          version,
          cells: Object.fromEntries(
            cellsOf(one, cells).map(({ key, customers }) => [key, customers]),
          ),
        })),
      },
      200,
    )
  })
  .openapi(valueRoute, async (c) => {
    const { workspace } = c.get('access')
    const known = await looked(c.env, workspace, c.req.valid('query').asOf)
    const { value, clv, churn } = known.report
    const what = 'customers with a repeat order'
    if (isShort(value)) return c.json({ ...head(known), notEnough: wanting(value, what) }, 200)
    const { buying, spending, byCount, byWeek } = value
    return c.json(
      {
        ...head(known),
        buying,
        ...(isShort(spending)
          ? { spendingNotEnough: wanting(spending, `${what} of a known amount`) }
          : { spending }),
        byCount,
        byWeek: byWeek.map(({ at, ...point }) => ({ ...point, at: iso(at) })),
        ...(clv !== undefined && { clv }),
        ...(churn !== undefined && { churn }),
      },
      200,
    )
  })
  .openapi(refreshRoute, async (c) => {
    const { workspace, actor } = c.get('access')
    const { facts, report } = await answered(
      populationOf(c.env, workspace).refresh({ workspace, actor }),
    )
    const { version } = facts satisfies PopulationFacts
    return c.json({ version, asOf: iso(report.at), customers: report.customers }, 200)
  })
