import type { ApiFailedEvent } from '../protocol/api.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { KeptEvent } from '../protocol/failed-event.ts'
import type { ProfileId, ShardAddress } from '../protocol/id.ts'
import type { ReplayOutcome } from '../protocol/objects.ts'
import type { Shard } from './shard.ts'

/** Names the shard too, so that the lists of several shards are one. */
export const failedEventId = ({ region, shard }: ShardAddress, seq: number): string =>
  `${region}.${shard}.${seq}`

export function toApiFailedEvent(address: ShardAddress, kept: KeptEvent): ApiFailedEvent {
  const { seq, source, receivedAt, messageId, status, reason, path, raw } = kept
  return {
    id: failedEventId(address, seq),
    source,
    receivedAt: new Date(receivedAt).toISOString(),
    verdict: { messageId, status, reason, ...(path !== undefined && { path }) },
    raw: raw ?? null,
  }
}

/**
 * Notes what became of replayed events, in the caller's transaction: one that was taken in is kept no longer, another
 * stays with its new reason. One that was settled meanwhile changes nothing.
 */
export function settleReplays(shard: Shard, outcomes: readonly ReplayOutcome[]): void {
  const { failedEvents, counters } = shard
  for (const { seq, verdict, isCorrected } of outcomes) {
    const kept = failedEvents.find(seq)
    if (kept === undefined) continue
    if (!('reason' in verdict)) {
      failedEvents.remove(seq)
      counters.recount(kept.source, kept.status, verdict.status)
      continue
    }
    // Only of what is kept: a correction that failed is not.
    if (isCorrected) continue
    // Of what may not be kept, or is about somebody who was erased, nothing stays.
    const isDropped = verdict.reason === 'no-consent' || verdict.reason === 'erased'
    if (isDropped) failedEvents.remove(seq)
    else failedEvents.amend(seq, verdict)
    counters.recount(kept.source, kept.status, verdict.status)
  }
  shard.reporter.touch()
}

const nameOf = ({ source, device, messageId }: EventRecord): string =>
  `${source}/${device ?? ''}/${messageId}`

/**
 * Strikes out of `fresh` the events that one of these people has. Message ids are remembered for days; a failed event may be
 * replayed weeks after its sender sent it again, corrected.
 */
export function dropKnown(
  shard: Shard,
  people: Iterable<ProfileId>,
  events: readonly EventRecord[],
  fresh: boolean[],
): void {
  if (!fresh.includes(true)) return
  const kept = new Set<string>()
  for (const id of people) {
    for (const event of shard.history.all(id)) kept.add(nameOf(event))
  }
  events.forEach((event, at) => {
    if (kept.has(nameOf(event))) fresh[at] = false
  })
}
