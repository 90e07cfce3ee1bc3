import { clock } from '../edge/objects/clock.ts'
import { profileShard, workspaceObject } from '../edge/objects/address.ts'
import type { Env } from '../edge/objects/env.ts'
import type { WorkspaceId } from '../edge/protocol/id.ts'
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

/** A wake does a bounded part of what is due. So many rounds are for a shard with millions of timers. */
const MAX_ROUNDS = 1_000

/**
 * The local Worker with its time and place in the tests' hands (`PRISME_TEST=1`).
 *
 * - `POST /test/clock {now}` (ISO 8601 or milliseconds) sets the time, which runs on from there, and has every shard
 *   do what is due by then. Answers `{now, shards}` when all of it is done.
 * - `x-test-geo: {"country":"FR",…}` is put over `request.cf`, which locally is one fixed city.
 */
export default {
  ...local,
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url)
    if (request.method === 'POST' && pathname === '/test/clock') return await setClock(request, env)
    return await local.fetch(placed(request), env, context)
  },
} satisfies ExportedHandler<Env, unknown>

type EdgeRequest = Parameters<typeof local.fetch>[0]

async function setClock(request: Request, env: Env): Promise<Response> {
  const { now } = await request.json<{ now?: unknown }>()
  const instant = typeof now === 'number' ? now : Date.parse(String(now))
  if (!Number.isFinite(instant)) {
    return Response.json({ title: '`now` must be ISO 8601 or milliseconds' }, { status: 400 })
  }
  const offset = instant - Date.now()
  clock.now = () => Date.now() + offset
  clock.toWall = (at) => at - offset

  const { results } = await env.DB.prepare('select id from workspace').all<{ id: WorkspaceId }>()
  let shards = 0
  for (const { id } of results) {
    for (const address of await workspaceObject(env, id).shards()) {
      shards += 1
      for (let round = 0; round < MAX_ROUNDS; round += 1) {
        const { oldestTimer } = await profileShard(env, id, address).wake({ workspace: id })
        if (oldestTimer === null || oldestTimer > clock.now()) break
      }
    }
  }
  return Response.json({ now: new Date(clock.now()).toISOString(), shards })
}

/** The request as if it came from the place its header names. */
function placed(request: EdgeRequest): EdgeRequest {
  const place = request.headers.get('x-test-geo')
  if (place === null) return request
  const cf = { ...request.cf, ...(JSON.parse(place) as Record<string, string>) }
  return new Request(request, { cf }) as EdgeRequest
}
