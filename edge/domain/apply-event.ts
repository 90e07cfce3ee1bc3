import type { ConsentMode } from '../protocol/consent.ts'
import { CONTEXT_FIELDS, type EventRecord } from '../protocol/event.ts'
import type { DeviceId } from '../protocol/id.ts'
import { recordAnswers } from './consent.ts'
import { insertInstant, type Feature, type FeatureSet } from './feature.ts'
import type { Profile } from './profile.ts'
import { withValue, type TraitPolicies } from './trait.ts'

/** Distinct values kept of one context field; later new ones are not remembered. */
const MAX_EVER = 50
/** A profile is one row of at most 2 MB. What goes beyond stays in its history, and changes no trait. */
const MAX_TRAITS = 300
const MAX_TRAIT_CHARACTERS = 1_200
/** No person has so many; those that never proved to be this person's go first, the longest unseen of them. */
const MAX_DEVICES = 200

/** What an event changed: only segments that read some of it are evaluated again. */
export interface Changes {
  readonly features: Set<Feature>
  traits: boolean
  context: boolean
  /** Everything may have changed: a rebuild, a merge. */
  everything: boolean
}

export const noChanges = (): Changes => ({
  features: new Set(),
  traits: false,
  context: false,
  everything: false,
})

/** Applies one admitted event. Late events count at their own time: the order of arrival changes nothing. */
export function applyEvent(
  profile: Profile,
  event: EventRecord,
  mode: ConsentMode,
  features: FeatureSet,
  changes: Changes,
  policies: TraitPolicies = {},
): void {
  profile.lastSeenAt = Math.max(profile.lastSeenAt, event.timestamp)
  if (mode === 'implied') profile.consentMode = 'implied'
  if (event.device === undefined) profile.offline = true
  else seeDevice(profile, event.device, event)
  if (event.consent !== undefined) recordAnswers(profile.consent, event.consent, event.timestamp)
  applyTraits(profile, event, changes, policies)
  applyContext(profile, event, changes)
  countEvent(profile, event, features, changes)
}

/** Counts an event in the features whose predicate it matches. */
export function countEvent(
  profile: Profile,
  event: EventRecord,
  features: FeatureSet,
  changes: Changes,
): void {
  for (const feature of features.of(event.name)) {
    if (!feature.matches(event)) continue
    const instants = profile.occurrences.get(feature.key) ?? []
    if (!insertInstant(instants, event.timestamp, feature.keep)) continue
    profile.occurrences.set(feature.key, instants)
    changes.features.add(feature)
  }
}

function applyTraits(
  profile: Profile,
  event: EventRecord,
  changes: Changes,
  policies: TraitPolicies,
): void {
  if (event.type !== 'identify' || event.traits === undefined) return
  for (const [name, value] of Object.entries(event.traits)) {
    const known = profile.traits.get(name)
    if (known === undefined && profile.traits.size >= MAX_TRAITS) continue
    if (JSON.stringify(value).length > MAX_TRAIT_CHARACTERS) continue
    const trait = withValue(known, value, event, policies[name])
    if (trait === known) continue
    changes.traits = true
    if (trait === undefined) profile.traits.delete(name)
    else profile.traits.set(name, trait)
  }
}

function applyContext(profile: Profile, event: EventRecord, changes: Changes): void {
  for (const field of CONTEXT_FIELDS) {
    const value = event.context[field]
    if (value === undefined) continue
    const values = profile.ever.get(field) ?? []
    if (values.includes(value) || values.length >= MAX_EVER) continue
    profile.ever.set(field, [...values, value])
    changes.context = true
  }
  // What no browser or server said anything about keeps its place: an import must not erase where the visitor is.
  if (event.timestamp < profile.contextAt || Object.keys(event.context).length === 0) return
  profile.context = event.context
  profile.contextAt = event.timestamp
  changes.context = true
}

function seeDevice(
  profile: Profile,
  id: DeviceId,
  { timestamp, context, identifiers, source }: EventRecord,
): void {
  const known = profile.devices.find((device) => device.id === id)
  const device = known ?? { id, source, firstSeen: timestamp, lastSeen: timestamp, proven: false }
  if (known === undefined) {
    profile.devices.push(device)
    limitDevices(profile)
  }
  if (timestamp < device.firstSeen) {
    device.firstSeen = timestamp
    device.source = source
  }
  // Whoever proved who they are on it may read, on it, what they earned elsewhere.
  device.proven ||= identifiers.some(({ proven }) => proven)
  if (timestamp < device.lastSeen) return
  device.lastSeen = timestamp
  for (const field of ['device', 'os', 'browser', 'country', 'city'] as const) {
    const value = context[field]
    if (value !== undefined) device[field] = value
  }
}

/** Keeps a profile's devices within bounds. */
export function limitDevices(profile: Profile): void {
  if (profile.devices.length <= MAX_DEVICES) return
  profile.devices = [...profile.devices]
    .sort((a, b) => Number(b.proven) - Number(a.proven) || b.lastSeen - a.lastSeen)
    .slice(0, MAX_DEVICES)
}
