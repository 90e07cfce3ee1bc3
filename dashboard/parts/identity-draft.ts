import { formatDuration, parseDuration } from '../../edge/protocol/duration.ts'
import type { IdentifierLevel, SharedDevice, TraitPolicy } from '../../edge/protocol/identifier.ts'
import type { ApiIdentitySettings } from '../../edge/protocol/rehearsal.ts'
import { DAY } from '../../edge/protocol/time.ts'

/** Identity settings as they are edited: numbers may be empty, rows keep their key while they move. */
export interface IdentityDraft {
  readonly kinds: readonly KindDraft[]
  readonly sharedDevice: SharedDevice
  readonly blocked: readonly BlockedDraft[]
  readonly traits: readonly TraitDraft[]
}

export interface KindDraft {
  readonly row: number
  readonly kind: string
  readonly level: IdentifierLevel
  readonly unique: boolean
  readonly limit: number | ''
  /** Days. */
  readonly period: number | ''
}

export interface BlockedDraft {
  readonly row: number
  /** Empty: any. */
  readonly kind: string
  readonly value: string
}

export interface TraitDraft {
  readonly row: number
  readonly trait: string
  readonly policy: TraitPolicy
}

let rows = 0
export const newRow = (): number => rows++

export const toDraft = ({
  kinds,
  sharedDevice,
  blocked,
  traits,
}: ApiIdentitySettings): IdentityDraft => ({
  kinds: kinds.map(({ kind, level, unique, limit, period }) => ({
    row: newRow(),
    kind,
    level,
    unique: unique === true,
    limit: limit ?? '',
    period: period === undefined ? '' : (parseDuration(period) ?? 0) / DAY,
  })),
  sharedDevice,
  blocked: blocked.map((entry) =>
    typeof entry === 'string'
      ? { row: newRow(), kind: '', value: entry }
      : { row: newRow(), ...entry },
  ),
  traits: Object.entries(traits).map(([trait, policy]) => ({ row: newRow(), trait, policy })),
})

export const fromDraft = ({
  kinds,
  sharedDevice,
  blocked,
  traits,
}: IdentityDraft): ApiIdentitySettings => ({
  kinds: kinds.map(({ kind, level, unique, limit, period }) => ({
    kind: kind.trim(),
    level,
    ...(unique && { unique }),
    ...(limit !== '' && { limit }),
    ...(period !== '' && { period: formatDuration(period * DAY) }),
  })),
  sharedDevice,
  blocked: blocked.map(({ kind, value }) => (kind === '' ? value : { kind, value })),
  traits: Object.fromEntries(traits.map(({ trait, policy }) => [trait.trim(), policy])),
})
