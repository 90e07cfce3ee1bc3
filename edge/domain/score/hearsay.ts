import { CHANNEL_EVENTS, ONSITE } from '../../protocol/reaction.ts'
import type { CountedEvent } from '../counted-event.ts'

/** What an app may tell of itself: what the device received. */
const TOLD_BY_DEVICES: ReadonlySet<string> = new Set(
  Object.values(CHANNEL_EVENTS['push'] ?? {}).flat(),
)

/**
 * Whether nothing is to be made of what an event says was sent on a channel. Of messages that no device shows or receives
 * by itself the word of a public key is not taken: else anybody could fill the caps of whoever's name they know.
 */
export const isHearsay = (
  { name, hearsay }: Pick<CountedEvent, 'name' | 'hearsay'>,
  channel: string | null,
): boolean => hearsay === true && channel !== ONSITE && !TOLD_BY_DEVICES.has(name)
