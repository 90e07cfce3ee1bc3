import { createRoute } from '@hono/zod-openapi'
import { profileShard, workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { withTimeLimit } from '../objects/time-limit.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import type { ShardVitals } from '../protocol/vitals.ts'
import { placeName } from './all-shards.ts'
import { OPEN_METRICS, openMetrics, type Family, type Sample } from './open-metrics.ts'
import { resource } from './resource.ts'
import { problems } from './shapes.ts'

/** A scrape waits ten seconds by default. */
const CALL_LIMIT: Millis = 5 * SECOND

const getRoute = createRoute({
  method: 'get',
  path: '/api/metrics',
  description:
    'Figures of every shard for Prometheus and its like, to be scraped with a secret key as Bearer. A shard that does not answer has `prisme_shard_up` 0 and no other figure.',
  responses: {
    200: {
      description: 'OpenMetrics 1.0',
      content: { [OPEN_METRICS]: { schema: { type: 'string' } } },
    },
    ...problems(401),
  },
})

interface Scraped {
  readonly shard: string
  readonly vitals: ShardVitals | undefined
}

async function scrape(env: Env, workspace: WorkspaceId): Promise<readonly Scraped[]> {
  const addresses = await workspaceObject(env, workspace).shards()
  return Promise.all(
    addresses.map(async (address): Promise<Scraped> => {
      const shard = placeName(address)
      try {
        const call = profileShard(env, workspace, address).vitals({ workspace })
        return { shard, vitals: await withTimeLimit(call, CALL_LIMIT) }
      } catch {
        return { shard, vitals: undefined }
      }
    }),
  )
}

const STATUSES = ['accepted', 'duplicate', 'rejected', 'failed'] as const

type Shown = { readonly shard: string; readonly vitals: ShardVitals }

const seconds = (from: Millis | null, now: Millis): number =>
  from === null ? 0 : Math.max(0, now - from) / SECOND

function familiesOf(scraped: readonly Scraped[], version: number): readonly Family[] {
  const shards = scraped.filter((one): one is Shown => one.vitals !== undefined)
  const gauge = (name: string, help: string, of: (vitals: ShardVitals) => number): Family => ({
    name: `prisme_${name}`,
    type: 'gauge',
    help,
    samples: shards.map(({ shard, vitals }) => ({ labels: { shard }, value: of(vitals) })),
  })
  const age = (name: string, help: string, of: (vitals: ShardVitals) => number): Family => ({
    ...gauge(`${name}_seconds`, help, of),
    unit: 'seconds',
  })
  return [
    {
      name: 'prisme_shard_up',
      type: 'gauge',
      help: 'Whether the shard answered.',
      samples: scraped.map(({ shard, vitals }) => ({
        labels: { shard },
        value: vitals === undefined ? 0 : 1,
      })),
    },
    gauge('profiles', 'People who live in the shard.', ({ status }) => status.population),
    gauge(
      'catalog_lag_versions',
      'Versions of the catalog the shard is behind.',
      ({ status }) => version - status.version,
    ),
    gauge(
      'backfill_remaining_profiles',
      'People not yet looked at under the present catalog.',
      ({ status }) => status.total - status.done,
    ),
    age('outbox_oldest_age', 'Age of the oldest delivery that is open.', ({ status, now }) =>
      seconds(status.oldestOutbox, now),
    ),
    age('timer_overdue', 'How long the most overdue timer has been due.', ({ status, now }) =>
      seconds(status.oldestTimer, now),
    ),
    gauge('lake_waiting_events', 'Events that are not in the lake yet.', (one) => one.lakeWaiting),
    {
      name: 'prisme_deliveries',
      type: 'gauge',
      help: 'Deliveries by state.',
      samples: shards.flatMap(({ shard, vitals }) =>
        Object.entries(vitals.deliveries).map(([state, value]) => ({
          labels: { shard, state },
          value,
        })),
      ),
    },
    {
      name: 'prisme_events',
      type: 'gauge',
      help: 'Events received by what became of them; a replay moves one from refused to accepted.',
      samples: summed(shards, ({ sources }) =>
        Object.entries(sources).flatMap(([source, counts]) =>
          STATUSES.map((status) => ({ labels: { source, status }, value: counts[status] })),
        ),
      ),
    },
    {
      name: 'prisme_failed_events',
      type: 'gauge',
      help: 'Refused events that are kept, by reason.',
      samples: summed(shards, ({ failedEvents }) =>
        Object.entries(failedEvents).flatMap(([source, { reasons }]) =>
          Object.entries(reasons).map(([reason, value]) => ({ labels: { source, reason }, value })),
        ),
      ),
    },
    {
      ...gauge('rows_written', 'Rows written since the object woke.', (one) => one.rowsWritten),
      type: 'counter',
    },
    {
      ...gauge('database_size_bytes', 'Storage of the shard.', (one) => one.databaseSize),
      unit: 'bytes',
    },
  ]
}

/** One sample for each set of labels, added up over the shards. */
function summed(
  shards: readonly Shown[],
  samplesOf: (vitals: ShardVitals) => readonly Sample[],
): readonly Sample[] {
  const sums = new Map<string, Sample>()
  for (const { vitals } of shards) {
    for (const sample of samplesOf(vitals)) {
      const name = JSON.stringify(sample.labels)
      sums.set(name, { ...sample, value: sample.value + (sums.get(name)?.value ?? 0) })
    }
  }
  return [...sums.values()]
}

export const metrics = resource().openapi(getRoute, async (c) => {
  const { workspace } = c.get('access')
  const [scraped, catalog] = await Promise.all([
    scrape(c.env, workspace),
    workspaceObject(c.env, workspace).catalog({ workspace }),
  ])
  const text = openMetrics(familiesOf(scraped, catalog?.version ?? 0))
  return c.body(text, 200, { 'content-type': OPEN_METRICS, 'cache-control': 'no-store' })
})
