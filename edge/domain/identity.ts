import type { DeviceId } from '../protocol/id.ts'
import type { ClaimedIdentifier, Identifier, IdentifierKind } from '../protocol/identifier.ts'
import type { Profile } from './profile.ts'

/** Injective: no kind holds a colon-separated length. */
export const identifierKey = ({ kind, value }: Identifier): string =>
  `${kind.length}:${kind}:${value}`

/** Whether a kind's values are people, not devices or cookies. */
export const isPersonal = (kinds: readonly IdentifierKind[], kind: string): boolean =>
  (kinds.find((row) => row.kind === kind)?.level ?? 'person') === 'person'

/** The place of a kind in the order of trust, 0 first; unlisted kinds come last. */
export function rankOf(kinds: readonly IdentifierKind[], kind: string): number {
  const index = kinds.findIndex((row) => row.kind === kind)
  return index < 0 ? kinds.length : index
}

/** Most trusted first, by the order of the workspace's kinds; of a message's two of a kind the first comes first. */
export const byTrust = (
  identifiers: readonly ClaimedIdentifier[],
  kinds: readonly IdentifierKind[],
): ClaimedIdentifier[] =>
  [...identifiers].sort((a, b) => rankOf(kinds, a.kind) - rankOf(kinds, b.kind))

/** Some person-level identifier is known: this is no visitor of whom nobody knows who they are. */
export const isKnown = (
  { identifiers }: Pick<Profile, 'identifiers'>,
  kinds: readonly IdentifierKind[],
): boolean => identifiers.some(({ kind }) => isPersonal(kinds, kind))

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
