import { DEFAULT_PURPOSE, type ConsentMode, type Purpose } from '../protocol/consent.ts'
import { CONTEXT_FIELDS, type ContextField, type EventRecord } from '../protocol/event.ts'
import { OWN_SOURCE, type DeviceId } from '../protocol/id.ts'
import type { CountedEvent } from './counted-event.ts'
import { answersOf, noteAnswer, purposeOf, standsFor, type ConsentRun } from './consent.ts'
import { entryOf, withEntry, type Entry } from './entry.ts'
import { occurrenceKey, type Feature, type FeatureSet } from './feature.ts'
import { seeGroup } from './group.ts'
import type { Profile } from './profile.ts'
import { withValue, type TraitPolicies } from './trait.ts'

/** Distinct values kept of one context field; later new ones are not remembered. */
const MAX_EVER = 50
/** A profile is one row of at most 2 MB. What goes beyond stays in its history, and changes no trait. */
const MAX_TRAITS = 300
const MAX_TRAIT_CHARACTERS = 1_200
/** No person has so many; those that never proved to be this person's go first, the longest unseen of them. */
const MAX_DEVICES = 200

const NO_ENTRIES: readonly Entry[] = []

/** What an event changed: only segments that read some of it are evaluated again. */
export interface Changes {
  features: ReadonlySet<Feature>
  /** Names of traits. */
  traits: ReadonlySet<string>
  context: ReadonlySet<ContextField>
  /** Purposes that were answered, with the answer that stood before. */
  consent: ReadonlyMap<Purpose, ConsentRun | undefined>
  /** Purposes that were withdrawn. */
  withdrawn: readonly Purpose[]
  /** What the events say of consent, and so which of them count, must be asked of all of them again: `settle`. */
  unclear: boolean
  /** Which accounts it belongs to, or what is known of one. */
  accounts: boolean
  /** Which kinds of identifiers are known. */
  identifiers: boolean
  /** Everything may have changed: a rebuild, a merge. */
  everything: boolean
}

/** Shared by all changes until they have one of their own: most events change features only. */
const NONE: ReadonlySet<never> = new Set()
const NO_ANSWERS: ReadonlyMap<Purpose, ConsentRun | undefined> = new Map()
const NOT_WITHDRAWN: readonly Purpose[] = []

export const noChanges = (): Changes => ({
  features: NONE,
  traits: NONE,
  context: NONE,
  consent: NO_ANSWERS,
  withdrawn: NOT_WITHDRAWN,
  unclear: false,
  accounts: false,
  identifiers: false,
  everything: false,
})

/** A set of changes with one more. */
function added<T>(set: ReadonlySet<T>, one: T): ReadonlySet<T> {
  return set === NONE ? new Set([one]) : (set as Set<T>).add(one)
}

/** Applies one admitted event. Late events count at their own time: the order of arrival changes nothing. */
export function applyEvent(
  profile: Profile,
  event: EventRecord,
  mode: ConsentMode,
  features: FeatureSet,
  changes: Changes,
  policies: TraitPolicies = {},
): void {
  applyPerson(profile, event, mode, changes)
  noteConsent(profile, event, changes)
  applyFacts(profile, event, features, changes, policies)
}

/** Who and where an event is of, which no answer to consent changes. */
export function applyPerson(
  profile: Profile,
  event: EventRecord,
  mode: ConsentMode,
  changes: Changes,
): void {
  // What we did ourselves says nothing of where and when somebody was.
  if (event.source === OWN_SOURCE) return
  profile.lastSeenAt = Math.max(profile.lastSeenAt, event.timestamp)
  assume(profile, event.implied === true ? 'implied' : mode, changes)
  if (event.device === undefined) profile.offline = true
  else seeDevice(profile, event.device, event)
}

/** What an event tells beside who it is of and what they consent to, if it counts for what it is kept for. */
export function applyFacts(
  profile: Profile,
  event: EventRecord,
  features: FeatureSet,
  changes: Changes,
  policies: TraitPolicies,
): void {
  profile.eventAt = Math.max(profile.eventAt, event.timestamp)
  const purpose = purposeOf(event)
  if (!standsFor(profile.consent, event, purpose)) return
  applyTraits(profile, event, changes, policies)
  if (event.group !== undefined) {
    seeGroup(profile.groups, event)
    changes.accounts = true
  }
  if (purpose === DEFAULT_PURPOSE) applyContext(profile, event, changes)
  countEvent(profile, event, features, changes)
}

function assume(profile: Profile, mode: ConsentMode, changes: Changes): void {
  if (mode === 'opt-in' || profile.consentMode === 'implied') return
  profile.consentMode = 'implied'
  changes.everything = true
}

function noteConsent(profile: Profile, event: EventRecord, changes: Changes): void {
  if (event.consent === undefined) return
  for (const answer of answersOf(event)) {
    const { purpose, granted } = answer
    const before = profile.consent.get(purpose)?.at(-1)
    const noted = noteAnswer(profile.consent, answer)
    if (noted === 'nothing') continue
    const isOther = before?.granted !== granted
    // A denial silences what came before it; an answer of the past may speak for events that came after it.
    if (noted === 'unclear' || (isOther && (!granted || profile.eventAt >= event.timestamp))) {
      changes.unclear = true
    }
    if (changes.consent.has(purpose)) continue
    changes.consent = new Map(changes.consent).set(purpose, before)
  }
}

/** Counts an event in the features whose predicate it matches. */
export function countEvent(
  profile: Profile,
  event: CountedEvent,
  features: FeatureSet,
  changes: Changes,
): void {
  const purpose = purposeOf(event)
  if (!standsFor(profile.consent, event, purpose)) return
  if (purpose !== DEFAULT_PURPOSE) profile.kept.add(purpose)
  if (event.imported === true) profile.imported = true
  for (const feature of features.candidates(event)) {
    const value = feature.take(event)
    if (value === undefined) continue
    const { purposes } = feature
    // Looked at first: for each feature of each event a closure would be made.
    if (purposes.length > 0 && !purposes.every((one) => standsFor(profile.consent, event, one))) {
      continue
    }
    const key = occurrenceKey(feature, purpose)
    const known = profile.occurrences.get(key) ?? NO_ENTRIES
    const entry = entryOf(event, feature.detail, value)
    const beside = feature.limit === undefined ? known : feature.limit(known, entry)
    if (beside === undefined) continue
    const entries = withEntry(beside, entry, feature.keep)
    if (entries === known) continue
    profile.occurrences.set(key, entries)
    changes.features = added(changes.features, feature)
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
    changes.traits = added(changes.traits, name)
    if (trait === undefined) profile.traits.delete(name)
    else profile.traits.set(name, trait)
  }
}

function applyContext(profile: Profile, event: EventRecord, changes: Changes): void {
  const { context, timestamp } = event
  // What no browser or server said anything about keeps its place: an import must not erase where the visitor is.
  if (Object.keys(context).length === 0) return
  const isLatest = timestamp >= profile.contextAt
  for (const field of CONTEXT_FIELDS) {
    const value = context[field]
    if (value === profile.context[field]) continue
    if (isLatest) changes.context = added(changes.context, field)
    if (value === undefined) continue
    const values = profile.ever.get(field) ?? []
    if (values.includes(value) || values.length >= MAX_EVER) continue
    profile.ever.set(field, [...values, value])
    changes.context = added(changes.context, field)
  }
  if (!isLatest) return
  profile.context = context
  profile.contextAt = timestamp
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
