import type { ErasedPerson } from '../protocol/erasure.ts'

/** `held`: still there, and nothing may change. `removed`: gone. `told`: their destinations know it. */
export type ErasingPhase = 'held' | 'removed' | 'told'

export interface Erasing {
  readonly person: ErasedPerson
  readonly phase: ErasingPhase
}

/** People of one shard who are being erased. */
export class ErasingStore {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    sql.exec(`CREATE TABLE IF NOT EXISTS erasing (
      id TEXT PRIMARY KEY, phase TEXT NOT NULL, person TEXT NOT NULL) WITHOUT ROWID`)
  }

  find(id: string): Erasing | undefined {
    const [row] = this.#sql
      .exec<{ phase: string; person: string }>('SELECT phase, person FROM erasing WHERE id = ?', id)
      .toArray()
    return (
      row && {
        phase: row.phase as ErasingPhase,
        person: JSON.parse(row.person) as ErasedPerson,
      }
    )
  }

  put(id: string, { phase, person }: Erasing): void {
    this.#sql.exec(
      'INSERT OR REPLACE INTO erasing (id, phase, person) VALUES (?, ?, ?)',
      id,
      phase,
      JSON.stringify(person),
    )
  }

  end(id: string): void {
    this.#sql.exec('DELETE FROM erasing WHERE id = ?', id)
  }
}
