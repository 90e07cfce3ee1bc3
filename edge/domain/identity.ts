import type { EventRecord } from '../protocol/event.ts'
import type { DeviceId, ProfileId } from '../protocol/id.ts'
import type { ClaimedIdentifier, Identifier, IdentifierKind } from '../protocol/identifier.ts'
import type { Millis } from '../protocol/time.ts'
import type { KnownIdentifier, Profile } from './profile.ts'

/** More than any one message brings: a message whose claims push each other out would never be settled. */
const MAX_REFUSED = 50
/** No person has so many; a row must not grow without end. */
const MAX_IDENTIFIERS = 200

/** Injective: no kind holds a colon-separated length. */
export const identifierKey = ({ kind, value }: Identifier): string =>
  `${kind.length}:${kind}:${value}`

const has = (profile: Profile, { kind, value }: Identifier): KnownIdentifier | undefined =>
  profile.identifiers.find((known) => known.kind === kind && known.value === value)

const isPersonal = (kinds: readonly IdentifierKind[], kind: string): boolean =>
  (kinds.find((row) => row.kind === kind)?.level ?? 'person') === 'person'

/** Some person-level identifier is known: merging this profile would join one person with another. */
export const isKnown = (profile: Profile, kinds: readonly IdentifierKind[]): boolean =>
  profile.identifiers.some(({ kind }) => isPersonal(kinds, kind))

/** Most trusted first, by the order of the workspace's kinds; unlisted kinds last. */
export function byTrust(
  identifiers: readonly ClaimedIdentifier[],
  kinds: readonly IdentifierKind[],
): ClaimedIdentifier[] {
  const rank = ({ kind }: Identifier) => {
    const index = kinds.findIndex((row) => row.kind === kind)
    return index < 0 ? kinds.length : index
  }
  return [...identifiers].sort((a, b) => rank(a) - rank(b))
}

/** The message speaks of somebody else than the profile: it names another value of a unique kind. */
export function contradiction<T extends Identifier>(
  profile: { readonly identifiers: readonly Identifier[] },
  identifiers: readonly T[],
  kinds: readonly IdentifierKind[],
): T | undefined {
  for (const { kind, unique } of kinds) {
    if (unique !== true) continue
    const named = identifiers.find((identifier) => identifier.kind === kind)
    if (named === undefined) continue
    const known = profile.identifiers.find((identifier) => identifier.kind === kind)
    if (known !== undefined && known.value !== named.value) return named
  }
  return undefined
}

/** The first identifier of an event that the profile has not settled yet. `granted`: it owns that one already. */
export function unsettled(
  profile: Profile,
  event: EventRecord,
  kinds: readonly IdentifierKind[],
  granted?: Identifier,
): ClaimedIdentifier | undefined {
  return byTrust(event.identifiers, kinds).find((identifier) => {
    if (isRefused(profile, identifier)) return false
    const known = has(profile, identifier)
    if (known !== undefined) return identifier.proven && !known.proven
    return granted?.kind !== identifier.kind || granted.value !== identifier.value
  })
}

/** Whether this claim was turned down before. */
export const isRefused = (profile: Profile, identifier: ClaimedIdentifier): boolean =>
  profile.refused.includes(refusalKey(identifier))

/** Whether there is room for an identifier, or it is known already. */
export const canHoldMore = (profile: Profile, identifier: Identifier): boolean =>
  profile.identifiers.length < MAX_IDENTIFIERS || has(profile, identifier) !== undefined

const refusalKey = (identifier: ClaimedIdentifier): string =>
  `${identifier.proven ? 'proven' : 'claimed'} ${identifierKey(identifier)}`

/** Remembers that a claim was turned down. */
export function refuse(profile: Profile, identifier: ClaimedIdentifier): void {
  if (isRefused(profile, identifier)) return
  profile.refused = [...profile.refused, refusalKey(identifier)].slice(-MAX_REFUSED)
}

/** Notes an identifier the profile owns. What was proven once stays proven. */
export function attach(profile: Profile, identifier: ClaimedIdentifier, event: EventRecord): void {
  const known = has(profile, identifier)
  if (known !== undefined) {
    known.proven ||= identifier.proven
    known.lastSeen = Math.max(known.lastSeen, event.timestamp)
    return
  }
  const { kind, value, proven, sealed } = identifier
  profile.identifiers.push({
    kind,
    value,
    proven,
    ...(sealed !== undefined && { sealed }),
    firstSeen: event.timestamp,
    lastSeen: event.timestamp,
    source: event.source,
  })
}

/** Notes each sighting of identifiers already known or `granted`, and whether the device's sign-in was proven. */
export function sight(profile: Profile, event: EventRecord, granted?: Identifier): void {
  for (const identifier of event.identifiers) {
    if (granted?.kind === identifier.kind && granted.value === identifier.value) {
      attach(profile, identifier, event)
    }
    const known = has(profile, identifier)
    if (known === undefined) continue
    known.lastSeen = Math.max(known.lastSeen, event.timestamp)
    if (!identifier.proven || event.device === undefined) continue
    const device = profile.devices.find(({ id }) => id === event.device)
    if (device !== undefined) device.proven = true
  }
}

/**
 * Whether a device may read all that the person is: its sign-in was proven, nobody is known, or everything known
 * came from this device anyway.
 */
export function mayRead(
  profile: Profile,
  device: DeviceId,
  kinds: readonly IdentifierKind[],
): boolean {
  if (!isKnown(profile, kinds)) return true
  const known = profile.devices.find(({ id }) => id === device)
  if (known?.proven === true) return true
  return !profile.offline && profile.devices.length === 1 && known !== undefined
}

/** What another shard must know of a profile to decide whether it is the same person. */
export interface ProfileBrief {
  readonly id: ProfileId
  readonly createdAt: Millis
  readonly known: boolean
  readonly identifiers: readonly Identifier[]
}

export const briefOf = (profile: Profile, kinds: readonly IdentifierKind[]): ProfileBrief => ({
  id: profile.id,
  createdAt: profile.createdAt,
  known: isKnown(profile, kinds),
  identifiers: profile.identifiers.map(({ kind, value }) => ({ kind, value })),
})

export type Link =
  | { readonly type: 'merge'; readonly survivor: ProfileId; readonly loser: ProfileId }
  | { readonly type: 'refuse' }

/**
 * Two profiles meet in one identifier. They are one person unless that would give a unique kind two values, or an
 * unproven claim would join two known people. The older profile survives (then the lesser id).
 */
export function decideLink(
  mine: ProfileBrief,
  other: ProfileBrief,
  proven: boolean,
  kinds: readonly IdentifierKind[],
): Link {
  if (!proven && mine.known && other.known) return { type: 'refuse' }
  if (contradiction(mine, other.identifiers, kinds)) {
    return { type: 'refuse' }
  }
  const older =
    mine.createdAt < other.createdAt || (mine.createdAt === other.createdAt && mine.id < other.id)
  return older
    ? { type: 'merge', survivor: mine.id, loser: other.id }
    : { type: 'merge', survivor: other.id, loser: mine.id }
}
