import { pathToFileURL } from 'node:url'
import { listen } from '../listen.ts'
import type { Listening } from '../listen.ts'
import { createInbox } from './app.ts'

/** Starts the inbox on loopback. Rejects with a sentence if the port is taken. */
export async function startInbox({ port }: { readonly port: number }): Promise<Listening> {
  const app = await createInbox()
  return await listen({ name: 'inbox', fetch: app.fetch, port })
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { origin } = await startInbox({ port: Number(process.env['INBOX_PORT'] ?? 8790) })
  console.log(`inbox ${origin}`)
}
