import type { Condition } from '../protocol/condition.ts'
import type { CountResult, CountSlice, CountState, CountStatus } from '../protocol/count.ts'
import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'

/** A shard's part of a count, as it last told. */
export interface CountPlace extends CountSlice {
  readonly address: ShardAddress
}

export interface CountRecord {
  readonly id: string
  readonly workspace: WorkspaceId
  readonly condition: Condition
  readonly purposes: readonly string[]
  readonly state: CountState
  readonly reason?: NonNullable<CountStatus['reason']>
  readonly places: readonly CountPlace[]
  /** In a row. */
  readonly failures: number
  readonly createdAt: Millis
  readonly result?: CountResult
}

/** The counts of a workspace, those that are over among them for a while. */
export class CountStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS count (
      id TEXT PRIMARY KEY NOT NULL, running INTEGER NOT NULL, created REAL NOT NULL,
      data TEXT NOT NULL) WITHOUT ROWID`)
  }

  find(id: string): CountRecord | undefined {
    const [row] = this.#sql
      .exec<{ data: string }>('SELECT data FROM count WHERE id = ?', id)
      .toArray()
    return row && (JSON.parse(row.data) as CountRecord)
  }

  running(): CountRecord[] {
    return this.#sql
      .exec<{ data: string }>('SELECT data FROM count WHERE running = 1')
      .toArray()
      .map(({ data }) => JSON.parse(data) as CountRecord)
  }

  save(record: CountRecord): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO count (id, running, created, data) VALUES (?, ?, ?, ?)',
      record.id,
      record.state === 'running' ? 1 : 0,
      record.createdAt,
      JSON.stringify(record),
    )
  }

  /** Those that are over and began before an instant. */
  expire(before: Millis): void {
    this.#sql.exec('DELETE FROM count WHERE running = 0 AND created < ?', before)
  }
}
