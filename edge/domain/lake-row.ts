import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { ClaimedIdentifier } from '../protocol/identifier.ts'
import type { Json } from '../protocol/json.ts'

/** An accepted event on its way to the lake, with the profile it was written to. */
export interface LakeEntry {
  readonly profile: ProfileId
  readonly event: EventRecord
}

/** `TIMESTAMP` values are milliseconds since 1970-01-01 UTC. */
export type LakeValue = string | number | boolean | undefined

export interface LakeColumn {
  readonly name: string
  readonly type: 'STRING' | 'TIMESTAMP' | 'BOOLEAN'
  /** Holds JSON text: its least and greatest value tell a reader nothing. */
  readonly json?: true
  /** No two rows have the same value. */
  readonly unique?: true
  readonly of: (entry: LakeEntry, workspace: WorkspaceId) => LakeValue
}

const text = (name: string, of: (event: EventRecord) => string | undefined): LakeColumn => ({
  name,
  type: 'STRING',
  of: ({ event }) => of(event),
})

const json = (name: string, of: (event: EventRecord) => Json | undefined): LakeColumn => ({
  name,
  type: 'STRING',
  json: true,
  of: ({ event }) => {
    const value = of(event)
    return value === undefined ? undefined : JSON.stringify(value)
  },
})

const instant = (name: string, of: (event: EventRecord) => number): LakeColumn => ({
  name,
  type: 'TIMESTAMP',
  of: ({ event }) => Math.trunc(of(event)),
})

/** Addresses stand here as their keyed hash alone: what opens them stays in the shard. */
const bare = ({ kind, value, proven }: ClaimedIdentifier): Json => ({ kind, value, proven })

/**
 * Columns of the event lake, in the order of the files. Readers of old files rely on names and types: a column may be
 * added at the end, never changed.
 */
export const LAKE_COLUMNS: readonly LakeColumn[] = [
  { ...text('message_id', ({ messageId }) => messageId), unique: true },
  text('type', ({ type }) => type),
  text('event', ({ name }) => name),
  instant('timestamp', ({ timestamp }) => timestamp),
  instant('received_at', ({ receivedAt }) => receivedAt),
  { name: 'workspace', type: 'STRING', of: (_, workspace) => workspace },
  text('source', ({ source }) => source),
  { name: 'profile', type: 'STRING', of: ({ profile }) => profile },
  text('device', ({ device }) => device),
  text('user_id', ({ identifiers }) => identifiers.find(({ kind }) => kind === 'userId')?.value),
  json('identifiers', ({ identifiers }) => identifiers.map(bare)),
  json('properties', ({ properties }) => properties),
  json('traits', ({ traits }) => traits),
  text('country', ({ context }) => context.country),
  text('region', ({ context }) => context.region),
  text('city', ({ context }) => context.city),
  text('postal_code', ({ context }) => context.postalCode),
  text('timezone', ({ context }) => context.timezone),
  text('device_type', ({ context }) => context.device),
  text('os', ({ context }) => context.os),
  text('browser', ({ context }) => context.browser),
  text('language', ({ context }) => context.language),
  text('campaign_source', ({ context }) => context.source),
  text('campaign_medium', ({ context }) => context.medium),
  text('campaign_name', ({ context }) => context.campaign),
  text('campaign_content', ({ context }) => context.content),
  text('campaign_term', ({ context }) => context.term),
  text('click_id', ({ context }) => context.clickId),
  text('referrer_class', ({ context }) => context.referrerClass),
  text('referrer', ({ context }) => context.referrer),
  text('url', ({ context }) => context.url),
  text('path', ({ context }) => context.path),
  text('title', ({ context }) => context.title),
  { name: 'bot', type: 'BOOLEAN', of: ({ event }) => event.context.bot },
  text('library', ({ context }) => context.library),
  json('consent', ({ consent }) => consent),
]

export type LakeRow = { readonly [column: string]: LakeValue }

export const lakeRow = (entry: LakeEntry, workspace: WorkspaceId): LakeRow =>
  Object.fromEntries(
    LAKE_COLUMNS.map(({ name, type, of }) => [name, fitting(type, of(entry, workspace))]),
  )

/** Null for what the column cannot hold: one odd value must not keep a whole file out of the lake. */
function fitting(type: LakeColumn['type'], value: LakeValue): LakeValue {
  if (type === 'TIMESTAMP') return Number.isSafeInteger(value) ? value : undefined
  return typeof value === (type === 'STRING' ? 'string' : 'boolean') ? value : undefined
}
