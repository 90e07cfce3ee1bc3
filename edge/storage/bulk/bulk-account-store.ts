import type { ProfileId } from '../../protocol/id.ts'
import { listed } from '../insert-rows.ts'
import { KnownAccountStore } from '../known-account-store.ts'
import { NotInBulk } from './bulk-part.ts'

/** Knows the accounts of many profiles; what changes any of it is not for bulk. */
export class BulkAccountStore extends KnownAccountStore {
  readonly #sql: SqlStorage
  readonly #accounts = new Map<string, string[]>()

  constructor(sql: SqlStorage) {
    super(sql)
    this.#sql = sql
  }

  read(profiles: Iterable<ProfileId>): void {
    const rows = this.#sql.exec<{ profile: string; account: string }>(
      'SELECT profile, account FROM account_member WHERE profile IN (SELECT value FROM json_each(?))',
      listed(profiles),
    )
    for (const { profile, account } of rows) {
      this.#accounts.set(profile, [...(this.#accounts.get(profile) ?? []), account])
    }
  }

  override accountsOf(profile: ProfileId): string[] {
    return this.#accounts.get(profile) ?? []
  }

  override put(): never {
    throw new NotInBulk()
  }

  override enter(): never {
    throw new NotInBulk()
  }

  override leave(): never {
    throw new NotInBulk()
  }

  override intend(): never {
    throw new NotInBulk()
  }

  override review(): never {
    throw new NotInBulk()
  }

  forget(): void {
    this.#accounts.clear()
  }
}
