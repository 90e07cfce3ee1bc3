import { profileShard, workspaceObject } from '../../objects/address.ts'
import type { Env } from '../../objects/env.ts'
import type { FailedEventFilter } from '../../protocol/failed-event.ts'
import type { ShardAddress, WorkspaceId } from '../../protocol/id.ts'
import type { ReplayOutcome } from '../../protocol/objects.ts'
import type { Millis } from '../../protocol/time.ts'
import { replayEvent } from './replay-event.ts'

/** Shards that one slice looks at: with nothing to replay, a call each. */
const MAX_SHARDS = 200

/** Where a replay of many has got to: in which shard, behind which event, and which was its newest when it came there. */
export interface ReplayPlace {
  readonly address: ShardAddress
  readonly after: number
  /** Absent: nothing of this shard was looked at. */
  readonly until?: number
}

export interface ReplaySlice {
  readonly accepted: number
  readonly duplicate: number
  /** Refused again: they stay in the list. */
  readonly rejected: number
  readonly failed: number
  /** Of which nothing is kept that could be replayed. */
  readonly skipped: number
  /** Where to go on; absent: all have had their turn. */
  readonly next?: ReplayPlace
  /** A part of the workspace does not answer now: go on a little later. */
  readonly isBusy: boolean
}

const position = ({ region, shard }: ShardAddress): number => region * 65_536 + shard

/**
 * Replays some of the failed events that a filter means, oldest first, shard by shard. What is refused meanwhile comes
 * later than `until`, so a replay ends however many are refused again.
 */
export async function replaySlice(
  env: Env,
  workspace: WorkspaceId,
  filter: FailedEventFilter,
  from: ReplayPlace | undefined,
  limit: number,
  now: Millis,
): Promise<ReplaySlice> {
  const counts = { accepted: 0, duplicate: 0, rejected: 0, failed: 0, skipped: 0 }
  const shards = [...(await workspaceObject(env, workspace).shards())]
    .sort((a, b) => position(a) - position(b))
    .filter((address) => from === undefined || position(address) >= position(from.address))
  for (const address of shards.slice(0, MAX_SHARDS)) {
    const isFirst = from !== undefined && position(address) === position(from.address)
    const range = isFirst ? from : { after: 0 }
    const stub = profileShard(env, workspace, address)
    const { items, until } = await stub.keptEvents({ workspace, filter, limit, ...range })
    if (items.length === 0) continue
    const outcomes: ReplayOutcome[] = []
    let after = range.after
    let isBusy = false
    for (const kept of items) {
      const verdict = await replayEvent(env, workspace, kept, now)
      if (typeof verdict === 'string') counts.skipped++
      else if ('reason' in verdict && verdict.reason === 'busy') {
        isBusy = true
        break
      } else {
        counts[verdict.status]++
        outcomes.push({ seq: kept.seq, verdict, isCorrected: false })
      }
      after = kept.seq
    }
    await profileShard(env, workspace, address).settleReplays({ workspace, outcomes })
    return { ...counts, next: { address, after, until }, isBusy }
  }
  const rest = shards[MAX_SHARDS]
  return {
    ...counts,
    ...(rest !== undefined && { next: { address: rest, after: 0 } }),
    isBusy: false,
  }
}
