import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Account } from './account.ts'
import { readConfiguration, ROOT, type Configuration } from './configuration.ts'
import { PAGES } from './pages.ts'

/** What a deployment is called in the account. */
export interface Names {
  readonly worker: string
  readonly database: string
  readonly namespace: string
  readonly buckets: readonly string[]
  readonly queues: readonly string[]
  readonly pages: string
}

export function namesOf({ name, d1_databases, r2_buckets, queues }: Configuration): Names {
  const used = [
    ...queues.producers.map(({ queue }) => queue),
    ...queues.consumers.flatMap(({ queue, dead_letter_queue: dead }) =>
      dead ? [queue, dead] : [queue],
    ),
  ]
  return {
    worker: name,
    database: d1_databases[0]?.database_name ?? '',
    namespace: 'prisme-cache',
    buckets: r2_buckets.map(({ bucket_name: bucket }) => bucket),
    queues: [...new Set(used)],
    pages: PAGES,
  }
}

/** What the account answered: goes into the released configuration. */
export interface Resources {
  readonly databaseId: string
  readonly namespaceId: string
  /** Address of the dashboard, where sign-in cookies are set and accepted. */
  readonly dashboardOrigin: string
  /** Where browsers reach the Worker; absent: not known yet. */
  readonly edgeOrigin?: string
}

/** Makes what is missing in the account. Safe to repeat. */
export async function provide(
  account: Account,
  names: Names,
  dashboardOrigin: string | undefined,
): Promise<Resources> {
  const databaseId = await account.database(names.database)
  const namespaceId = await account.namespace(names.namespace)
  for (const queue of names.queues) await account.queue(queue)
  for (const bucket of names.buckets) await account.bucket(bucket)
  const pages = await account.pages(names.pages)
  return { databaseId, namespaceId, dashboardOrigin: dashboardOrigin ?? pages }
}

/** Writes `wrangler.toml` with the account's ids in it, as JSON, into a folder. Path of the file. */
export function writeConfiguration(folder: string, resources: Resources): string {
  const base = readConfiguration()
  const configuration = {
    ...base,
    main: join(ROOT, base.main),
    d1_databases: base.d1_databases.map((database) => ({
      ...database,
      database_id: resources.databaseId,
      migrations_dir: join(ROOT, database.migrations_dir),
    })),
    kv_namespaces: base.kv_namespaces.map((namespace) => ({
      ...namespace,
      id: resources.namespaceId,
    })),
    vars: {
      ...base.vars,
      DASHBOARD_ORIGIN: resources.dashboardOrigin,
      ...(resources.edgeOrigin && { EDGE_ORIGIN: resources.edgeOrigin }),
    },
  }
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'wrangler.json')
  writeFileSync(path, `${JSON.stringify(configuration, null, 2)}\n`)
  return path
}

/**
 * Secrets that the Worker does not have yet, freshly made. `PRISME_SECRET` seals what is stored: the one a deployment
 * was born with is never replaced.
 */
export async function missingSecrets(
  account: Account,
  { worker }: Names,
): Promise<{ readonly [name: string]: string }> {
  const present = await account.secrets(worker)
  const missing = ['PRISME_SECRET', 'SETUP_TOKEN'].filter((name) => !present.includes(name))
  return Object.fromEntries(missing.map((name) => [name, randomBytes(32).toString('base64url')]))
}
