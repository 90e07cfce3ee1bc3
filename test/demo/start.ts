import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'
import { DEMO } from './account.ts'
import type { Child } from './child.ts'
import { startInbox } from './inbox/server.ts'
import { freePorts, portsFrom, requireFree, type Ports } from './ports.ts'
import { answering } from './ready.ts'
import { seed } from './seed.ts'
import { startShop } from './shop/server.ts'
import { migrate, origin, startDashboard, startEdge } from './stack.ts'
import { openState } from './state.ts'

export interface StartOptions {
  /** Absolute path of the folder that keeps the state. */
  readonly stateDir: string
  /** `free`: any four that nobody uses. */
  readonly ports: Ports | 'free'
  /** With the test clock (`POST /test/clock`) and `x-test-geo`. */
  readonly test: boolean
  /** Delete the state first. */
  readonly fresh?: boolean
  /** Called with one line for each step. */
  readonly say: (line: string) => void
  /** Gives up starting, and stops what runs. */
  readonly signal?: AbortSignal
}

/** Origins of the running parts. */
export interface Addresses {
  readonly edge: string
  readonly dashboard: string
  readonly shop: string
  readonly inbox: string
}

export const addressesOf = (ports: Ports): Addresses => ({
  edge: origin(ports.edge),
  dashboard: origin(ports.dashboard),
  shop: origin(ports.shop),
  inbox: origin(ports.inbox),
})

export interface Running {
  readonly addresses: Addresses
  /** Rejects when a part has ended, by itself or because everything was stopped. Never resolves. */
  readonly ended: Promise<never>
  /** Ends every part and whatever it started. Safe to call twice. */
  stop(): Promise<void>
}

/**
 * Starts the whole product with its demo workspace: edge, dashboard, shop, inbox. Resolves when all of them answer.
 * Rejects, having stopped what ran already, if a port is taken or a part does not start.
 */
export async function startAll(options: StartOptions): Promise<Running> {
  const { stateDir, test, fresh = false, say, signal } = options
  const ports = options.ports === 'free' ? await freePorts() : options.ports
  await requireFree(ports)
  await build('tag', say)
  await build('dashboard', say)
  const state = openState(stateDir, { fresh })
  const addresses = addressesOf(ports)

  const stops: (() => Promise<void>)[] = []
  let stopped = Promise.resolve()
  // Last started, first stopped: nobody calls a part that is gone. A part that started meanwhile is in the next round.
  const stop = () =>
    (stopped = stopped.then(async () => {
      while (stops.length > 0) await stops.pop()?.()
    }))
  const keep = (child: Child) => {
    stops.push(() => child.stop())
    return child
  }
  signal?.addEventListener('abort', () => void stop())

  try {
    say('applying migrations')
    await migrate(state)
    signal?.throwIfAborted()
    say('starting the edge')
    const edge = keep(await startEdge(state, ports, test))
    await answering('edge', `${addresses.edge}/healthz`, edge)
    // The dashboard's server looks the edge up when it starts, so it comes second.
    say('starting the dashboard, the shop and the inbox')
    const dashboard = keep(await startDashboard(state, ports))
    const inbox = await startInbox({ port: ports.inbox })
    stops.push(() => inbox.close())
    const shop = await startShop({
      port: ports.shop,
      edgeOrigin: addresses.edge,
      writeKey: DEMO.writeKey,
      tokenKey: state.secrets.shop,
      workspace: DEMO.id,
    })
    stops.push(() => shop.close())
    await answering('dashboard', `${addresses.dashboard}/api/setup`, dashboard)
    stops.push(everyMinute(addresses.edge))
    say('creating the demo workspace')
    await seed({ ...addresses, secrets: state.secrets, remember: state.remember })
    const ended = Promise.race([edge.ended, dashboard.ended])
    ended.catch(() => undefined) // whoever wants to know awaits it
    return { addresses, ended, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** wrangler rings no cron locally: what a deployment's does each minute is done here. Returns the way to stop. */
function everyMinute(edge: string): () => Promise<void> {
  const timer = setInterval(() => {
    // An edge that is reloading misses one round; the next comes in a minute.
    fetch(`${edge}/cdn-cgi/local/scheduled`).catch(() => undefined)
  }, 60_000)
  timer.unref()
  return async () => clearInterval(timer)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()

/** `npm start [-- --fresh]`: runs until Ctrl-C. */
async function main(): Promise<void> {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--fresh')
  if (unknown.length > 0) fail(`Unknown argument ${unknown.join(' ')}. Known: --fresh`)

  const interruption = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (!interruption.signal.aborted) console.log('\nstopping')
      interruption.abort()
    })
  }

  try {
    const running = await startAll({
      stateDir: resolve(ROOT, process.env['STATE_DIR'] || '.prisme'),
      ports: portsFrom(process.env),
      test: process.env['PRISME_TEST'] === '1',
      fresh: process.argv.includes('--fresh'),
      say: console.log,
      signal: interruption.signal,
    })
    print(running.addresses)
    await running.ended.finally(() => running.stop())
  } catch (error) {
    if (interruption.signal.aborted) process.exit(0)
    fail(error instanceof Error ? error.message : String(error))
  }
}

function print({ edge, dashboard, shop, inbox }: Addresses): void {
  console.log(`
  shop       ${shop}
  dashboard  ${dashboard}   ${DEMO.email} / ${DEMO.password}
  inbox      ${inbox}
  edge       ${edge}   write key ${DEMO.writeKey}, secret key ${DEMO.secretKey}

  Ctrl-C stops everything; \`npm start -- --fresh\` begins anew.
ready`)
}

function fail(message: string): never {
  console.error(message)
  process.exit(1)
}
