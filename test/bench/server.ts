import { join } from 'node:path'
import { readD1Migrations } from '@cloudflare/vitest-plugin'
import { transform } from 'esbuild'
import { readFile } from 'node:fs/promises'
import { convertV4MiniflareOptions, Miniflare, NoOpLog } from 'miniflare'
import { readConfiguration } from '../../edge/deploy/configuration.ts'
import { ROOT, run } from '../command.ts'
import { freePort } from '../demo/ports.ts'

const HOST = '127.0.0.1'

export interface Server {
  /** Of a socket of workerd itself that leads straight to the Worker. */
  readonly origin: string
  stop(): Promise<void>
}

export interface EdgeServer extends Server {
  /** The event lake, as its readers see it. */
  readonly lake: Awaited<ReturnType<Miniflare['getR2Bucket']>>
}

/**
 * The edge as it is built for deployment, with the route that makes the demo workspace, on `workerd serve` with its
 * storage on disk. Miniflare writes workerd's configuration and simulates D1, KV, R2 and queues inside it; requests
 * do not pass through it, nor through wrangler's proxy. `worker`: the one whose clock can be moved; `timed-worker`: the one that times its queue;
 * `preview-worker`: the one whose shards can be filled at once.
 */
export async function startEdge(
  folder: string,
  entry: 'local-worker' | 'timed-worker' | 'preview-worker' | 'worker' = 'local-worker',
): Promise<EdgeServer> {
  const out = join(ROOT, '.build/bench-edge', entry)
  const { code, output } = await run('wrangler', [
    'deploy',
    `test/${entry}.ts`,
    '--dry-run',
    `--outdir=${out}`,
  ])
  if (code !== 0) throw new Error(`wrangler deploy --dry-run failed:\n${output}`)

  const config = readConfiguration()
  const port = await freePort()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...shared(folder),
      name: 'edge',
      modules: true,
      scriptPath: join(out, `${entry}.js`),
      compatibilityDate: config.compatibility_date,
      compatibilityFlags: [...config.compatibility_flags],
      durableObjects: Object.fromEntries(
        config.durable_objects.bindings.map(({ name, class_name: className }) => [
          name,
          { className, useSQLite: true },
        ]),
      ),
      d1Databases: config.d1_databases.map(({ binding }) => binding),
      kvNamespaces: config.kv_namespaces.map(({ binding }) => binding),
      r2Buckets: config.r2_buckets.map(({ binding }) => binding),
      queueProducers: Object.fromEntries(
        config.queues.producers.map(({ binding, queue }) => [binding, { queueName: queue }]),
      ),
      queueConsumers: Object.fromEntries(
        config.queues.consumers.map((consumer) => [
          consumer.queue,
          {
            maxBatchSize: consumer.max_batch_size,
            maxBatchTimeout: consumer.max_batch_timeout,
            maxRetries: consumer.max_retries,
            ...(consumer.dead_letter_queue && { deadLetterQueue: consumer.dead_letter_queue }),
          },
        ]),
      ),
      bindings: {
        PRISME_SECRET: 'secret-of-the-benchmark-more-than-32-bytes',
        DASHBOARD_ORIGIN: 'http://127.0.0.1:8788',
        ALLOW_LOOPBACK_TARGETS: 'true',
        DELIVERY_CONNECTIONS: '24',
      },
      unsafeDirectSockets: [{ host: HOST, port }],
    }),
  )
  await miniflare.ready
  const database = await miniflare.getD1Database('DB')
  for (const { queries } of await readD1Migrations(join(ROOT, 'edge/storage/migrations'))) {
    await database.batch(queries.map((query) => database.prepare(query)))
  }
  return {
    origin: `http://${HOST}:${port}`,
    stop: () => miniflare.dispose(),
    lake: await miniflare.getR2Bucket('LAKE'),
  }
}

/** The reference Worker, in a workerd of its own with the same settings. */
export async function startReference(folder: string): Promise<Server> {
  const source = await readFile(join(import.meta.dirname, 'reference.ts'), 'utf8')
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'es2022' })
  const port = await freePort()
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...shared(folder),
      name: 'reference',
      modules: true,
      script: code,
      compatibilityDate: readConfiguration().compatibility_date,
      durableObjects: { ROWS: { className: 'Rows', useSQLite: true } },
      unsafeDirectSockets: [{ host: HOST, port }],
    }),
  )
  await miniflare.ready
  return { origin: `http://${HOST}:${port}`, stop: () => miniflare.dispose() }
}

const shared = (folder: string) => ({
  host: HOST,
  port: 0,
  // Without it Miniflare would fetch a sample of `request.cf`.
  cf: false,
  log: new NoOpLog(),
  resourcePersistencePath: folder,
})
