import type { Purpose } from './consent.ts'
import type { Reaction } from './reaction.ts'

/** Bytes of a file, unpacked. */
export const MAX_FILE = 1_024 * 1_024 * 1_024
/**
 * Bytes of one part of a file: all but the last have as many. The platform takes at most 100 MB a request, the bucket
 * at least 5 MiB a part; what a lost connection costs is sent again.
 */
export const PART_SIZE = 16 * 1_024 * 1_024

/** What the rows of a file are. */
export const IMPORT_KINDS = ['customers', 'orders', 'campaigns', 'consents'] as const
export type ImportKind = (typeof IMPORT_KINDS)[number]

/** How the text of a cell becomes a value. */
export type CellType =
  | { readonly type: 'text' }
  /** `decimal`: the sign before the fraction; the other one, spaces and apostrophes group thousands. */
  | { readonly type: 'number'; readonly decimal?: '.' | ',' }
  | { readonly type: 'boolean' }
  | DateType

export interface DateType {
  readonly type: 'date'
  /** `iso`, `seconds` or `milliseconds` since 1970, or a pattern of YYYY YY MM M DD D HH H mm m ss s. Default: `iso`. */
  readonly format?: string
  /** IANA zone of dates that name none. Default: the mapping's, else UTC. */
  readonly zone?: string
}

/** What becomes of one column. */
export type ColumnUse =
  | { readonly use: 'ignore' }
  /** Points at the person. */
  | { readonly use: 'identifier'; readonly kind: string }
  /** Of customers. */
  | { readonly use: 'trait'; readonly name: string; readonly as?: CellType }
  /** Of the order or message; of an order the first line's value counts. */
  | { readonly use: 'property'; readonly name: string; readonly as?: CellType }
  /** Of one line of an order: an entry of `products`. */
  | { readonly use: 'item'; readonly name: string; readonly as?: CellType }
  /** When it happened. */
  | { readonly use: 'time'; readonly as?: DateType }
  /** Number of the order: rows that follow each other with the same one are its lines. */
  | { readonly use: 'order' }
  /** What became of a message: sent, delivered, opened, clicked, converted, bounced, unsubscribed, seen. */
  | { readonly use: 'reaction' }
  /** The answer for a purpose. `inverted`: yes means no, as in a column "unsubscribed". */
  | { readonly use: 'consent'; readonly purpose: Purpose; readonly inverted?: boolean }

export type ColumnMapping = ColumnUse & { readonly column: string }

/** What a file means. Columns that are not named are ignored. */
export interface ImportMapping {
  readonly kind: ImportKind
  readonly columns: readonly ColumnMapping[]
  /** IANA zone of dates whose column names none. */
  readonly zone?: string
  /** Of campaigns: what every row tells, when no column does. */
  readonly reaction?: Reaction
  /** Of consents: the purposes that every row denies, as a list of unsubscribed people does. */
  readonly denies?: readonly Purpose[]
  /** Properties that every row has: a currency, a channel, a shop. */
  readonly constants?: { readonly [property: string]: string }
}

export const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type Encoding = (typeof ENCODINGS)[number]
export const DELIMITERS = [',', ';', '\t', '|'] as const
export type Delimiter = (typeof DELIMITERS)[number]

/** How a file is written. */
export type ImportFormat =
  | { readonly type: 'csv'; readonly encoding: Encoding; readonly delimiter: Delimiter }
  | { readonly type: 'ndjson'; readonly encoding: Encoding }

/** Why no import can be made of a file as a whole. */
export type FileFault =
  | 'empty'
  | 'packed'
  | 'workbook'
  | 'binary'
  | 'list'
  | 'carriage-returns'
  | 'no-heading'
  | 'no-object'
  | 'too-many-columns'

/**
 * (`uploading`: parts are missing →) `uploaded` → `checking` (dry run) → `ready` → `running` → `done`. `paused`: the shards are busy, it goes on by
 * itself. `failed`: it cannot go on; starting it again goes on where it stopped.
 */
export type ImportState =
  | 'uploading'
  | 'uploaded'
  | 'checking'
  | 'ready'
  | 'running'
  | 'paused'
  | 'done'
  | 'cancelled'
  | 'failed'

/** Rows, never events: an order of twenty lines counts twenty. `read` is the sum of the other four. */
export interface ImportCounts {
  readonly read: number
  /** New; in a dry run: fit to be taken in. */
  readonly accepted: number
  /** Known already: the file, or the same part of it, was sent before. */
  readonly duplicate: number
  /** The row is not as its mapping says. */
  readonly rejected: number
  /** Well-formed, but cannot be kept. */
  readonly failed: number
}

/** Bad rows that are bad for the same reason. */
export interface ImportFaultGroup {
  readonly column?: string
  readonly reason: string
  readonly rows: number
  /** The first of them. */
  readonly first: readonly number[]
}

export interface ImportRowError {
  /** As a spreadsheet counts: the heading is row 1. */
  readonly row: number
  readonly column?: string
  /** Why, as a code; the dashboard translates it. */
  readonly reason: string
}

/** A file that arrives in parts. */
export interface ApiImportUpload {
  /** Bytes of every part but the last, which has the rest. */
  readonly partSize: number
  /** Numbers, from 1, of the parts that are there. */
  readonly received: readonly number[]
  /** What its sender knows the file by, to go on with it after a break. */
  readonly fingerprint?: string
  /** It is dropped if no other part comes until then. */
  readonly expiresAt: string
}

export interface ApiImport {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly state: ImportState
  /** Bytes of the file, and how many of them are read; while it is uploading: how many have arrived. */
  readonly size: number
  readonly position: number
  /** While it is uploading. */
  readonly upload?: ApiImportUpload
  /** Not known before all of the file is there, as little as its columns. */
  readonly format?: ImportFormat
  readonly columns: readonly string[]
  /** First rows, one text a column. Only of one import, and only while its file is kept. */
  readonly sample?: readonly (readonly string[])[]
  readonly suggested?: ImportMapping
  readonly mapping?: ImportMapping
  /** Whether `counts` are of a dry run. */
  readonly dryRun: boolean
  readonly counts: ImportCounts
  /** Rows a second of late; 0 when it does not run. */
  readonly rate: number
  /** The first of them; all are in `errors.csv`. */
  readonly errors: readonly ImportRowError[]
  /** All bad rows by what is wrong with them, the most frequent first. */
  readonly faults: readonly ImportFaultGroup[]
  /** Bad rows beyond what the error file keeps. */
  readonly errorsOmitted: number
  /** Why it failed or is paused. */
  readonly trouble?: string
  readonly startedAt?: string
  readonly finishedAt?: string
}

export interface ApiImportMapping {
  readonly id: string
  readonly name: string
  readonly mapping: ImportMapping
  readonly createdAt: string
}
