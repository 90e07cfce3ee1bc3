import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { liveMonitor, workspaceObject } from '../objects/address.ts'
import type { DeliveryState } from '../protocol/delivery.ts'
import { access, type AccessEnv } from './access.ts'
import { askShards } from './all-shards.ts'
import { refuseInvalid } from './problem.ts'
import { instant, iso, json, problems } from './shapes.ts'

const count = z.number().int()

const overview = z
  .object({
    population: count,
    segments: z.array(
      z.object({
        id: z.string(),
        key: z.string(),
        name: z.string(),
        size: count,
        history: z
          .array(z.object({ at: instant, size: count, entered: count, exited: count }))
          .openapi({ description: 'Oldest first, one point a minute in which something changed' }),
      }),
    ),
    sources: z.record(
      z.string(),
      z
        .object({
          accepted: count,
          duplicate: count,
          rejected: count,
          failed: count,
          replayed: count.openapi({ description: 'Of the accepted and duplicates: refused first' }),
        })
        .openapi({ description: 'received = accepted + duplicate + rejected + failed' }),
    ),
    deliveries: z.object({ pending: count, delivered: count, parked: count, refused: count }),
  })
  .openapi('Overview')

const route = createRoute({
  method: 'get',
  path: '/api/reports/overview',
  summary: 'Population, audiences with their history of the last day, sources and deliveries',
  middleware: access,
  request: { query: z.object({ from: instant.optional(), to: instant.optional() }) },
  responses: { 200: json(overview, 'The figures of now'), ...problems(400, 401) },
})

export const reports = new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid }).openapi(
  route,
  async (c) => {
    const { workspace } = c.get('access')
    const { from, to } = c.req.valid('query')
    const [catalog, figures, shards] = await Promise.all([
      workspaceObject(c.env, workspace).catalog({ workspace }),
      liveMonitor(c.env, workspace).overview({
        ...(from !== undefined && { from: Date.parse(from) }),
        ...(to !== undefined && { to: Date.parse(to) }),
      }),
      askShards(c.env, workspace, (shard) => shard.deliveries({ workspace, limit: 0 })),
    ])
    const history = new Map<
      string,
      { at: string; size: number; entered: number; exited: number }[]
    >()
    for (const { segment, minute, size, entered, exited } of figures.history) {
      const points = history.get(segment) ?? []
      history.set(segment, points)
      points.push({ at: iso(minute), size, entered, exited })
    }
    const sum = (state: DeliveryState) =>
      shards.reduce((total, { answer }) => total + answer.counts[state], 0)
    return c.json(
      {
        population: figures.population,
        segments: (catalog?.segments ?? []).map(({ id, key, name }) => ({
          id,
          key,
          name,
          size: figures.sizes[id] ?? 0,
          history: history.get(id) ?? [],
        })),
        sources: Object.fromEntries(
          Object.entries(figures.sources).map(
            ([source, { accepted, duplicate, rejected, failed, replayed }]) => [
              source,
              { accepted, duplicate, rejected, failed, replayed },
            ],
          ),
        ),
        deliveries: {
          pending: sum('pending'),
          delivered: sum('delivered'),
          parked: sum('parked'),
          refused: sum('refused'),
        },
      },
      200,
    )
  },
)
