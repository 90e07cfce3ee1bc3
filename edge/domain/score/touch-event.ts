import type { EventRecord } from '../../protocol/event.ts'
import { OWN_SOURCE, type DeviceId } from '../../protocol/id.ts'
import type { ClaimedIdentifier, IdentifierKind } from '../../protocol/identifier.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { MESSAGE_EVENTS, ONSITE } from '../../protocol/reaction.ts'
import { TOUCH_EVENTS } from '../../protocol/touch.ts'
import type { Millis } from '../../protocol/time.ts'
import { byTrust } from '../identity.ts'
import type { Profile } from '../profile.ts'
import type { TouchQuestion } from './cap.ts'

/** Of whom an event of our own is told: by what it names it goes with them when people become one or two. */
type Named = Pick<Profile, 'identifiers' | 'devices'>

/** A touch that was allowed, as an event of its person's history. */
export function touchEvent(
  profile: Named,
  kinds: readonly IdentifierKind[],
  { messageId, channel, weight, tags, transactional, campaign, isPlanned, at }: TouchQuestion,
  now: Millis,
  id: string,
): EventRecord {
  const name = isPlanned
    ? TOUCH_EVENTS.planned
    : channel === ONSITE
      ? MESSAGE_EVENTS.seen
      : MESSAGE_EVENTS.sent
  return ownEvent(profile, kinds, name, now, id, {
    message_id: messageId,
    channel,
    weight,
    ...(tags.length > 0 && { tags: [...tags] }),
    ...(transactional && { transactional }),
    ...(isPlanned && { planned_for: at }),
    ...(campaign !== undefined && { campaign_id: campaign.id, campaign_name: campaign.name }),
  })
}

/** A message that takes its place no more: it was never delivered, or is not to be sent after all. */
export const releaseEvent = (
  profile: Named,
  kinds: readonly IdentifierKind[],
  messageId: string,
  now: Millis,
  id: string,
  reason: string,
): EventRecord =>
  ownEvent(profile, kinds, TOUCH_EVENTS.released, now, id, { message_id: messageId, reason })

/**
 * What the platform did itself. It is kept as what is necessary: whoever withdraws a purpose was still written to, and
 * must not be written to more often because of it.
 */
function ownEvent(
  profile: Named,
  kinds: readonly IdentifierKind[],
  name: string,
  now: Millis,
  id: string,
  properties: JsonObject,
): EventRecord {
  return {
    messageId: id,
    type: 'track',
    name,
    timestamp: now,
    receivedAt: now,
    source: OWN_SOURCE,
    ...bearerOf(profile, kinds),
    properties,
    context: {},
    purpose: 'necessary',
  }
}

/** The most trusted of what somebody is known by; or else their oldest device. */
function bearerOf(
  { identifiers, devices }: Named,
  kinds: readonly IdentifierKind[],
): { readonly identifiers: readonly ClaimedIdentifier[]; readonly device?: DeviceId } {
  const [known] = byTrust(identifiers, kinds)
  if (known !== undefined) {
    const { kind, value, proven } = known
    return { identifiers: [{ kind, value, proven }] }
  }
  const [device] = [...devices].sort((a, b) => a.firstSeen - b.firstSeen)
  return { identifiers: [], ...(device !== undefined && { device: device.id }) }
}
