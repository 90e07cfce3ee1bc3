import type { Env } from '../edge/objects/env.ts'
import local from './local-worker.ts'

export {
  AccountShard,
  Counts,
  Erasures,
  IdentityShard,
  ImportJob,
  LiveMonitor,
  Population,
  ProfileShard,
  Rehearsal,
  Workspace,
} from '../edge/index.ts'

/** When a delivery was handed to the queue, and when the queue handed it to its consumer, by delivery id. */
const times = new Map<string, readonly [number, number]>()

/** The local Worker, which remembers how long the queue held each delivery: `GET /test/queue-times`. */
export default {
  ...local,
  async queue(batch, env) {
    const now = Date.now()
    for (const { body, timestamp } of batch.messages) {
      const { id } = body as { readonly id: string }
      if (!times.has(id)) times.set(id, [timestamp.getTime(), now])
    }
    await local.queue(batch, env)
  },
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url)
    if (pathname !== '/test/queue-times') return local.fetch(request, env, context)
    return Response.json(Object.fromEntries(times))
  },
} satisfies ExportedHandler<Env, unknown>
