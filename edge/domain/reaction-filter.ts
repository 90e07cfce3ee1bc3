import { MESSAGE_EVENTS } from '../protocol/reaction.ts'
import type { CountedEvent } from './counted-event.ts'

/** Of which channel and campaign a message is. Absent: any. */
export interface ReactionFilter {
  readonly channel?: string
  readonly campaign?: string
}

const OF_ANY_CHANNEL: ReadonlySet<string> = new Set(Object.values(MESSAGE_EVENTS))

/** What an event that names no channel of its own says of it, and of its campaign by id or name. */
export function isReactionOf(
  { channel, campaign }: ReactionFilter,
  { name, properties, context }: CountedEvent,
): boolean {
  if (channel !== undefined && OF_ANY_CHANNEL.has(name)) {
    const said = properties['channel']
    if (typeof said !== 'string' || said.toLowerCase() !== channel.toLowerCase()) return false
  }
  if (campaign === undefined) return true
  const { campaign_id: id, campaign_name: title, campaign: plain } = properties
  return [id, title, plain, context.campaign].some(
    (said) => (typeof said === 'string' || typeof said === 'number') && String(said) === campaign,
  )
}
