import type { DeviceId, ProfileId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'

/** A graph of people on its way from the shard of its root to that of an older one. */
export interface MoveSaga {
  readonly id: string
  /** Root of the graph that moves. */
  readonly root: ProfileId
  /** Root of the older graph it moves to. */
  readonly to: ProfileId
  readonly at: Millis
  readonly through: Through
}

/** What two graphs had in common when they were joined. */
export interface Through {
  /** Keys of what one message named: the value claimed, and whom it came from. */
  readonly keys: readonly [claimed: string, by: string]
  readonly proven: boolean
  /** Who is one person is asked later: the graph is about to be looked at under other settings. */
  readonly later?: true
}

/** `copying`: held, and not yet known to be there. `pointing`: it is there; whatever pointed here is told. */
export type MovePhase = 'copying' | 'pointing'

/** What still points at the graph's old place once it has moved. */
export interface Pointers {
  readonly to: ProfileId
  readonly ids: readonly ProfileId[]
  readonly devices: readonly DeviceId[]
  readonly identifiers: readonly { readonly kind: string; readonly value: string }[]
  /** Ids that are no more, and that claims may still name. */
  readonly former?: readonly ProfileId[]
}

export interface OpenMove {
  readonly saga: MoveSaga
  readonly phase: MovePhase
  /** Of the phase `pointing`. */
  readonly pointers?: Pointers
}

/** A part of a graph's people, staged before all are taken in at once. */
export interface StagedPage {
  readonly profile: ProfileId
  /** The encoded profile; only with the first page of each. */
  readonly state?: string
  /** Chunks of its history. */
  readonly chunks: readonly string[]
  /** Instead: what is known of an account it belongs to, its traits encoded. */
  readonly account?: { readonly id: string; readonly traits: string }
}

type Row = { data: string; phase: string; pointers: string | null }

const decode = ({ data, phase, pointers }: Row): OpenMove => ({
  saga: JSON.parse(data) as MoveSaga,
  phase: phase as MovePhase,
  ...(pointers !== null && { pointers: JSON.parse(pointers) as Pointers }),
})

/**
 * Both sides of a move. The old shard keeps the intent until it is done; the new one keeps the staged pages until they
 * are applied, and that they were, so that a step that is repeated changes nothing.
 */
export class MergeStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS saga (
      id TEXT PRIMARY KEY, data TEXT NOT NULL, phase TEXT NOT NULL, pointers TEXT,
      retry_at REAL NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS saga_retry ON saga (retry_at)')
    sql.exec(`CREATE TABLE IF NOT EXISTS staged (
      saga TEXT NOT NULL, page INTEGER NOT NULL, data TEXT NOT NULL,
      PRIMARY KEY (saga, page)) WITHOUT ROWID`)
    sql.exec(
      'CREATE TABLE IF NOT EXISTS applied (saga TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID',
    )
  }

  begin(saga: MoveSaga, retryAt: Millis): void {
    this.#sql.exec(
      `INSERT OR IGNORE INTO saga (id, data, phase, pointers, retry_at)
       VALUES (?, ?, 'copying', NULL, ?)`,
      saga.id,
      JSON.stringify(saga),
      retryAt,
    )
  }

  find(id: string): OpenMove | undefined {
    const [row] = this.#sql
      .exec<Row>('SELECT data, phase, pointers FROM saga WHERE id = ?', id)
      .toArray()
    return row && decode(row)
  }

  /** Those to be gone on with by now, the longest waiting first. */
  due(now: Millis, limit: number): OpenMove[] {
    return this.#sql
      .exec<Row>(
        'SELECT data, phase, pointers FROM saga WHERE retry_at <= ? ORDER BY retry_at LIMIT ?',
        now,
        limit,
      )
      .toArray()
      .map(decode)
  }

  /** When the next open move is to be gone on with. */
  earliest(): Millis {
    const { due } = this.#sql
      .exec<{ due: number | null }>('SELECT min(retry_at) AS due FROM saga')
      .one()
    return due ?? NEVER
  }

  postpone(id: string, retryAt: Millis): void {
    this.#sql.exec('UPDATE saga SET retry_at = ? WHERE id = ?', retryAt, id)
  }

  /** It is there: only what points at the old place is left to do. */
  arrived(id: string, pointers: Pointers): void {
    this.#sql.exec(
      `UPDATE saga SET phase = 'pointing', pointers = ? WHERE id = ?`,
      JSON.stringify(pointers),
      id,
    )
  }

  end(id: string): void {
    this.#sql.exec('DELETE FROM saga WHERE id = ?', id)
  }

  stage(saga: string, page: number, data: StagedPage): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO staged (saga, page, data) VALUES (?, ?, ?)',
      saga,
      page,
      JSON.stringify(data),
    )
  }

  *staged(saga: string): Generator<StagedPage> {
    const rows = this.#sql.exec<{ data: string }>(
      'SELECT data FROM staged WHERE saga = ? ORDER BY page',
      saga,
    )
    for (const { data } of rows) yield JSON.parse(data) as StagedPage
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

  /** Whether a move that is not over names one of these. */
  isNamed(ids: readonly ProfileId[]): boolean {
    return ids.some(
      (id) =>
        this.#sql
          .exec(
            `SELECT 1 FROM saga WHERE instr(data, ?1) > 0 OR instr(coalesce(pointers, ''), ?1) > 0
             LIMIT 1`,
            id,
          )
          .toArray().length > 0,
    )
  }

  /** Pages of somebody that no move will fetch. */
  unstageOf(id: ProfileId): void {
    this.#sql.exec(`DELETE FROM staged WHERE data ->> '$.profile' = ?`, id)
  }
}
