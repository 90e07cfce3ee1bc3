import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import type { ParsedEvent } from '../../parse/event.ts'
import type { Origin } from '../../protocol/failed-event.ts'
import type { RefusedEvent } from '../../protocol/verdict.ts'
import type { Recorder } from './record.ts'
import { specimenOf, type Room } from './specimen.ts'

/** More than the shard keeps of one source. */
const ROOM: Room = { characters: 4_000_000, addresses: 5_000 }

/**
 * The refused events of a request, fit to be kept: addresses hidden, and with all that a replay must know of how they
 * came. Of an event without consent nothing is kept, not even that.
 */
export async function hideRefusals(
  keys: WorkspaceKeys,
  recorder: Recorder,
  entries: readonly ParsedEvent[],
  origin: Origin,
): Promise<readonly RefusedEvent[]> {
  const room = { ...ROOM }
  const refused: RefusedEvent[] = []
  for (const entry of entries) {
    if (!entry.ok) refused.push(await hide(keys, recorder, entry.refused, origin, room))
  }
  return refused
}

async function hide(
  keys: WorkspaceKeys,
  recorder: Recorder,
  refused: RefusedEvent,
  origin: Origin,
  room: Room,
): Promise<RefusedEvent> {
  const { raw, isWithheld, ...rest } = refused
  if (isWithheld === true) return rest
  if (raw === undefined) return { ...rest, origin }
  const specimen = await specimenOf(keys, raw, room)
  if (specimen === undefined) return { ...rest, origin }
  const proof = await recorder.proofIn(raw)
  return {
    ...rest,
    raw: specimen.raw,
    origin: {
      ...origin,
      ...(proof !== undefined && { proof }),
      ...(Object.keys(specimen.addresses).length > 0 && { addresses: specimen.addresses }),
    },
  }
}
