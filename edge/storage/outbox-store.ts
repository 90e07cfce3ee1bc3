import type { ApiDelivery } from '../protocol/api.ts'
import type { DeliveryState } from '../protocol/delivery.ts'
import type {
  ActivationId,
  DeliveryId,
  DestinationId,
  ProfileId,
  SegmentId,
} from '../protocol/id.ts'
import type { Cause } from '../protocol/membership.ts'
import { DAY, NEVER, type Millis } from '../protocol/time.ts'

/** Closed deliveries are shown for so long. */
const CLOSED_KEPT: Millis = 30 * DAY

export interface Attempt {
  readonly at: Millis
  readonly duration: Millis
  readonly status?: number
  readonly reason?: string
}

/** What is to be sent, written with the membership it follows from. */
export interface OutboxRow {
  readonly id: DeliveryId
  readonly profile: ProfileId
  readonly destination: DestinationId
  readonly activation: ActivationId
  readonly segment: SegmentId
  readonly type: 'entered' | 'exited'
  readonly at: Millis
  readonly decidedAt: Millis
  readonly cause: Cause
  readonly state: DeliveryState
  /** Number of the attempt to make next, from 1. */
  readonly attempt: number
  readonly nextAt: Millis
  readonly createdAt: Millis
  readonly attempts: readonly Attempt[]
}

type Sql = {
  id: string
  seq: number
  data: string
  state: string
  attempt: number
  next_at: number
  log: string
}

const decode = ({ id, data, state, attempt, next_at: nextAt, log }: Sql): OutboxRow => ({
  ...JSON.parse(data),
  id,
  state,
  attempt,
  nextAt,
  attempts: JSON.parse(log),
})

const STATES: readonly DeliveryState[] = ['pending', 'delivered', 'parked', 'refused']

/** Deliveries of one shard. A row is closed only by the consumer's receipt: the queue may forget, this does not. */
export class OutboxStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    // `line` is (profile, destination): within it order is kept, so only its oldest open row may leave.
    sql.exec(`CREATE TABLE IF NOT EXISTS outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, line TEXT NOT NULL,
      data TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL, next_at REAL NOT NULL,
      closed_at REAL, log TEXT NOT NULL)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS outbox_open ON outbox (next_at) WHERE state = 'pending'`)
    sql.exec(`CREATE INDEX IF NOT EXISTS outbox_line ON outbox (line, seq) WHERE state = 'pending'`)
  }

  add({ id, state, attempt, nextAt, attempts, ...data }: OutboxRow): void {
    this.#sql.exec(
      `INSERT INTO outbox (id, line, data, state, attempt, next_at, log) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      id,
      `${data.profile}/${data.destination}`,
      JSON.stringify(data),
      state,
      attempt,
      nextAt,
      JSON.stringify(attempts),
    )
  }

  find(id: DeliveryId): OutboxRow | undefined {
    const [row] = this.#sql.exec<Sql>('SELECT * FROM outbox WHERE id = ?', id).toArray()
    return row && decode(row)
  }

  /** Rows to send now: due, and first of their line. */
  due(now: Millis, limit: number): OutboxRow[] {
    return this.#sql
      .exec<Sql>(
        `SELECT * FROM outbox AS o WHERE state = 'pending' AND next_at <= ?
         AND NOT EXISTS (SELECT 1 FROM outbox AS e
           WHERE e.line = o.line AND e.seq < o.seq AND e.state = 'pending')
         ORDER BY next_at LIMIT ?`,
        now,
        limit,
      )
      .toArray()
      .map(decode)
  }

  /** When the next row that may leave is due. */
  earliest(): Millis {
    const { due } = this.#sql
      .exec<{ due: number | null }>(
        `SELECT min(next_at) AS due FROM outbox AS o WHERE state = 'pending'
         AND NOT EXISTS (SELECT 1 FROM outbox AS e
           WHERE e.line = o.line AND e.seq < o.seq AND e.state = 'pending')`,
      )
      .one()
    return due ?? NEVER
  }

  oldestOpen(): Millis | null {
    const [row] = this.#sql
      .exec<Sql>(`SELECT * FROM outbox WHERE state = 'pending' ORDER BY seq LIMIT 1`)
      .toArray()
    return row === undefined ? null : decode(row).createdAt
  }

  update(
    id: DeliveryId,
    {
      state,
      attempt,
      nextAt,
      attempts,
    }: Pick<OutboxRow, 'state' | 'attempt' | 'nextAt' | 'attempts'>,
    now: Millis,
  ): void {
    this.#sql.exec(
      'UPDATE outbox SET state = ?, attempt = ?, next_at = ?, log = ?, closed_at = ? WHERE id = ?',
      state,
      attempt,
      nextAt,
      JSON.stringify(attempts),
      state === 'pending' ? null : now,
      id,
    )
  }

  /** Until the receipt arrives, or the lease ends because message or receipt was lost. */
  lease(id: DeliveryId, until: Millis): void {
    this.#sql.exec('UPDATE outbox SET next_at = ? WHERE id = ?', until, id)
  }

  /** Place of a delivery in the shard's list, for paging. */
  sequenceOf(id: string): number | undefined {
    return this.#sql.exec<{ seq: number }>('SELECT seq FROM outbox WHERE id = ?', id).toArray()[0]
      ?.seq
  }

  /** Newest first. */
  list(
    state: DeliveryState | undefined,
    before: number,
    limit: number,
  ): { seq: number; row: OutboxRow }[] {
    return this.#sql
      .exec<Sql>(
        `SELECT * FROM outbox WHERE seq < ?1 AND (?2 IS NULL OR state = ?2) ORDER BY seq DESC LIMIT ?3`,
        before,
        state ?? null,
        limit,
      )
      .toArray()
      .map((row) => ({ seq: row.seq, row: decode(row) }))
  }

  counts(): { readonly [S in DeliveryState]: number } {
    const rows = this.#sql
      .exec<{ state: DeliveryState; n: number }>(
        'SELECT state, count(*) AS n FROM outbox GROUP BY state',
      )
      .toArray()
    const of = (state: DeliveryState) => rows.find((row) => row.state === state)?.n ?? 0
    const [pending, delivered, parked, refused] = STATES.map(of)
    return {
      pending: pending ?? 0,
      delivered: delivered ?? 0,
      parked: parked ?? 0,
      refused: refused ?? 0,
    }
  }

  expire(now: Millis): void {
    this.#sql.exec(
      `DELETE FROM outbox WHERE closed_at < ? AND state = 'delivered'`,
      now - CLOSED_KEPT,
    )
  }
}

const iso = (at: Millis): string => new Date(at).toISOString()

export const toApiDelivery = (row: OutboxRow): ApiDelivery => ({
  id: row.id,
  state: row.state,
  destination: row.destination,
  activation: row.activation,
  segment: row.segment,
  type: row.type,
  profile: row.profile,
  at: iso(row.at),
  createdAt: iso(row.createdAt),
  nextAttemptAt: row.state === 'pending' ? iso(row.nextAt) : null,
  attempts: row.attempts.map(({ at, ...rest }) => ({ at: iso(at), ...rest })),
  cause: row.cause,
})
