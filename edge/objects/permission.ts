import { addressOf } from '../domain/id.ts'
import type { CrossingMessage } from '../protocol/delivery.ts'
import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import { profileShard } from './address.ts'
import type { Env } from './env.ts'

/** Shards asked on the way to somebody who moved. */
const MAX_FORWARDS = 16

/** What a permission to tell of somebody depends on. */
export type ToTell = Pick<CrossingMessage, 'profile' | 'destination' | 'type' | 'cause'>

/**
 * Asks where each profile lives by now, beginning at a shard that knows of all: one call, and more for those who moved.
 * No profile, no permission; undefined: it cannot be asked now. Throws if the first shard does not answer.
 */
export async function askPermissions(
  env: Env,
  workspace: WorkspaceId,
  first: ShardAddress | undefined,
  people: readonly ToTell[],
  forwards = MAX_FORWARDS,
): Promise<readonly (boolean | undefined)[]> {
  if (first === undefined || forwards === 0) return people.map(() => false)
  const told = people.map(({ profile, destination, type, cause }) => ({
    profile,
    destination,
    type,
    cause,
  }))
  const answers = await profileShard(env, workspace, first).mayReceive({ workspace, told })
  return Promise.all(
    told.map(async (one, index) => {
      const answer = answers[index]
      if (typeof answer !== 'object') return answer
      try {
        const next = addressOf(answer.moved)
        return (await askPermissions(env, workspace, next, [one], forwards - 1))[0]
      } catch {
        return undefined
      }
    }),
  )
}
