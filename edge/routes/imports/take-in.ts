import { parseEntries } from '../../parse/batch.ts'
import type { BuiltMessage } from '../../parse/import-message.ts'
import type { ParseOptions } from '../../parse/event.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import type { Env } from '../../objects/env.ts'
import type { Verdict } from '../../protocol/verdict.ts'
import { ingestBatch } from '../intake/batch.ts'
import type { Caller } from '../intake/source.ts'
import { withIds } from './message-id.ts'

/** Tries for what the shards were too busy for, before the whole slice waits. */
const TRIES = 4
const FIRST_WAIT = 200

/** One verdict a message, or `busy`: the shards did not answer for all of them. */
export async function takeIn(
  env: Env,
  caller: Caller,
  keys: WorkspaceKeys,
  options: ParseOptions,
  built: readonly BuiltMessage[],
): Promise<readonly Verdict[] | 'busy'> {
  const entries = withIds(built)
  const verdicts: Verdict[] = []
  let left = entries.map((entry, index) => ({ entry, index }))
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (attempt > 0) {
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT * 2 ** (attempt - 1)))
    }
    const batch = {
      entries: left.map(({ entry }) => entry),
      defaults: {},
      // A slice is one batch, whatever the number of its rows: the more travel together, the less each costs.
      most: left.length,
    }
    // Rows say themselves what is known of the person: nothing of this request describes them.
    const request = new Request('https://import.invalid/')
    const answer = await ingestBatch(env, request, caller, keys, batch, options)
    const again: typeof left = []
    answer.verdicts.forEach((verdict, at) => {
      const sent = left[at]
      if (sent === undefined) return
      if ('reason' in verdict && verdict.reason === 'busy') again.push(sent)
      else verdicts[sent.index] = verdict
    })
    if (again.length === 0) return verdicts
    left = again
  }
  return 'busy'
}

/** What the intake would refuse, without sending anything. */
export async function check(
  options: ParseOptions,
  built: readonly BuiltMessage[],
): Promise<readonly Verdict[]> {
  const entries = withIds(built)
  const batch = { entries, defaults: {}, most: entries.length }
  return parseEntries(batch, options).map((entry): Verdict => {
    if (entry.ok) return { messageId: entry.message.messageId, status: 'accepted' }
    const { messageId, status, reason, path } = entry.refused
    return { messageId, status, reason, ...(path !== undefined && { path }) }
  })
}
