import type { ApiReplayedPart } from '../../edge/protocol/api.ts'
import { SECOND } from '../../edge/protocol/time.ts'

/** How many of the failed events had their turn so far, and what became of them. */
export type ReplayTally = Omit<ApiReplayedPart, 'busy' | 'cursor'>

export const NO_REPLAY: ReplayTally = {
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  failed: 0,
  skipped: 0,
}

export const turnsOf = ({ accepted, duplicate, rejected, failed, skipped }: ReplayTally): number =>
  accepted + duplicate + rejected + failed + skipped

/** Waits after a part of the edge was busy. */
const PAUSE = SECOND

/**
 * Replays part after part until all had their turn or `isStopped`. Whatever breaks it off, what was taken in has left
 * the list: the same again goes on with the rest.
 */
export async function runReplay(
  replayPart: (cursor: string | undefined) => Promise<ApiReplayedPart>,
  onProgress: (tally: ReplayTally) => void,
  isStopped: () => boolean,
  pause: (length: number) => Promise<void> = (length) =>
    new Promise((resolve) => setTimeout(resolve, length)),
): Promise<ReplayTally> {
  let tally = NO_REPLAY
  let cursor: string | undefined
  do {
    const part = await replayPart(cursor)
    tally = {
      accepted: tally.accepted + part.accepted,
      duplicate: tally.duplicate + part.duplicate,
      rejected: tally.rejected + part.rejected,
      failed: tally.failed + part.failed,
      skipped: tally.skipped + part.skipped,
    }
    onProgress(tally)
    cursor = part.cursor
    if (part.busy) await pause(PAUSE)
  } while (cursor !== undefined && !isStopped())
  return tally
}
