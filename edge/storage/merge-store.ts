import type { DeviceId, ProfileId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'

/** A merge under way in the loser's shard, or one that the survivor's shard has applied. */
export interface MergeSaga {
  readonly id: string
  readonly loser: ProfileId
  readonly survivor: ProfileId
  readonly through: string
  /** Whether who said that the two are one had proved it. */
  readonly proven: boolean
  readonly at: Millis
  /** Devices that were the loser's at that moment; others it knows were handed to somebody else before. */
  readonly devices: readonly DeviceId[]
}

interface OpenMerge {
  readonly saga: MergeSaga
  /** The loser's encoded profile. */
  readonly state: string
}

type Sql = { data: string; state: string }

const decode = ({ data, state }: Sql): OpenMerge => ({ saga: JSON.parse(data), state })

/**
 * Both sides of a merge across shards. The loser's shard keeps the intent until it is done; the survivor's keeps the
 * staged pages until they are applied, and that they were, so that a step that is repeated changes nothing.
 */
export class MergeStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS saga (
      id TEXT PRIMARY KEY, data TEXT NOT NULL, state TEXT NOT NULL, retry_at REAL NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS saga_retry ON saga (retry_at)')
    sql.exec(`CREATE INDEX IF NOT EXISTS saga_loser ON saga (data ->> '$.loser')`)
    sql.exec(`CREATE TABLE IF NOT EXISTS staged (
      saga TEXT NOT NULL, page INTEGER NOT NULL, chunks TEXT NOT NULL,
      PRIMARY KEY (saga, page)) WITHOUT ROWID`)
    sql.exec(
      'CREATE TABLE IF NOT EXISTS applied (saga TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID',
    )
  }

  /** `state` is the loser's encoded profile at the moment it began to forward. */
  begin(saga: MergeSaga, state: string, retryAt: Millis): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO saga (id, data, state, retry_at) VALUES (?, ?, ?, ?)',
      saga.id,
      JSON.stringify(saga),
      state,
      retryAt,
    )
  }

  /** Those to be gone on with by now, the longest waiting first. */
  due(now: Millis, limit: number): OpenMerge[] {
    return this.#sql
      .exec<Sql>(
        'SELECT data, state FROM saga WHERE retry_at <= ? ORDER BY retry_at LIMIT ?',
        now,
        limit,
      )
      .toArray()
      .map(decode)
  }

  /** When the next open merge is to be gone on with. */
  earliest(): Millis {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(retry_at) AS due FROM saga')
      .one()
    return due ?? NEVER
  }

  of(loser: ProfileId): OpenMerge | undefined {
    const [row] = this.#sql
      .exec<Sql>(`SELECT data, state FROM saga WHERE data ->> '$.loser' = ?`, loser)
      .toArray()
    return row && decode(row)
  }

  postpone(id: string, retryAt: Millis): void {
    this.#sql.exec('UPDATE saga SET retry_at = ? WHERE id = ?', retryAt, id)
  }

  end(id: string): void {
    this.#sql.exec('DELETE FROM saga WHERE id = ?', id)
  }

  stage(saga: string, page: number, chunks: readonly string[]): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO staged (saga, page, chunks) VALUES (?, ?, ?)',
      saga,
      page,
      JSON.stringify(chunks),
    )
  }

  staged(saga: string): string[] {
    return this.#sql
      .exec<{ chunks: string }>('SELECT chunks FROM staged WHERE saga = ? ORDER BY page', saga)
      .toArray()
      .flatMap(({ chunks }) => JSON.parse(chunks) as string[])
  }

  wasApplied(saga: string): boolean {
    return this.#sql.exec('SELECT 1 FROM applied WHERE saga = ?', saga).toArray().length > 0
  }

  markApplied(saga: string, at: Millis): void {
    this.#sql.exec('INSERT OR IGNORE INTO applied (saga, at) VALUES (?, ?)', saga, at)
    this.unstage(saga)
  }

  /** Pages that will not be applied here. */
  unstage(saga: string): void {
    this.#sql.exec('DELETE FROM staged WHERE saga = ?', saga)
  }
}
