import type { IdentitySettings } from '../protocol/identifier.ts'
import type { ProfileId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type {
  GluingValue,
  IdentityRules,
  RehearsalResult,
  RehearsalState,
  RehearsalStatus,
  RehearsedSplit,
} from '../protocol/rehearsal.ts'
import type { Millis } from '../protocol/time.ts'
import type { Joinable, SharedIdentifier } from '../domain/join-plan.ts'
import { MetaStore } from './meta-store.ts'

/** What is being done: the first three find out which graphs would be one, the last two are of a rehearsal or a switch. */
export type RehearsalPhase =
  | 'survey'
  | 'owners'
  | 'plan'
  | 'rehearse'
  | 'joined'
  | 'unite'
  | 'regroup'

/** Sums over graphs that were rehearsed. */
export interface RehearsalSums {
  readonly now: number
  readonly after: number
  readonly merged: number
  readonly groups: number
  readonly split: number
  readonly unchanged: number
  readonly merges: RehearsalResult['merges']
  readonly splits: readonly RehearsedSplit[]
  readonly sizesNow: { readonly [segment: string]: number }
  readonly sizesAfter: { readonly [segment: string]: number }
  readonly gluing: readonly GluingValue[]
}

export interface RehearsalRecord {
  readonly id: string
  readonly workspace: WorkspaceId
  readonly settings: IdentitySettings
  readonly rules: IdentityRules
  readonly days: number
  /** Traits whose policy is another than when it began. */
  readonly traits: readonly string[]
  readonly state: RehearsalState
  readonly phase: RehearsalPhase
  /** Every profile shard there was when the phase began. */
  readonly shards: readonly ShardAddress[]
  /** Which of them is next, and from after which profile of it. */
  readonly shard: number
  readonly after: string
  /** Profiles looked at in this phase, and how many there are. */
  readonly done: number
  readonly population: number
  /** Graphs that this pass of a switch changed: another follows until none does. */
  readonly changed: number
  readonly passes: number
  /** Of the catalog that carries the settings of a switch. */
  readonly version: number
  readonly sums: RehearsalSums
  readonly result?: RehearsalResult
  readonly reason?: NonNullable<RehearsalStatus['reason']>
  /** In a row. */
  readonly failures: number
  readonly createdAt: Millis
}

export interface SurveyedGraph extends Joinable {
  readonly isRecent: boolean
}

/** One rehearsal of identity settings, and what it knows of graphs that may become one. */
export class RehearsalStore {
  readonly #sql: SqlStorage
  readonly #meta: MetaStore

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.#meta = new MetaStore(sql)
    sql.exec(`CREATE TABLE IF NOT EXISTS graph (
      root TEXT PRIMARY KEY, since REAL NOT NULL, size INTEGER NOT NULL, recent INTEGER NOT NULL,
      head TEXT) WITHOUT ROWID`)
    sql.exec('CREATE INDEX IF NOT EXISTS graph_head ON graph (head)')
    sql.exec(`CREATE TABLE IF NOT EXISTS sighting (
      key TEXT NOT NULL, root TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL,
      holds INTEGER NOT NULL, PRIMARY KEY (key, root)) WITHOUT ROWID`)
    sql.exec(`CREATE TABLE IF NOT EXISTS refusal (
      root TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (root, key)) WITHOUT ROWID`)
  }

  record(): RehearsalRecord | undefined {
    return this.#meta.get<RehearsalRecord | null>('record') ?? undefined
  }

  save(record: RehearsalRecord): void {
    this.#meta.set('record', record)
  }

  /** It was kept long enough. */
  clear(): void {
    this.forgetGraphs()
    this.#meta.set('record', null)
  }

  /** A survey begins anew: what was found before counts no more. */
  forgetGraphs(): void {
    for (const table of ['graph', 'sighting', 'refusal']) this.#sql.exec(`DELETE FROM ${table}`)
  }

  addGraph({ root, since, size, isRecent }: SurveyedGraph): void {
    this.#sql.exec(
      `INSERT OR REPLACE INTO graph (root, since, size, recent) VALUES (?, ?, ?, ?)`,
      root,
      since,
      size,
      isRecent ? 1 : 0,
    )
  }

  addSighting(key: string, root: ProfileId, kind: string, value: string, holds: boolean): void {
    this.#sql.exec(
      `INSERT INTO sighting (key, root, kind, value, holds) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (key, root) DO UPDATE SET holds = max(holds, ?5)`,
      key,
      root,
      kind,
      value,
      holds ? 1 : 0,
    )
  }

  /** Identifiers in the order of their keys, from after one. */
  identifiers(after: string, limit: number): { key: string; kind: string; value: string }[] {
    return this.#sql
      .exec<{ key: string; kind: string; value: string }>(
        'SELECT DISTINCT key, kind, value FROM sighting WHERE key > ? ORDER BY key LIMIT ?',
        after,
        limit,
      )
      .toArray()
  }

  identifierCount(): number {
    return this.#sql.exec<{ n: number }>('SELECT count(DISTINCT key) AS n FROM sighting').one().n
  }

  identifierOf(key: string): { kind: string; value: string } | undefined {
    return this.#sql
      .exec<{ kind: string; value: string }>(
        'SELECT kind, value FROM sighting WHERE key = ? LIMIT 1',
        key,
      )
      .toArray()[0]
  }

  /** Identifiers that several graphs name. */
  shared(): SharedIdentifier[] {
    const rows = this.#sql.exec<{ key: string; root: string; holds: number }>(
      `SELECT key, root, holds FROM sighting
       WHERE key IN (SELECT key FROM sighting GROUP BY key HAVING count(*) > 1) ORDER BY key, root`,
    )
    const shared = new Map<string, { roots: ProfileId[]; holder?: ProfileId }>()
    for (const { key, root, holds } of rows) {
      const known = shared.get(key) ?? { roots: [] }
      known.roots.push(root as ProfileId)
      if (holds === 1) known.holder = root as ProfileId
      shared.set(key, known)
    }
    return [...shared].map(([key, one]) => ({ key, ...one }))
  }

  graphs(): Map<ProfileId, Joinable> {
    const rows = this.#sql.exec<{ root: string; since: number; size: number }>(
      'SELECT root, since, size FROM graph',
    )
    const graphs = new Map<ProfileId, Joinable>()
    for (const { root, since, size } of rows) {
      graphs.set(root as ProfileId, { root: root as ProfileId, since, size })
    }
    return graphs
  }

  setHead(root: ProfileId, head: ProfileId): void {
    this.#sql.exec('UPDATE graph SET head = ? WHERE root = ?', head, root)
  }

  addRefusal(root: ProfileId, key: string): void {
    this.#sql.exec('INSERT OR IGNORE INTO refusal (root, key) VALUES (?, ?)', root, key)
    // It is not rehearsed with the others.
    this.#sql.exec('UPDATE graph SET head = coalesce(head, root) WHERE root = ?', root)
  }

  refusals(root: ProfileId): string[] {
    return this.#sql
      .exec<{ key: string }>('SELECT key FROM refusal WHERE root = ? ORDER BY key', root)
      .toArray()
      .map(({ key }) => key)
  }

  /** Whether a graph is looked at by itself: it joins others, or may not have all that its events name. */
  isSpecial(root: ProfileId): boolean {
    return (
      this.#sql.exec('SELECT 1 FROM graph WHERE root = ? AND head NOT NULL', root).toArray()
        .length > 0
    )
  }

  /** Graphs that others join, or that are refused something; in order, from after one. */
  heads(after: string, limit: number): ProfileId[] {
    return this.#sql
      .exec<{ head: string }>(
        'SELECT DISTINCT head FROM graph WHERE head > ? ORDER BY head LIMIT ?',
        after,
        limit,
      )
      .toArray()
      .map(({ head }) => head as ProfileId)
  }

  headCount(): number {
    return this.#sql.exec<{ n: number }>('SELECT count(DISTINCT head) AS n FROM graph').one().n
  }

  /** Of one head, the head itself among them. */
  members(head: ProfileId): { root: ProfileId; isRecent: boolean }[] {
    return this.#sql
      .exec<{ root: string; recent: number }>(
        'SELECT root, recent FROM graph WHERE head = ? ORDER BY root',
        head,
      )
      .toArray()
      .map(({ root, recent }) => ({ root: root as ProfileId, isRecent: recent === 1 }))
  }
}
