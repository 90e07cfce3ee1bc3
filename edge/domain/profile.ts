import type { ConsentMode, Purpose } from '../protocol/consent.ts'
import type { ContextField, EventContext } from '../protocol/event.ts'
import type {
  ActivationId,
  DestinationId,
  DeviceId,
  ProfileId,
  SegmentId,
  SourceId,
} from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { Membership } from '../protocol/membership.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Consent } from './consent.ts'
import type { Deadlines } from './deadlines.ts'
import type { Entry } from './entry.ts'
import type { KnownGroup } from './group.ts'
import type { Trait } from './trait.ts'
import type { Verdict } from './verdict.ts'
import { withLists } from './with-lists.ts'

export interface KnownIdentifier extends Identifier {
  readonly sealed?: string
  readonly proven: boolean
  readonly firstSeen: Millis
  readonly lastSeen: Millis
  readonly source: SourceId
}

export interface KnownDevice {
  readonly id: DeviceId
  /** Who told of it first. */
  source: SourceId
  firstSeen: Millis
  lastSeen: Millis
  /** A proven sign-in happened on it: it may read what the person earned elsewhere. */
  proven: boolean
  device?: string
  os?: string
  browser?: string
  country?: string
  city?: string
}

/**
 * The state of one person, one row of the shard. A working copy: the shard loads it, `apply` and `review` change
 * it, the shard saves it, all in one transaction.
 */
export interface Profile {
  readonly id: ProfileId
  /** When it was born here; never changes, so that of two profiles the same one is always the older. */
  readonly createdAt: Millis
  lastSeenAt: Millis
  /** What hash bucketing is keyed by: the device the profile was born with, or its own id. */
  readonly bucket: string
  /** Catalog version of the memberships. */
  version: number
  /** Fingerprint of the features kept. */
  fingerprint: string
  /** Some event came from no device of ours: an import or a server. */
  offline: boolean
  /** The most permissive mode among the sources that collected: what absent consent means. */
  consentMode: ConsentMode
  readonly traits: Map<string, Trait>
  identifiers: KnownIdentifier[]
  devices: KnownDevice[]
  /** Accounts the person belongs to, by id. What is known of an account is not the person's own: see `account.ts`. */
  readonly groups: Map<string, KnownGroup>
  context: EventContext
  contextAt: Millis
  readonly ever: Map<ContextField, string[]>
  readonly consent: Consent
  /** What other purposes than analytics events are kept for. */
  readonly kept: Set<Purpose>
  /** Time of its latest event. */
  eventAt: Millis
  readonly occurrences: Map<string, readonly Entry[]>
  /** Some of its events were imported. */
  imported: true | undefined
  readonly memberships: Map<SegmentId, Membership>
  /** What the leaves of conditions stand at, by their keys; those that stand as they do of a blank profile are absent. */
  readonly standing: Map<string, Verdict>
  /** When these lapse by themselves, made of them when it is first asked for. */
  deadlines: Deadlines | undefined
  /** Activations with frequency `once` that were used. */
  readonly used: Set<ActivationId>
  /** Which destinations were told of an entry, of activations that choose among theirs: they are told of the exit. */
  readonly chosen: Map<ActivationId, readonly DestinationId[]>
}

export function newProfile(id: ProfileId, bucket: string, at: Millis): Profile {
  return {
    id,
    createdAt: at,
    lastSeenAt: at,
    bucket,
    version: 0,
    fingerprint: '',
    offline: false,
    consentMode: 'opt-in',
    traits: new Map(),
    identifiers: [],
    devices: [],
    groups: new Map(),
    context: {},
    contextAt: Number.NEGATIVE_INFINITY,
    ever: new Map(),
    consent: new Map(),
    kept: new Set(),
    eventAt: Number.NEGATIVE_INFINITY,
    occurrences: new Map(),
    imported: undefined,
    memberships: new Map(),
    standing: new Map(),
    deadlines: undefined,
    used: new Set(),
    chosen: new Map(),
  }
}

/** Compact text for the shard's row: maps and sets become lists, instants that never were null. */
export function encodeProfile(profile: Profile): string {
  const standing: unknown[] = []
  for (const [key, { holds, until }] of profile.standing) standing.push([key, holds ? 1 : 0, until])
  return JSON.stringify({ ...withLists(profile), standing, deadlines: undefined })
}

export function decodeProfile(text: string): Profile {
  const raw = JSON.parse(text)
  return {
    ...raw,
    contextAt: raw.contextAt ?? Number.NEGATIVE_INFINITY,
    traits: new Map(raw.traits),
    groups: new Map(raw.groups),
    ever: new Map(raw.ever),
    eventAt: raw.eventAt ?? Number.NEGATIVE_INFINITY,
    consent: new Map(raw.consent),
    kept: new Set(raw.kept),
    occurrences: new Map(raw.occurrences),
    imported: raw.imported,
    memberships: new Map(raw.memberships),
    standing: new Map(
      raw.standing.map(([key, holds, until]: [string, 0 | 1, Millis | null]): [string, Verdict] => [
        key,
        { holds: holds === 1, until: until ?? NEVER },
      ]),
    ),
    deadlines: undefined,
    used: new Set(raw.used),
    chosen: new Map(raw.chosen),
  }
}

/** What decides which events of somebody count, and under which catalog their state was written. */
export type Counted = Pick<
  Profile,
  'id' | 'consent' | 'consentMode' | 'kept' | 'imported' | 'version' | 'fingerprint'
>

/** No more of a state than that. */
export function decodeCounted(text: string): Counted {
  const { id, consent, consentMode, kept, imported, version, fingerprint } = JSON.parse(text)
  return {
    id,
    consent: new Map(consent),
    consentMode,
    kept: new Set(kept),
    imported,
    version,
    fingerprint,
  }
}
