import type { Env } from '../../objects/env.ts'
import type { Batch } from '../../parse/batch.ts'
import type { Message, ParsedEvent } from '../../parse/event.ts'
import { normaliseId } from '../../parse/identifiers.ts'
import { isObject } from '../../parse/inspect.ts'
import { standalone } from '../../parse/standalone.ts'
import type { DeviceId } from '../../protocol/id.ts'
import { isOwnDevice } from './browser.ts'
import { identityOf } from './parties.ts'
import type { Caller } from './source.ts'

/** What an alias says of the id its person had before. */
export type Alias =
  | { readonly type: 'none' }
  | { readonly type: 'device'; readonly device: DeviceId }
  | { readonly type: 'anonymous'; readonly value: string }

/**
 * The Segment API does not say of which kind a `previousId` is. One of our device ids is a browser; an alias of itself
 * says nothing; anything else is the anonymous id of before.
 */
export function aliasOf(message: Message, shards: number): Alias {
  const previous =
    message.previousId === undefined ? undefined : normaliseId('anonymousId', message.previousId)
  const userId = message.identifiers.find(({ kind }) => kind === 'userId')?.value
  if (previous === undefined || previous === userId) return { type: 'none' }
  return isOwnDevice(previous, shards)
    ? { type: 'device', device: previous }
    : { type: 'anonymous', value: previous }
}

/**
 * Refuses the aliases that would join two known people: a `previousId` that somebody already has as `userId`, which is
 * unique. Only the identity shard can tell the two apart.
 */
export async function refuseConflicts(
  env: Env,
  { grant, catalog }: Caller,
  batch: Batch,
  entries: readonly ParsedEvent[],
): Promise<readonly ParsedEvent[]> {
  return Promise.all(
    entries.map(async (entry): Promise<ParsedEvent> => {
      if (!entry.ok || entry.message.type !== 'alias') return entry
      const alias = aliasOf(entry.message, catalog.shards)
      if (alias.type !== 'anonymous') return entry
      const identifier = { kind: 'userId', value: alias.value }
      const owner = await identityOf(env, grant.workspace, catalog.shards, identifier).lookup(
        identifier,
      )
      if (owner === null) return entry
      const { index, messageId } = entry.message
      const path = 'previousId'
      const refused = {
        index,
        messageId,
        status: 'rejected',
        reason: 'alias-conflict',
        path,
      } as const
      const event = batch.entries[index]
      return {
        ok: false,
        refused: { ...refused, ...(isObject(event) && { raw: standalone(event, batch.defaults) }) },
      }
    }),
  )
}
