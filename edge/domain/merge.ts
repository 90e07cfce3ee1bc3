import { limitDevices } from './apply-event.ts'
import { recordAnswers } from './consent.ts'
import type { MergeRecord, Profile } from './profile.ts'

/** Merges a profile tells of: the latest. */
const MAX_MERGES = 500

/**
 * Joins a loser's state into the survivor's. Features and memberships are not joined here: they follow from the
 * joined history. A device keeps what it proved: being joined gives none the right to read.
 */
export function mergeProfiles(survivor: Profile, loser: Profile, record: MergeRecord): void {
  survivor.lastSeenAt = Math.max(survivor.lastSeenAt, loser.lastSeenAt)
  survivor.offline ||= loser.offline
  if (loser.consentMode === 'implied') survivor.consentMode = 'implied'
  for (const [name, trait] of loser.traits) {
    const known = survivor.traits.get(name)
    if (known === undefined || trait.at > known.at) survivor.traits.set(name, trait)
  }
  for (const identifier of loser.identifiers) {
    const known = survivor.identifiers.find(
      ({ kind, value }) => kind === identifier.kind && value === identifier.value,
    )
    if (known === undefined) survivor.identifiers.push(identifier)
    else known.proven ||= identifier.proven
  }
  for (const device of loser.devices) {
    if (!survivor.devices.some(({ id }) => id === device.id)) survivor.devices.push(device)
  }
  limitDevices(survivor)
  if (loser.contextAt > survivor.contextAt) {
    survivor.context = loser.context
    survivor.contextAt = loser.contextAt
  }
  for (const [field, values] of loser.ever) {
    survivor.ever.set(field, [...new Set([...(survivor.ever.get(field) ?? []), ...values])])
  }
  for (const [purpose, { granted, at }] of loser.consent) {
    recordAnswers(survivor.consent, { [purpose]: granted }, at)
  }
  for (const activation of loser.used) survivor.used.add(activation)
  survivor.merges = [...survivor.merges, ...loser.merges, record].slice(-MAX_MERGES)
}
