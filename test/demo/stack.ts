import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfiguration } from '../../edge/deploy/configuration.ts'
import { layOutPages } from '../../edge/deploy/pages.ts'
import { ROOT, run } from '../command.ts'
import { startChild, type Child } from './child.ts'
import { freePort, type Ports } from './ports.ts'
import type { State } from './state.ts'

const HOST = '127.0.0.1'
const WRANGLER = join(ROOT, 'node_modules/wrangler/bin/wrangler.js')
const DATABASE = 'prisme'

export const origin = (port: number): string => `http://${HOST}:${port}`

/** Creates the D1 tables that are missing. */
export async function migrate(state: State): Promise<void> {
  const { code, output } = await run(process.execPath, [
    WRANGLER,
    'd1',
    'migrations',
    'apply',
    DATABASE,
    '--local',
    ...flags({ config: join(ROOT, 'wrangler.toml'), 'persist-to': state.storage }),
  ])
  if (code !== 0) throw new Error(`wrangler d1 migrations apply failed:\n${output}`)
}

/** The edge Worker under `wrangler dev`, state on disk. `test`: with the test clock. */
export async function startEdge(state: State, ports: Ports, test: boolean): Promise<Child> {
  const variables = {
    PRISME_SECRET: state.secrets.worker,
    DASHBOARD_ORIGIN: origin(ports.dashboard),
    EDGE_ORIGIN: origin(ports.edge),
    ALLOW_LOOPBACK_TARGETS: 'true',
    // One consumer at a time is run here, without the limit of six.
    DELIVERY_CONNECTIONS: '24',
  }
  const lines = Object.entries(variables).map(([name, value]) => `${name}="${value}"\n`)
  writeFileSync(state.variables, lines.join(''), { mode: 0o600 })

  const args = [
    WRANGLER,
    'dev',
    ...(test ? [await bundle(state, 'worker'), '--no-bundle'] : ['test/local-worker.ts']),
    ...flags({ config: join(ROOT, 'wrangler.toml'), 'env-file': state.variables }),
    ...flags(await session(state, ports.edge)),
  ]
  return startChild('edge', process.execPath, args, { cwd: ROOT, ...surroundings(state, 'edge') })
}

/** Compiles an entry of `test/` once: a running test must not be reloaded by an edit. Path of the JavaScript. */
async function bundle(state: State, entry: string): Promise<string> {
  const { code, output } = await run(process.execPath, [
    WRANGLER,
    'deploy',
    `test/${entry}.ts`,
    '--dry-run',
    ...flags({ config: join(ROOT, 'wrangler.toml'), outdir: state.bundle }),
  ])
  if (code !== 0) throw new Error(`The Worker does not compile:\n${output}`)
  return join(state.bundle, `${entry}.js`)
}

/** The dashboard under `wrangler pages dev`; it finds the edge by name in the state's own registry. */
export async function startDashboard(state: State, ports: Ports): Promise<Child> {
  const cwd = layOutPages(state.folder, readConfiguration())
  const args = [WRANGLER, 'pages', 'dev', ...flags(await session(state, ports.dashboard))]
  return startChild('dashboard', process.execPath, args, {
    cwd,
    ...surroundings(state, 'dashboard'),
  })
}

/** Flags that every dev session has. */
async function session(state: State, port: number): Promise<Flags> {
  return {
    ip: HOST,
    port,
    'inspector-port': await freePort(),
    'persist-to': state.storage,
    'show-interactive-dev-session': false,
    'log-level': 'warn',
  }
}

type Flags = { readonly [name: string]: string | number | boolean }

function flags(values: Flags): readonly string[] {
  return Object.entries(values).map(([name, value]) => `--${name}=${value}`)
}

function surroundings(state: State, name: string) {
  return {
    log: join(state.logs, `${name}.log`),
    env: { WRANGLER_REGISTRY_PATH: state.registry, CI: 'true' },
  }
}
