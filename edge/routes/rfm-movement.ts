import { createRoute, z } from '@hono/zod-openapi'
import { populationOf, workspaceObject } from '../objects/address.ts'
import type { CellMove, MovementSide } from '../protocol/population.ts'
import { OTHER_CELL } from '../protocol/score.ts'
import { instantAsOf } from './as-of.ts'
import { refuseField } from './problem.ts'
import { resource } from './resource.ts'
import { cutPointsShape } from './score-settings-shape.ts'
import { answered, shortage, wanting } from './score-report-shape.ts'
import { instant, iso, json, problems } from './shapes.ts'

const count = z.number().int()
const WHEN = 'A day (the whole of it, in the workspace’s time zone) or an instant'

const side = z.object({
  asOf: instant,
  customers: count,
  revenue: z.number(),
  cutPoints: cutPointsShape.nullable().openapi({
    description: 'Everybody is scored as of then by these: by those of then, as in the report',
  }),
  notEnough: shortage.optional(),
})

const cell = z
  .string()
  .nullable()
  .openapi({ description: 'Key of a cell, or `others`. Null: no customer' })

const shown = z
  .object({
    currency: z.string(),
    from: side,
    to: side,
    cells: z.array(z.string()).readonly().openapi({ description: 'Keys, in the order of cells' }),
    moves: z
      .array(
        z.object({
          from: cell,
          to: cell,
          customers: count,
          before: z.number().openapi({ description: 'Revenue of these customers as of `from`' }),
          after: z.number().openapi({ description: 'And as of `to`' }),
        }),
      )
      .readonly()
      .openapi({
        description:
          'Who was in which cell and is in which; from null: new, to null: gone. Those that nobody made are absent',
      }),
  })
  .openapi('RfmMovement')

const route = createRoute({
  method: 'get',
  path: '/api/reports/rfm/movement',
  summary: 'How customers moved between the cells of RFM from one time to another',
  description:
    'Of each cell, the moves from it add up to what `/api/reports/rfm?asOf={from}` says of it, and those to it to what `asOf={to}` does: both times are scored by the cut points of then.',
  request: {
    query: z.object({
      from: z.string('is missing').max(40).openapi({ description: WHEN, example: '2026-01-31' }),
      to: z
        .string()
        .max(40)
        .optional()
        .openapi({ description: `${WHEN}. Default: now` }),
    }),
  },
  responses: { 200: json(shown, 'Between the two'), ...problems(400, 401, 503) },
})

const showSide = ({ at, customers, revenue, cutPoints }: MovementSide) => ({
  asOf: iso(at),
  customers,
  revenue,
  cutPoints: 'needed' in cutPoints ? null : cutPoints,
  ...('needed' in cutPoints && { notEnough: wanting(cutPoints, 'orders') }),
})

/** In the order of the cells; new and gone customers last. */
function inOrder(moves: readonly CellMove[], cells: readonly string[]): readonly CellMove[] {
  const place = (one: string | null) => (one === null ? cells.length : cells.indexOf(one))
  return moves.toSorted((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to))
}

export const rfmMovement = resource().openapi(route, async (c) => {
  const { workspace } = c.get('access')
  const { from: first, to: last } = c.req.valid('query')
  const catalog = await workspaceObject(c.env, workspace).catalog({ workspace })
  const zone = catalog?.timezone ?? 'UTC'
  const now = instantAsOf('to', undefined, zone)
  const from = instantAsOf('from', first, zone)
  const to = last === undefined ? now : instantAsOf('to', last, zone)
  if (from >= to) throw refuseField('to', 'must be later than "from"')
  const movement = await answered(populationOf(c.env, workspace).movement({ workspace, from, to }))
  const cells = [...movement.cells, OTHER_CELL]
  return c.json(
    {
      currency: movement.currency,
      from: showSide(movement.from),
      to: showSide(movement.to),
      cells,
      moves: inOrder(movement.moves, cells),
    },
    200,
  )
})
