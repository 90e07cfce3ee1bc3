import type { ParsedEvent } from '../../parse/event.ts'
import type { Verdict } from '../../protocol/verdict.ts'

/** What shards said of the events they were given, by position in the batch. */
export type Handled = ReadonlyMap<number, Verdict>

/**
 * One verdict an entry, in batch order: the parser's for what it refused, the shard's for the rest. What no shard
 * answered for is `busy`: the client sends it again.
 */
export function verdictsOf(entries: readonly ParsedEvent[], handled: Handled): readonly Verdict[] {
  return entries.map((entry): Verdict => {
    if (!entry.ok) {
      const { messageId, status, reason, path } = entry.refused
      return { messageId, status, reason, ...(path !== undefined && { path }) }
    }
    const { index, messageId } = entry.message
    return handled.get(index) ?? { messageId, status: 'failed', reason: 'busy' }
  })
}
