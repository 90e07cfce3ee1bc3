import type { SourceId, WorkspaceId } from '../protocol/id.ts'
import type {
  ImportCounts,
  ImportFaultGroup,
  ImportFormat,
  ImportMapping,
  ImportRowError,
  ImportState,
} from '../protocol/import.ts'
import type { Millis } from '../protocol/time.ts'
import { MetaStore } from './meta-store.ts'

/** Where a job has got to. Everything before is counted. */
export interface ImportCursor {
  /** Offset in the file. */
  readonly byte: number
  /** Rows before it, heading included. */
  readonly row: number
  /** The row that begins before `byte` is too long: its rest is passed over. */
  readonly inLongRow?: boolean
  /** Number of an order that is too long: its other lines are refused like its first. */
  readonly longOrder?: string
}

/** A file on its way into the bucket, part by part. */
export interface ImportUpload {
  readonly state: 'uploading'
  readonly workspace: WorkspaceId
  readonly id: string
  readonly name: string
  readonly key: string
  readonly size: number
  readonly createdAt: Millis
  /** The bucket's name for it. */
  readonly upload: string
  readonly fingerprint?: string
  readonly parts: readonly ReceivedPart[]
  readonly expiresAt: Millis
}

/** A part that the bucket has, with the receipt that it wants back in the end. */
export interface ReceivedPart {
  readonly partNumber: number
  readonly etag: string
}

/** A file that lies in the bucket, ready to be read. */
export interface ImportFile {
  readonly workspace: WorkspaceId
  readonly id: string
  readonly name: string
  readonly source: SourceId
  /** Key in the bucket. */
  readonly key: string
  readonly size: number
  readonly format: ImportFormat
  readonly columns: readonly string[]
  /** Where the first row after the heading begins. */
  readonly start: ImportCursor
  readonly createdAt: Millis
}

/** All that one import must not forget. */
export interface ImportRecord extends ImportFile {
  readonly state: Exclude<ImportState, 'uploading'>
  /** What runs now, or ran last, sends nothing. */
  readonly dryRun: boolean
  readonly mapping?: ImportMapping
  readonly cursor: ImportCursor
  readonly counts: ImportCounts
  /** Grows with every start: what an earlier run still brings is dropped. */
  readonly run: number
  /** The first of the bad rows. */
  readonly errors: readonly ImportRowError[]
  readonly errorsOmitted: number
  readonly faults: readonly ImportFaultGroup[]
  /** When so many rows were read, of late: tells the rate. */
  readonly pace: readonly (readonly [at: Millis, read: number])[]
  /** Slices in a row that failed. */
  readonly failures: number
  readonly trouble?: string
  readonly startedAt?: Millis
  readonly finishedAt?: Millis
  /** The file is deleted. */
  readonly isGone?: boolean
}

export const NO_COUNTS: ImportCounts = {
  read: 0,
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  failed: 0,
}

/** Of the error file, at most so many characters: a hundred thousand rows and more. */
const MAX_CHARACTERS = 32 * 1_024 * 1_024

/** One import's record, and its bad rows: sealed, for they hold addresses; one row a slice. */
export class ImportStore {
  readonly #sql: SqlStorage
  readonly #meta: MetaStore

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#meta = new MetaStore(sql)
    sql.exec(
      'CREATE TABLE IF NOT EXISTS fault (seq INTEGER PRIMARY KEY, rows INTEGER NOT NULL, sealed TEXT NOT NULL)',
    )
  }

  record(): ImportRecord | undefined {
    return this.#meta.get<ImportRecord>('record')
  }

  save(record: ImportRecord): void {
    this.#meta.set('record', record)
  }

  upload(): ImportUpload | undefined {
    return this.#meta.get<ImportUpload | null>('upload') ?? undefined
  }

  /** Undefined: all of it is there, or nothing of it will be. */
  saveUpload(upload: ImportUpload | undefined): void {
    this.#meta.set('upload', upload ?? null)
  }

  /** Key of a file that may lie in the bucket, whether or not its upload was finished. */
  reserved(): string | undefined {
    return this.#meta.get<string>('reserved')
  }

  reserve(key: string): void {
    this.#meta.set('reserved', key)
  }

  /** False: the error file is full. */
  addFaults(sealed: string, rows: number): boolean {
    const [{ size } = { size: 0 }] = this.#sql
      .exec<{ size: number }>('SELECT coalesce(sum(length(sealed)), 0) AS size FROM fault')
      .toArray()
    if (size + sealed.length > MAX_CHARACTERS) return false
    this.#sql.exec('INSERT INTO fault (rows, sealed) VALUES (?, ?)', rows, sealed)
    return true
  }

  /** The next sealed part after `after`; undefined: there is none. */
  faults(after: number): { readonly seq: number; readonly sealed: string } | undefined {
    return this.#sql
      .exec<{ seq: number; sealed: string }>(
        'SELECT seq, sealed FROM fault WHERE seq > ? ORDER BY seq LIMIT 1',
        after,
      )
      .toArray()[0]
  }

  dropFaults(): void {
    this.#sql.exec('DELETE FROM fault')
  }

  /** As if there never had been an import. */
  clear(): void {
    this.dropFaults()
    this.#sql.exec('DELETE FROM meta')
  }
}
