import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Where a running product keeps what must survive a restart. */
export interface State {
  /** Absolute path. */
  readonly folder: string
  /** What wrangler persists: objects, D1, KV, R2. */
  readonly storage: string
  readonly logs: string
  /** Where this product's parts find each other: never those of another product on this machine. */
  readonly registry: string
  /** The Worker as compiled for tests. */
  readonly bundle: string
  /** Variables of the Worker, read by wrangler. Only its owner may read it. */
  readonly variables: string
  readonly secrets: Secrets
  remember(secrets: Secrets): void
}

export interface Secrets {
  /** Seals, hashes and signs everything of this state: another one makes the stored data unreadable. */
  readonly worker: string
  /** With which the shop's server signs user tokens (HS256). */
  readonly shop: string
  /** Of the demo webhook destination: the edge shows it once, the inbox verifies with it. */
  readonly webhook?: string
}

/** Opens the state in a folder, or makes it. `fresh`: what was there is deleted first. */
export function openState(folder: string, { fresh }: { readonly fresh: boolean }): State {
  if (fresh) rmOwn(folder)
  const path = (name: string) => join(folder, name)
  for (const name of ['storage', 'logs', 'registry']) mkdirSync(path(name), { recursive: true })

  const file = path('secrets.json')
  const remember = (secrets: Secrets) =>
    writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  if (!existsSync(file)) remember({ worker: randomSecret(), shop: randomSecret() })

  return {
    folder,
    storage: path('storage'),
    logs: path('logs'),
    registry: path('registry'),
    bundle: path('bundle'),
    variables: path('worker.vars'),
    secrets: JSON.parse(readFileSync(file, 'utf8')) as Secrets,
    remember,
  }
}

/** Deletes what `openState` made, and nothing else: STATE_DIR may be a folder with other things in it. */
function rmOwn(folder: string): void {
  for (const name of [
    'storage',
    'logs',
    'registry',
    'bundle',
    'pages',
    'worker.vars',
    'secrets.json',
  ]) {
    rmSync(join(folder, name), { recursive: true, force: true })
  }
}

function randomSecret(): string {
  return randomBytes(32).toString('base64url')
}
