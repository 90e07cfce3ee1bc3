import type { SourceKind } from '../protocol/catalog.ts'
import type { ConsentMode } from '../protocol/consent.ts'
import type { DestinationKind } from '../protocol/delivery.ts'
import type {
  ActivationId,
  ComputedTraitId,
  CapId,
  DestinationId,
  ExperienceId,
  SegmentId,
  SourceId,
  WorkspaceId,
} from '../protocol/id.ts'
import type { Channel } from '../protocol/reaction.ts'
import type { Millis } from '../protocol/time.ts'

/** Rows of D1 as `migrations/` creates them: booleans are 0 or 1, lists and conditions JSON text. */
export interface WorkspaceRow {
  readonly id: WorkspaceId
  readonly shards: number
  readonly retention: Millis
  readonly timezone: string
  readonly revision: number
  readonly settled: number
  readonly identity: string | null
  readonly consent: string | null
  readonly scores: string | null
  readonly createdAt: Millis
}

interface Owned<Id> {
  readonly id: Id
  readonly workspace: WorkspaceId
  readonly createdAt: Millis
}

interface Changeable {
  readonly updatedAt: Millis
}

export interface SourceRow extends Owned<SourceId>, Changeable {
  readonly name: string
  readonly kind: SourceKind
  readonly consent: ConsentMode
  readonly purposes: string
  readonly tokenKeys: string
  readonly pressure: number
  readonly own: number
}

export interface KeyRow extends Owned<string> {
  readonly source: SourceId
  readonly kind: 'write' | 'secret'
  readonly name: string
  /** SHA-256 of the key, hex. */
  readonly hash: string
  /** Last four characters. */
  readonly hint: string
  readonly text: string | null
}

export interface SegmentRow extends Owned<SegmentId>, Changeable {
  readonly key: string
  readonly name: string
  readonly condition: string
  readonly public: number
  readonly purposes: string
  readonly version: number
  readonly candidate: string | null
  readonly origin: SegmentId | null
  readonly former: string | null
  readonly minimumStay: string | null
  readonly onDevice: number
}

/** The people are JSON text. */
export interface SegmentExamplesRow {
  readonly segment: SegmentId
  readonly workspace: WorkspaceId
  readonly people: string
}

export interface ExperienceRow extends Owned<ExperienceId>, Changeable {
  readonly key: string
  readonly name: string
  readonly placement: string
  readonly segment: SegmentId | null
  readonly variations: string
  readonly control: number
  readonly priority: number
  readonly touch: string | null
  readonly enabled: number
}

export interface DestinationRow extends Owned<DestinationId>, Changeable {
  readonly name: string
  readonly kind: DestinationKind
  readonly url: string
  readonly purposes: string
  readonly channel: Channel | null
  readonly secrets: string
  readonly enabled: number
}

export interface ActivationRow extends Owned<ActivationId>, Changeable {
  readonly name: string
  readonly segment: SegmentId
  readonly exclude: string
  readonly destinations: string
  readonly on: string
  readonly frequency: 'every-time' | 'once'
  readonly touch: string | null
  readonly channel: 'best' | null
  readonly enabled: number
}

export interface CapRow extends Owned<CapId>, Changeable {
  readonly key: string
  readonly name: string
  readonly channel: Channel | null
  readonly tag: string | null
  readonly window: string
  readonly most: number
  readonly thresholds: string
  readonly onSite: number
  readonly enabled: number
}

export interface ImportRow extends Owned<string> {
  readonly name: string
}

export interface ImportMappingRow extends Owned<string> {
  readonly name: string
  readonly mapping: string
}

/** `definition`: by what it is computed, as JSON text. */
export interface ComputedTraitRow extends Owned<ComputedTraitId>, Changeable {
  readonly key: string
  readonly name: string
  readonly definition: string
}

/** Facts and report are JSON text. */
export interface PopulationRow {
  readonly workspace: WorkspaceId
  readonly version: number
  readonly at: Millis
  readonly facts: string
  readonly report: string
}

export interface AuditRow extends Owned<string> {
  readonly actor: string
  readonly action: string
  readonly subject: string
}

/** The tables of better-auth that Prisme itself reads and writes; its dates are ISO 8601 text. */
export interface UserRow {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly emailVerified: number
  readonly createdAt: string
  readonly updatedAt: string
}
export interface AccountRow {
  readonly id: string
  readonly accountId: string
  readonly providerId: string
  readonly userId: string
  readonly password: string
  readonly createdAt: string
  readonly updatedAt: string
}
export interface MemberRow {
  readonly id: string
  readonly organizationId: WorkspaceId
  readonly userId: string
  readonly role: string
  readonly createdAt: string
}
export interface OrganizationRow {
  readonly id: WorkspaceId
  readonly name: string
  readonly slug: string
  readonly createdAt: string
}

export interface Schema {
  readonly workspace: WorkspaceRow
  readonly source: SourceRow
  readonly key: KeyRow
  readonly segment: SegmentRow
  readonly segmentExamples: SegmentExamplesRow
  readonly experience: ExperienceRow
  readonly destination: DestinationRow
  readonly activation: ActivationRow
  readonly cap: CapRow
  readonly audit: AuditRow
  readonly import: ImportRow
  readonly importMapping: ImportMappingRow
  readonly computedTrait: ComputedTraitRow
  readonly population: PopulationRow
  readonly user: UserRow
  readonly account: AccountRow
  readonly member: MemberRow
  readonly organization: OrganizationRow
}
