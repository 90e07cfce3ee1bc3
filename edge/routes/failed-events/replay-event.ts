import { workspaceKeys } from '../../crypto/workspace-keys.ts'
import type { Env } from '../../objects/env.ts'
import type { KeptEvent } from '../../protocol/failed-event.ts'
import type { WorkspaceId } from '../../protocol/id.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { Verdict } from '../../protocol/verdict.ts'
import { rulesOf } from '../intake/parse-options.ts'
import { ingestBatch } from '../intake/batch.ts'
import { findCaller } from '../intake/source.ts'
import { readable } from '../intake/specimen.ts'

/** `nothing-kept`: it can only be replayed with an event in its place. `source-gone`: nobody may send it any more. */
export type Replayed = Verdict | 'nothing-kept' | 'source-gone'

/**
 * Takes a refused event in as when it first came: of the same source and browser, received at the same time, proving
 * what it proved then, under the settings of now. `correction`: another event in its place. It keeps its message id,
 * so that it is never taken in twice. Verdict `busy`: try again.
 */
export async function replayEvent(
  env: Env,
  workspace: WorkspaceId,
  kept: KeptEvent,
  now: Millis,
  correction?: JsonObject,
): Promise<Replayed> {
  const { origin, source, messageId, receivedAt, status } = kept
  const event = correction ?? kept.raw
  if (event === undefined) return 'nothing-kept'
  const kind = origin.isSecret === true ? 'secret' : 'write'
  const caller = await findCaller(env, { kind, workspace, source }, now)
  if (caller === undefined) return 'source-gone'
  const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
  const entry: JsonObject = {
    ...(await readable(keys, event, origin.addresses)),
    messageId,
    // Whatever the event says of itself, the request had shown which browser it came from.
    ...(origin.device !== undefined && { anonymousId: origin.device }),
  }
  const { verdicts } = await ingestBatch(
    env,
    new Request('https://replay.invalid/'),
    caller,
    keys,
    { entries: [entry], defaults: {} },
    {
      receivedAt,
      retention: origin.isHistory === true ? NEVER : caller.catalog.retention,
      consentMode: caller.source.consent,
      ...rulesOf(caller),
      gpc: origin.gpc === true,
      kinds: caller.catalog.kinds,
      blocked: caller.catalog.blocked ?? [],
      device: false,
      newMessageId: () => messageId,
    },
    {
      of: status,
      visitor: origin.sighting ?? { place: {}, agent: {} },
      ...(origin.proof !== undefined && { proof: origin.proof }),
    },
  )
  return verdicts[0] ?? { messageId, status: 'failed', reason: 'busy' }
}
