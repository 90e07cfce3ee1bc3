import type { ProfileId } from '../../protocol/id.ts'
import type { AdditionStore } from '../addition-store.ts'
import type { ProfileChanges } from '../profile-changes.ts'
import { BulkAccountStore } from './bulk-account-store.ts'
import { BulkCounterStore } from './bulk-counter-store.ts'
import { BulkExitStore } from './bulk-exit-store.ts'
import { BulkGraphStore } from './bulk-graph-store.ts'
import { BulkHistoryStore } from './bulk-history-store.ts'
import { BulkLakeStore } from './bulk-lake-store.ts'
import { BulkMembershipStore } from './bulk-membership-store.ts'
import { BulkOutboxStore } from './bulk-outbox-store.ts'
import { BulkProfileStore } from './bulk-profile-store.ts'
import { BulkSeenStore } from './bulk-seen-store.ts'
import { BulkTimerStore } from './bulk-timer-store.ts'

/** What a transaction about many people is going to ask for. */
export interface BulkQuestion {
  readonly profiles: ReadonlySet<ProfileId>
  /** What their messages are deduplicated by. */
  readonly scopes: ReadonlySet<string>
  /** Keys of the identifiers that their messages name. */
  readonly identifiers: ReadonlySet<string>
}

/**
 * The stores of a shard for a transaction about many people who are new, or alone in their graphs: what it asks for
 * is read with a statement a table, what it notes is seen by whoever reads after it, and written at the end with a
 * statement for many rows. Whatever else is asked of them throws `NotInBulk`.
 */
export class BulkStores {
  readonly profiles: BulkProfileStore
  readonly history: BulkHistoryStore
  readonly seen: BulkSeenStore
  readonly memberships: BulkMembershipStore
  readonly exits: BulkExitStore
  readonly timers: BulkTimerStore
  readonly outbox: BulkOutboxStore
  readonly counters: BulkCounterStore
  readonly accounts: BulkAccountStore
  readonly graphs: BulkGraphStore
  readonly lake: BulkLakeStore

  /** `changes`: who is told of profiles that change. `additions`: the shard's own. */
  constructor(sql: SqlStorage, changes?: ProfileChanges, additions?: AdditionStore) {
    this.profiles = new BulkProfileStore(sql, changes, additions)
    this.history = new BulkHistoryStore(sql)
    this.seen = new BulkSeenStore(sql)
    this.memberships = new BulkMembershipStore(sql)
    this.exits = new BulkExitStore(sql)
    this.timers = new BulkTimerStore(sql)
    this.outbox = new BulkOutboxStore(sql)
    this.counters = new BulkCounterStore(sql)
    this.accounts = new BulkAccountStore(sql)
    this.graphs = new BulkGraphStore(sql)
    this.lake = new BulkLakeStore(sql)
  }

  /** Forgets everything of the last transaction, and reads what the next is going to ask for. */
  begin({ profiles, scopes, identifiers }: BulkQuestion): void {
    this.forget()
    this.profiles.read(profiles)
    this.seen.read(scopes)
    this.timers.read(profiles)
    this.accounts.read(profiles)
    this.graphs.read(identifiers)
  }

  mark(): () => void {
    const undo = this.#parts().map((part) => part.mark())
    return () => {
      for (const one of undo) one()
    }
  }

  flush(): void {
    for (const part of this.#parts()) part.flush()
  }

  forget(): void {
    for (const part of this.#parts()) part.forget()
    this.accounts.forget()
    this.graphs.forget()
  }

  #parts() {
    const { profiles, history, seen, memberships, exits, timers, outbox, counters, lake } = this
    return [profiles, history, seen, memberships, exits, timers, outbox, counters, lake]
  }
}
