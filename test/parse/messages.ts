import { parseEvent, type Message, type ParseOptions } from '../../edge/parse/event.ts'
import { GRANT_LIFETIME } from '../../edge/protocol/consent.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY } from '../../edge/protocol/time.ts'
import type { RefusedEvent } from '../../edge/protocol/verdict.ts'

export const NOW = Date.parse('2026-11-23T12:00:00Z')

/** A source without a banner, a server's unless told otherwise. */
export const options = (changes: Partial<ParseOptions> = {}): ParseOptions => ({
  receivedAt: NOW,
  retention: 760 * DAY,
  consentMode: 'implied',
  gpc: false,
  purposes: [],
  grantLifetime: GRANT_LIFETIME,
  kinds: DEFAULT_KINDS,
  device: false,
  newMessageId: () => 'made-here',
  ...changes,
})

/** A well-formed purchase, with changes. */
export const purchase = (changes: { readonly [key: string]: Json } = {}) => ({
  type: 'track',
  messageId: 'm-1',
  event: 'Order Completed',
  userId: 'u-1',
  ...changes,
})

export function read(event: Json, changes?: Partial<ParseOptions>): Message {
  const parsed = parseEvent(event, 0, {}, options(changes))
  if (!parsed.ok) throw new Error(`refused: ${JSON.stringify(parsed.refused)}`)
  return parsed.message
}

export function refusal(event: Json, changes?: Partial<ParseOptions>): RefusedEvent {
  const parsed = parseEvent(event, 0, {}, options(changes))
  if (parsed.ok) throw new Error('accepted')
  return parsed.refused
}
