import type {
  AccountFacts,
  AccountState,
  AccountTrait,
  AccountTraits,
} from '../protocol/account.ts'
import type { ProfileId } from '../protocol/id.ts'
import { NEVER, type Millis } from '../protocol/time.ts'

/** What is to be told to an account's shard. `seq` grows with each addition: what came meanwhile is told again. */
export interface AccountIntent extends AccountFacts {
  readonly seq: number
}

/** Members of an account that are to be looked at again because it changed. */
export interface AccountReview {
  readonly account: string
  /** The last member done. */
  readonly cursor: string
  /** When the change was so. */
  readonly at: Millis
  /** Some members could not be looked at: they are on their way to another shard, or back. */
  readonly held: boolean
}

export const encodeTraits = (traits: AccountTraits): string => JSON.stringify([...traits])
export const decodeTraits = (text: string): AccountTraits =>
  new Map(JSON.parse(text) as [string, AccountTrait][])

/**
 * What one profile shard knows of the accounts its people belong to: once an account, however many members it has.
 */
export class KnownAccountStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS account (
      id TEXT PRIMARY KEY, version INTEGER NOT NULL, traits TEXT NOT NULL) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS account_member (
      profile TEXT NOT NULL, account TEXT NOT NULL, PRIMARY KEY (profile, account)) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS account_members ON account_member (account, profile)')
    sql.exec(`CREATE TABLE IF NOT EXISTS account_intent (
      account TEXT PRIMARY KEY, traits TEXT NOT NULL, seq INTEGER NOT NULL,
      retry_at REAL NOT NULL) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS account_intent_retry ON account_intent (retry_at)')
    sql.exec(`CREATE TABLE IF NOT EXISTS account_review (
      account TEXT PRIMARY KEY, cursor TEXT NOT NULL, at REAL NOT NULL, held INTEGER NOT NULL,
      due REAL NOT NULL) WITHOUT ROWID`)
  }

  /** Version 0: the account's shard has not answered yet. */
  find(account: string): AccountState | undefined {
    const [row] = this.#sql
      .exec<{ version: number; traits: string }>(
        'SELECT version, traits FROM account WHERE id = ?',
        account,
      )
      .toArray()
    return row && { account, version: row.version, traits: decodeTraits(row.traits) }
  }

  put({ account, version, traits }: AccountState): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO account (id, version, traits) VALUES (?, ?, ?)',
      account,
      version,
      encodeTraits(traits),
    )
  }

  /** The accounts of a profile, as it was saved last. */
  accountsOf(profile: ProfileId): string[] {
    return this.#sql
      .exec<{ account: string }>('SELECT account FROM account_member WHERE profile = ?', profile)
      .toArray()
      .map(({ account }) => account)
  }

  enter(profile: ProfileId, account: string): void {
    this.#sql.exec(
      'INSERT OR IGNORE INTO account_member (profile, account) VALUES (?, ?)',
      profile,
      account,
    )
  }

  leave(profile: ProfileId, account: string): void {
    this.#sql.exec('DELETE FROM account_member WHERE profile = ? AND account = ?', profile, account)
  }

  members(account: string, after: string, limit: number): ProfileId[] {
    return this.#sql
      .exec<{ profile: string }>(
        `SELECT profile FROM account_member
         WHERE account = ? AND profile > ? ORDER BY profile LIMIT ?`,
        account,
        after,
        limit,
      )
      .toArray()
      .map(({ profile }) => profile as ProfileId)
  }

  memberCount(account: string): number {
    return this.#sql
      .exec<{ n: number }>('SELECT count(*) AS n FROM account_member WHERE account = ?', account)
      .one().n
  }

  intent(account: string): AccountIntent | undefined {
    const [row] = this.#sql
      .exec<{ traits: string; seq: number }>(
        'SELECT traits, seq FROM account_intent WHERE account = ?',
        account,
      )
      .toArray()
    return row && { account, traits: decodeTraits(row.traits), seq: row.seq }
  }

  intend({ account, traits, seq }: AccountIntent, due: Millis): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO account_intent (account, traits, seq, retry_at) VALUES (?, ?, ?, ?)',
      account,
      encodeTraits(traits),
      seq,
      due,
    )
  }

  dueIntents(now: Millis, limit: number): AccountIntent[] {
    return this.#sql
      .exec<{ account: string; traits: string; seq: number }>(
        `SELECT account, traits, seq FROM account_intent
         WHERE retry_at <= ? ORDER BY retry_at LIMIT ?`,
        now,
        limit,
      )
      .toArray()
      .map(({ account, traits, seq }) => ({ account, traits: decodeTraits(traits), seq }))
  }

  postpone(account: string, until: Millis): void {
    this.#sql.exec('UPDATE account_intent SET retry_at = ? WHERE account = ?', until, account)
  }

  /** It was heard. What was added meanwhile stays. */
  close({ account, seq }: AccountIntent): void {
    this.#sql.exec('DELETE FROM account_intent WHERE account = ? AND seq = ?', account, seq)
  }

  /** All members are to be looked at, from the first on. */
  review(account: string, at: Millis, due: Millis): void {
    this.#sql.exec(
      `INSERT INTO account_review (account, cursor, at, held, due) VALUES (?1, '', ?2, 0, ?3)
       ON CONFLICT (account) DO UPDATE SET cursor = '', at = max(at, ?2), held = 0, due = ?3`,
      account,
      at,
      due,
    )
  }

  dueReview(now: Millis): AccountReview | undefined {
    const [row] = this.#sql
      .exec<{ account: string; cursor: string; at: number; held: number }>(
        'SELECT account, cursor, at, held FROM account_review WHERE due <= ? ORDER BY due LIMIT 1',
        now,
      )
      .toArray()
    return row && { ...row, held: row.held === 1 }
  }

  /** So far all is done. */
  reviewed({ account, cursor, held }: AccountReview): void {
    this.#sql.exec(
      'UPDATE account_review SET cursor = ?, held = ? WHERE account = ?',
      cursor,
      held ? 1 : 0,
      account,
    )
  }

  endReview(account: string): void {
    this.#sql.exec('DELETE FROM account_review WHERE account = ?', account)
  }

  /** When the next intent or review is due. */
  earliest(): Millis {
    const { intent, review } = this.#sql
      .exec<{ intent: number | null; review: number | null }>(
        `SELECT (SELECT min(retry_at) FROM account_intent) AS intent,
                (SELECT min(due) FROM account_review) AS review`,
      )
      .one()
    return Math.min(intent ?? NEVER, review ?? NEVER)
  }
}
