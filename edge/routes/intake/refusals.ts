import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import type { ParsedEvent } from '../../parse/event.ts'
import type { RefusedEvent } from '../../protocol/verdict.ts'
import { hideRaw } from './contacts.ts'

/** The refused events of a request, fit to be kept: addresses hidden. */
export const hideRefusals = (
  keys: WorkspaceKeys,
  entries: readonly ParsedEvent[],
): Promise<readonly RefusedEvent[]> =>
  Promise.all(entries.flatMap((entry) => (entry.ok ? [] : [hide(keys, entry.refused)])))

async function hide(keys: WorkspaceKeys, refused: RefusedEvent): Promise<RefusedEvent> {
  return refused.raw === undefined ? refused : { ...refused, raw: await hideRaw(keys, refused.raw) }
}
