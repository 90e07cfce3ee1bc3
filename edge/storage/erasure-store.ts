import type {
  ErasedDay,
  ErasedPerson,
  ErasureCounts,
  ErasureState,
  ErasureStep,
} from '../protocol/erasure.ts'
import type { DestinationId, ProfileId, WorkspaceId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'

/** An erasure and how far it is. */
export interface ErasureRecord {
  readonly id: string
  readonly workspace: WorkspaceId
  readonly profile: ProfileId
  readonly state: ErasureState
  readonly requestedAt: Millis
  readonly erasedAt?: Millis
  readonly doneAt?: Millis
  readonly step: ErasureStep
  readonly counts: ErasureCounts
  /** Failures in a row. */
  readonly failures: number
  /** Until it is done. */
  readonly person?: ErasedPerson
  /** Where its graph lives: the id by whose shard it was found. */
  readonly at: ProfileId
  readonly destinations: readonly DestinationId[]
  /** The last object of the lake that was looked at, of the day at hand. */
  readonly lakeKey?: string
}

type Row = { data: string }
const decode = ({ data }: Row): ErasureRecord => JSON.parse(data) as ErasureRecord

/** Erasures of one workspace: receipts for ever, and what a running one must know of its person until it is done. */
export class ErasureStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS erasure (
      id TEXT PRIMARY KEY, profile TEXT NOT NULL, requested_at REAL NOT NULL, due REAL, data TEXT NOT NULL)
      WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS erasure_age ON erasure (requested_at, id)')
    sql.exec('CREATE INDEX IF NOT EXISTS erasure_profile ON erasure (profile)')
    sql.exec('CREATE INDEX IF NOT EXISTS erasure_due ON erasure (due) WHERE due NOT NULL')
    sql.exec(`CREATE TABLE IF NOT EXISTS day (
      erasure TEXT NOT NULL, day TEXT NOT NULL, hashes BLOB NOT NULL,
      PRIMARY KEY (erasure, day)) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS lake_lock (
      id INTEGER PRIMARY KEY CHECK (id = 1), until REAL NOT NULL)`)
  }

  find(id: string): ErasureRecord | undefined {
    const [row] = this.#sql.exec<Row>('SELECT data FROM erasure WHERE id = ?', id).toArray()
    return row && decode(row)
  }

  ofProfile(profile: ProfileId): ErasureRecord | undefined {
    const [row] = this.#sql
      .exec<Row>(
        'SELECT data FROM erasure WHERE profile = ? ORDER BY requested_at DESC LIMIT 1',
        profile,
      )
      .toArray()
    return row && decode(row)
  }

  /** Newest first, after a position. */
  list(after: { readonly at: Millis; readonly id: string } | undefined, limit: number) {
    return this.#sql
      .exec<Row>(
        `SELECT data FROM erasure WHERE (requested_at, id) < (?, ?)
         ORDER BY requested_at DESC, id DESC LIMIT ?`,
        after?.at ?? Number.MAX_SAFE_INTEGER,
        after?.id ?? '',
        limit,
      )
      .toArray()
      .map(decode)
  }

  /** `due`: when to go on; never: it rests. */
  save(record: ErasureRecord, due: Millis): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO erasure (id, profile, requested_at, due, data) VALUES (?, ?, ?, ?, ?)`,
      record.id,
      record.profile,
      record.requestedAt,
      due === NEVER ? null : due,
      JSON.stringify(record),
    )
  }

  due(now: Millis, limit: number): ErasureRecord[] {
    return this.#sql
      .exec<Row>('SELECT data FROM erasure WHERE due <= ? ORDER BY due LIMIT ?', now, limit)
      .toArray()
      .map(decode)
  }

  earliest(): Millis {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(due) AS due FROM erasure WHERE due NOT NULL')
      .one()
    return due ?? NEVER
  }

  saveDays(erasure: string, days: readonly ErasedDay[]): void {
    for (const { day, hashes } of days) {
      this.#sql.exec('INSERT OR REPLACE INTO day VALUES (?, ?, ?)', erasure, day, hashes)
    }
  }

  /** From a day on, oldest first. */
  days(erasure: string, from = '', limit = Number.MAX_SAFE_INTEGER): ErasedDay[] {
    return this.#sql
      .exec<{ day: string; hashes: ArrayBuffer }>(
        'SELECT day, hashes FROM day WHERE erasure = ? AND day >= ? ORDER BY day LIMIT ?',
        erasure,
        from,
        limit,
      )
      .toArray()
  }

  dropDay(erasure: string, day: string): void {
    this.#sql.exec('DELETE FROM day WHERE erasure = ? AND day = ?', erasure, day)
  }

  /** Until when somebody joins files of the lake. */
  lakeLock(): Millis {
    const [row] = this.#sql.exec<{ until: number }>('SELECT until FROM lake_lock').toArray()
    return row?.until ?? 0
  }

  lockLake(until: Millis): void {
    this.#sql.exec('INSERT OR REPLACE INTO lake_lock (id, until) VALUES (1, ?)', until)
  }
}
