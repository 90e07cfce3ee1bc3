import { pathToFileURL } from 'node:url'
import { listen } from '../listen.ts'
import type { Listening } from '../listen.ts'
import { createShop } from './app.ts'
import type { Settings } from './visit.ts'

export interface ShopOptions extends Settings {
  readonly port: number
}

/** Starts the demo shop on loopback. Rejects with a sentence if the port is taken. */
export async function startShop({ port, ...settings }: ShopOptions): Promise<Listening> {
  const app = await createShop(settings)
  return await listen({ name: 'shop', fetch: app.fetch, port })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { env } = process
  const tokenKey = env['TOKEN_KEY']
  const workspace = env['WORKSPACE']
  if (tokenKey === undefined || workspace === undefined) {
    throw new Error(
      'TOKEN_KEY (the secret that signs user tokens) and WORKSPACE (ws_…) must be set',
    )
  }
  const { origin } = await startShop({
    port: Number(env['SHOP_PORT'] ?? 8789),
    edgeOrigin: env['EDGE_ORIGIN'] ?? 'http://127.0.0.1:8787',
    writeKey: env['WRITE_KEY'] ?? 'demo',
    tokenKey,
    workspace,
  })
  console.log(`shop ${origin}`)
}
