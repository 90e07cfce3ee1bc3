import { CounterStore } from '../storage/counter-store.ts'
import { ExitStore } from '../storage/exit-store.ts'
import { GraphStore } from '../storage/graph-store.ts'
import { HistoryStore } from '../storage/history-store.ts'
import { KnownAccountStore } from '../storage/known-account-store.ts'
import { LakeStore } from '../storage/lake-store.ts'
import { MembershipStore } from '../storage/membership-store.ts'
import { OutboxStore } from '../storage/outbox-store.ts'
import { ProfileStore } from '../storage/profile-store.ts'
import { SeenStore } from '../storage/seen-store.ts'
import { TimerStore } from '../storage/timer-store.ts'

/** The stores that a transaction about many people has others of. */
export interface Stores {
  readonly profiles: ProfileStore
  readonly history: HistoryStore
  readonly seen: SeenStore
  readonly memberships: MembershipStore
  readonly exits: ExitStore
  readonly timers: TimerStore
  readonly outbox: OutboxStore
  readonly counters: CounterStore
  readonly accounts: KnownAccountStore
  readonly graphs: GraphStore
  readonly lake: LakeStore
}

export const storesOf = (sql: SqlStorage): Stores => ({
  profiles: new ProfileStore(sql),
  history: new HistoryStore(sql),
  seen: new SeenStore(sql),
  memberships: new MembershipStore(sql),
  exits: new ExitStore(sql),
  timers: new TimerStore(sql),
  outbox: new OutboxStore(sql),
  counters: new CounterStore(sql),
  accounts: new KnownAccountStore(sql),
  graphs: new GraphStore(sql),
  lake: new LakeStore(sql),
})
