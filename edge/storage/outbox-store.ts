import type { ApiDelivery } from '../protocol/api.ts'
import type { ApiTouchRefusal } from '../protocol/api-touch.ts'
import type { ChannelChoice, DeliveryState } from '../protocol/delivery.ts'
import type {
  ActivationId,
  DeliveryId,
  DestinationId,
  ProfileId,
  SegmentId,
} from '../protocol/id.ts'
import type { Cause } from '../protocol/membership.ts'
import type { TouchAsk, TouchRefusal } from '../protocol/touch.ts'
import { DAY, NEVER, type Millis } from '../protocol/time.ts'

/** Delivered ones are shown for so long; those that never arrived can be replayed for longer. */
const DELIVERED_KEPT: Millis = 30 * DAY
const CLOSED_KEPT: Millis = 90 * DAY

export interface Attempt {
  readonly at: Millis
  readonly duration: Millis
  readonly status?: number
  readonly reason?: string
}

/** What is to be sent, written with the membership it follows from. */
export type OutboxRow = Delivery & (Crossing | Notice)

/** Somebody entered or exited a segment. */
interface Crossing {
  readonly type: 'entered' | 'exited'
  readonly activation: ActivationId
  readonly segment: SegmentId
  readonly decidedAt: Millis
  readonly cause: Cause
  readonly clauses?: readonly string[]
  readonly choice?: ChannelChoice
  /** It reaches its person on a channel: it takes a place under the caps while it is not given up. */
  readonly touch?: TouchAsk
  /** The cap it would have broken. */
  readonly refusal?: TouchRefusal
}

/** Somebody was erased: whoever was told of them must erase them too. */
interface Notice {
  readonly type: 'erased'
}

interface Delivery {
  readonly id: DeliveryId
  readonly profile: ProfileId
  readonly destination: DestinationId
  readonly at: Millis
  readonly state: DeliveryState
  /** Number of the attempt to make next, from 1; a replay counts on. */
  readonly attempt: number
  /** Attempts made before the last replay: the schedule begins anew behind them. */
  readonly replayedAfter: number
  /** How often the present attempt was handed to the queue without a receipt. */
  readonly releases: number
  readonly nextAt: Millis
  readonly createdAt: Millis
  readonly attempts: readonly Attempt[]
}

/** As a row is added. */
export type NewRow = Omit<
  Delivery,
  'state' | 'attempt' | 'replayedAfter' | 'releases' | 'attempts'
> &
  (Crossing | Notice)

type Sql = {
  id: string
  seq: number
  data: string
  state: string
  attempt: number
  replayed_after: number
  releases: number
  next_at: number | null
  log: string
}

function decode(sql: Sql): OutboxRow {
  const data = JSON.parse(sql.data)
  return {
    ...data,
    id: sql.id,
    state: sql.state,
    attempt: sql.attempt,
    replayedAfter: sql.replayed_after,
    releases: sql.releases,
    nextAt: sql.next_at ?? data.createdAt,
    attempts: JSON.parse(sql.log),
  }
}

const STATES: readonly DeliveryState[] = ['pending', 'delivered', 'parked', 'refused']

/** Deliveries of one shard. A row is closed only by the consumer's receipt: the queue may forget, this does not. */
export class OutboxStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    // `line` is (profile, destination): within it order is kept, so only its oldest open row has a `next_at`. The
    // rows behind it wait without one, and cost nothing while a receiver is away.
    sql.exec(`CREATE TABLE IF NOT EXISTS outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, line TEXT NOT NULL,
      data TEXT NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,
      replayed_after INTEGER NOT NULL, releases INTEGER NOT NULL, next_at REAL,
      closed_at REAL, log TEXT NOT NULL)`)
    sql.exec(`CREATE INDEX IF NOT EXISTS outbox_head ON outbox (next_at) WHERE next_at NOT NULL`)
    sql.exec(`CREATE INDEX IF NOT EXISTS outbox_line ON outbox (line, seq) WHERE state = 'pending'`)
    sql.exec(
      `CREATE INDEX IF NOT EXISTS outbox_closed ON outbox (closed_at) WHERE closed_at NOT NULL`,
    )
  }

  /** A new row, due at `nextAt` unless an older one of its line is still open. */
  add(row: NewRow): void {
    const { id, nextAt, ...data } = row
    const line = `${data.profile}/${data.destination}`
    this.#sql.exec(
      `INSERT INTO outbox (id, line, data, state, attempt, replayed_after, releases, next_at, log)
       VALUES (?, ?, ?, 'pending', 1, 0, 0, ?, '[]')`,
      id,
      line,
      JSON.stringify(data),
      this.#hasOpen(line) ? null : nextAt,
    )
  }

  /** A new row of what is not sent, for a reason that is told. */
  addRefused(row: NewRow, attempt: Attempt): void {
    const { id, nextAt: _, ...data } = row
    this.#sql.exec(
      `INSERT INTO outbox
         (id, line, data, state, attempt, replayed_after, releases, next_at, closed_at, log)
       VALUES (?, ?, ?, 'refused', 1, 0, 0, NULL, ?, ?)`,
      id,
      `${data.profile}/${data.destination}`,
      JSON.stringify(data),
      attempt.at,
      JSON.stringify([attempt]),
    )
  }

  #hasOpen(line: string): boolean {
    const rows = this.#sql.exec(
      `SELECT 1 FROM outbox WHERE line = ? AND state = 'pending' LIMIT 1`,
      line,
    )
    return rows.toArray().length > 0
  }

  find(id: DeliveryId): OutboxRow | undefined {
    const [row] = this.#sql.exec<Sql>('SELECT * FROM outbox WHERE id = ?', id).toArray()
    return row && decode(row)
  }

  /** Rows to send now: due, and first of their line. */
  due(now: Millis, limit: number): OutboxRow[] {
    return this.#sql
      .exec<Sql>(
        'SELECT * FROM outbox WHERE next_at NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?',
        now,
        limit,
      )
      .toArray()
      .map(decode)
  }

  /** When the next row that may leave is due. */
  earliest(): Millis {
    const [row] = this.#sql
      .exec<{ due: number }>(
        'SELECT next_at AS due FROM outbox WHERE next_at NOT NULL ORDER BY next_at LIMIT 1',
      )
      .toArray()
    return row?.due ?? NEVER
  }

  oldestOpen(): Millis | null {
    const [row] = this.#sql
      .exec<Sql>(`SELECT * FROM outbox WHERE state = 'pending' ORDER BY seq LIMIT 1`)
      .toArray()
    return row === undefined ? null : decode(row).createdAt
  }

  /** Tried in vain: due again, as the next attempt. */
  postpone(id: DeliveryId, nextAt: Millis, attempts: readonly Attempt[]): void {
    this.#sql.exec(
      'UPDATE outbox SET attempt = attempt + 1, releases = 0, next_at = ?, log = ? WHERE id = ?',
      nextAt,
      JSON.stringify(attempts),
      id,
    )
  }

  /** Delivered, or given up: the next of its line is due. */
  close(
    id: DeliveryId,
    state: Exclude<DeliveryState, 'pending'>,
    attempts: readonly Attempt[],
    now: Millis,
  ): void {
    this.#sql.exec(
      'UPDATE outbox SET state = ?, next_at = NULL, log = ?, closed_at = ? WHERE id = ?',
      state,
      JSON.stringify(attempts),
      now,
      id,
    )
    this.#sql.exec(
      `UPDATE outbox SET next_at = ?1 WHERE next_at IS NULL AND seq = (SELECT min(seq) FROM outbox
       WHERE state = 'pending' AND line = (SELECT line FROM outbox WHERE id = ?2))`,
      now,
      id,
    )
  }

  /**
   * Opens a closed row again, due at once whatever else is open: later ones of its line have passed it already. Its
   * attempts count on, its schedule begins anew.
   */
  reopen(id: DeliveryId, now: Millis): void {
    this.#sql.exec(
      `UPDATE outbox SET state = 'pending', closed_at = NULL, releases = 0, next_at = ?,
       replayed_after = attempt, attempt = attempt + 1,
       data = json_remove(data, '$.refusal') WHERE id = ?`,
      now,
      id,
    )
  }

  /** Until the receipt arrives, or the lease ends because message or receipt was lost. */
  lease(id: DeliveryId, until: Millis): void {
    this.#sql.exec('UPDATE outbox SET next_at = ?, releases = releases + 1 WHERE id = ?', until, id)
  }

  /** Ends the lease of an attempt that the queue never took. */
  takeBack(id: DeliveryId, attempt: number, nextAt: Millis): void {
    this.#sql.exec(
      `UPDATE outbox SET next_at = ?, releases = max(releases - 1, 0)
       WHERE id = ? AND attempt = ? AND state = 'pending'`,
      nextAt,
      id,
      attempt,
    )
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

  /**
   * Removes what is told of people, of so many rows looked at after `after`: sent or not. Notices of an erasure stay.
   * `last`: the last row looked at, if there may be more.
   */
  erase(
    profiles: readonly ProfileId[],
    after: number,
    limit: number,
  ): { readonly removed: number; readonly last?: number } {
    const people = new Set<string>(profiles)
    const heads = this.#sql
      .exec<{ seq: number; line: string }>(
        'SELECT seq, line FROM outbox WHERE seq > ? ORDER BY seq LIMIT ?',
        after,
        limit,
      )
      .toArray()
    let removed = 0
    for (const { seq, line } of heads) {
      if (!people.has(line.slice(0, line.indexOf('/')))) continue
      const [sql] = this.#sql.exec<Sql>('SELECT * FROM outbox WHERE seq = ?', seq).toArray()
      const row = sql && decode(sql)
      if (row === undefined || row.type === 'erased') continue
      this.#sql.exec('DELETE FROM outbox WHERE seq = ?', seq)
      removed++
    }
    const last = heads.length < limit ? undefined : heads.at(-1)?.seq
    return { removed, ...(last !== undefined && { last }) }
  }

  /** What was or is to be told of people, oldest first. */
  ofProfiles(profiles: readonly ProfileId[]): OutboxRow[] {
    return this.#sql
      .exec<Sql>(
        `SELECT * FROM outbox
         WHERE substr(line, 1, instr(line, '/') - 1) IN (SELECT value FROM json_each(?))
         ORDER BY seq`,
        JSON.stringify(profiles),
      )
      .toArray()
      .map(decode)
  }

  /** It has arrived, and nothing of it is kept. */
  remove(id: DeliveryId): void {
    this.#sql.exec('DELETE FROM outbox WHERE id = ?', id)
  }

  expire(now: Millis): void {
    this.#sql.exec(
      `DELETE FROM outbox WHERE closed_at < ?1 OR (closed_at < ?2 AND state = 'delivered')`,
      now - CLOSED_KEPT,
      now - DELIVERED_KEPT,
    )
  }
}

export const toApiRefusal = ({ freeAt, ...rule }: TouchRefusal): ApiTouchRefusal => ({
  ...rule,
  freeAt: freeAt === undefined ? null : iso(freeAt),
})

const iso = (at: Millis): string => new Date(at).toISOString()

export const toApiDelivery = (row: OutboxRow): ApiDelivery => ({
  id: row.id,
  state: row.state,
  destination: row.destination,
  activation: row.type === 'erased' ? null : row.activation,
  segment: row.type === 'erased' ? null : row.segment,
  type: row.type,
  profile: row.profile,
  at: iso(row.at),
  createdAt: iso(row.createdAt),
  nextAttemptAt: row.state === 'pending' ? iso(row.nextAt) : null,
  attempts: row.attempts.map(({ at, ...rest }) => ({ at: iso(at), ...rest })),
  cause: row.type === 'erased' ? null : row.cause,
  ...(row.type !== 'erased' && row.clauses !== undefined && { clauses: row.clauses }),
  ...(row.type !== 'erased' && row.choice !== undefined && { choice: row.choice }),
  ...(row.type !== 'erased' &&
    row.refusal !== undefined &&
    row.state === 'refused' && { refusal: toApiRefusal(row.refusal) }),
})
