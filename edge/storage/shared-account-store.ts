import type { AccountState } from '../protocol/account.ts'
import type { ShardAddress } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { decodeTraits, encodeTraits } from './known-account-store.ts'

/** A profile shard that does not know an account's present version yet. */
export interface Untold {
  readonly account: string
  readonly shard: ShardAddress
}

type Row = { id: string; version: number; traits: string }
const decode = ({ id, version, traits }: Row): AccountState => ({
  account: id,
  version,
  traits: decodeTraits(traits),
})

/** The accounts of one account shard, and which profile shards have to know each. */
export class SharedAccountStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS account (
      id TEXT PRIMARY KEY, version INTEGER NOT NULL, traits TEXT NOT NULL) WITHOUT ROWID`)
    // `retry_at` is null where the present version is known.
    sql.exec(`CREATE TABLE IF NOT EXISTS holder (
      account TEXT NOT NULL, region INTEGER NOT NULL, shard INTEGER NOT NULL,
      told INTEGER NOT NULL, retry_at REAL, PRIMARY KEY (account, region, shard)) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS holder_retry ON holder (retry_at) WHERE retry_at NOT NULL')
  }

  find(account: string): AccountState | undefined {
    const [row] = this.#sql
      .exec<Row>('SELECT id, version, traits FROM account WHERE id = ?', account)
      .toArray()
    return row && decode(row)
  }

  put({ account, version, traits }: AccountState): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO account (id, version, traits) VALUES (?, ?, ?)',
      account,
      version,
      encodeTraits(traits),
    )
  }

  list(after: string, limit: number): AccountState[] {
    return this.#sql
      .exec<Row>(
        'SELECT id, version, traits FROM account WHERE id > ? ORDER BY id LIMIT ?',
        after,
        limit,
      )
      .toArray()
      .map(decode)
  }

  holders(account: string): ShardAddress[] {
    return this.#sql
      .exec<{ region: number; shard: number }>(
        'SELECT region, shard FROM holder WHERE account = ? ORDER BY region, shard',
        account,
      )
      .toArray()
  }

  /** A shard knows a version, and is told of all later ones. */
  told(account: string, { region, shard }: ShardAddress, version: number): void {
    this.#sql.exec(
      `INSERT INTO holder (account, region, shard, told) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (account, region, shard) DO UPDATE SET
         told = max(told, ?4),
         retry_at = CASE WHEN max(told, ?4) >= (SELECT version FROM account WHERE id = ?1)
           THEN NULL ELSE retry_at END`,
      account,
      region,
      shard,
      version,
    )
  }

  /** Every shard that does not know the present version is to be told. */
  owe(account: string, due: Millis): void {
    this.#sql.exec(
      `UPDATE holder SET retry_at = ?2
       WHERE account = ?1 AND told < (SELECT version FROM account WHERE id = ?1)`,
      account,
      due,
    )
  }

  due(now: Millis, limit: number): Untold[] {
    return this.#sql
      .exec<{ account: string; region: number; shard: number }>(
        `SELECT account, region, shard FROM holder
         WHERE retry_at <= ? ORDER BY retry_at LIMIT ?`,
        now,
        limit,
      )
      .toArray()
      .map(({ account, region, shard }) => ({ account, shard: { region, shard } }))
  }

  postpone({ account, shard: { region, shard } }: Untold, until: Millis): void {
    this.#sql.exec(
      'UPDATE holder SET retry_at = ? WHERE account = ? AND region = ? AND shard = ?',
      until,
      account,
      region,
      shard,
    )
  }

  earliest(): Millis {
    const { due } = this.#sql
      .exec<{ due: number | null }>(
        'SELECT min(retry_at) AS due FROM holder WHERE retry_at NOT NULL',
      )
      .one()
    return due ?? NEVER
  }
}
