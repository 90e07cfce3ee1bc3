import edge from '../edge/index.ts'
import type { Env } from '../edge/objects/env.ts'
import { createDemo } from './demo/create-demo.ts'

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

/** The edge as `npm start` runs it: the deployed Worker, and a route that makes the demo workspace. */
export default {
  ...edge,
  fetch(request, env, context) {
    const { pathname } = new URL(request.url)
    if (request.method === 'POST' && pathname === '/test/demo') return createDemo(request, env)
    return edge.fetch(request, env, context)
  },
} satisfies ExportedHandler<Env, unknown>
