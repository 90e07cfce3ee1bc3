import { messageHash } from '../domain/message-hash.ts'
import type { SourceId } from '../protocol/id.ts'
import { DAY, type Millis } from '../protocol/time.ts'

/** The same message id within so many days is a duplicate. */
export const DEDUPE_DAYS = 7
/** Message ids of one scope and day that are remembered: the row stays far under 2 MB. */
const MAX_A_DAY = 20_000

/** The day of what is remembered for ever: later than all that expire. */
const ALWAYS = 9_999_999

/** Rows of one scope, for a move to another shard. */
export interface SeenRow {
  readonly scope: string
  readonly day: number
  readonly hashes: ArrayBuffer
}

/**
 * Hashes of the message ids seen lately, 8 bytes each, one row for each scope and day. The scope is the device or
 * identifier the message came by, so that a merge or switch between two tries changes nothing.
 */
export class SeenStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS seen (
      scope TEXT NOT NULL, day INTEGER NOT NULL, hashes BLOB NOT NULL,
      PRIMARY KEY (scope, day)) WITHOUT ROWID`)
  }

  /** Tells for each message whether it is new, and remembers it: of history for ever, else for some days. */
  admit(
    scope: string,
    source: SourceId,
    messageIds: readonly string[],
    now: Millis,
    isHistory = false,
  ): boolean[] {
    if (messageIds.length === 0) return []
    const today = Math.floor(now / DAY)
    const asked = messageIds.map((id) => messageHash(source, id))
    // Thousands may be remembered, few are asked for: so it is the few that go into the sets.
    const first = new Set(asked.map(([lane]) => lane))
    const known = new Set<string>()
    const kept = isHistory ? ALWAYS : today
    let present: Uint32Array = new Uint32Array()
    for (const { day, hashes } of this.since(scope, today - DEDUPE_DAYS)) {
      const words = new Uint32Array(hashes)
      if (day === kept) present = words
      for (let at = 0; at < words.length; at += 2) {
        const lane = words[at] ?? 0
        if (first.has(lane)) known.add(`${lane}.${words[at + 1]}`)
      }
    }
    const fresh: number[] = []
    const verdicts = asked.map((hash) => {
      const key = `${hash[0]}.${hash[1]}`
      if (known.has(key)) return false
      known.add(key)
      fresh.push(...hash)
      return true
    })
    if (fresh.length > 0) {
      const hashes = new Uint32Array(present.length + fresh.length)
      hashes.set(present)
      hashes.set(fresh, present.length)
      this.put(scope, kept, lastOf(hashes))
    }
    return verdicts
  }

  /** Whether a message was admitted before. */
  has(scope: string, source: SourceId, messageId: string, now: Millis): boolean {
    const [one, two] = messageHash(source, messageId)
    for (const { hashes } of this.since(scope, Math.floor(now / DAY) - DEDUPE_DAYS)) {
      const words = new Uint32Array(hashes)
      for (let at = 0; at < words.length; at += 2) {
        if (words[at] === one && words[at + 1] === two) return true
      }
    }
    return false
  }

  protected since(scope: string, day: number): Iterable<Pick<SeenRow, 'day' | 'hashes'>> {
    return this.#sql.exec<{ day: number; hashes: ArrayBuffer }>(
      'SELECT day, hashes FROM seen WHERE scope = ? AND day >= ?',
      scope,
      day,
    )
  }

  protected put(scope: string, day: number, hashes: ArrayBuffer): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO seen (scope, day, hashes) VALUES (?, ?, ?)',
      scope,
      day,
      hashes,
    )
  }

  of(scopes: readonly string[]): SeenRow[] {
    return scopes.flatMap((scope) =>
      this.#sql
        .exec<{ scope: string; day: number; hashes: ArrayBuffer }>(
          'SELECT scope, day, hashes FROM seen WHERE scope = ?',
          scope,
        )
        .toArray(),
    )
  }

  /** Takes rows from another shard; a day that is known here too keeps the hashes of both. */
  adopt(rows: readonly SeenRow[]): void {
    for (const row of rows) {
      const [own] = this.#sql
        .exec<{ hashes: ArrayBuffer }>(
          'SELECT hashes FROM seen WHERE scope = ? AND day = ?',
          row.scope,
          row.day,
        )
        .toArray()
      this.put(row.scope, row.day, lastOf(union(own?.hashes, row.hashes)))
    }
  }

  drop(scopes: readonly string[]): void {
    for (const scope of scopes) this.#sql.exec('DELETE FROM seen WHERE scope = ?', scope)
  }

  expire(now: Millis): void {
    this.#sql.exec('DELETE FROM seen WHERE day < ?', Math.floor(now / DAY) - DEDUPE_DAYS)
  }
}

/** Latest last: what one scope sends beyond any person's pace pushes out its own oldest. */
const lastOf = (hashes: Uint32Array): ArrayBuffer =>
  hashes.slice(-2 * MAX_A_DAY).buffer as ArrayBuffer

/** Hashes of both, each once: a device that goes to and fro between shards must not double them each time. */
function union(mine: ArrayBuffer | undefined, theirs: ArrayBuffer): Uint32Array {
  const words: number[] = []
  const known = new Set<string>()
  for (const hashes of [mine ?? new ArrayBuffer(0), theirs]) {
    const pairs = new Uint32Array(hashes)
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      const [one = 0, two = 0] = [pairs[at], pairs[at + 1]]
      if (known.has(`${one}.${two}`)) continue
      known.add(`${one}.${two}`)
      words.push(one, two)
    }
  }
  return Uint32Array.from(words)
}
