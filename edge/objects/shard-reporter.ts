import { liveMonitor } from './address.ts'
import { isCandidate } from '../domain/candidate.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Crossings, LiveDelivery, LiveEvent, LiveTransition } from '../protocol/live.ts'
import type { Transition } from '../protocol/membership.ts'
import { NEVER, SECOND, type Millis } from '../protocol/time.ts'
import type { Ledger } from './group-commit.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

/** Items of each sort that one report carries at most; more are dropped, the totals still count them. */
const MAX_ITEMS = 100
const RETRY: Millis = 5 * SECOND
/** A monitor that does not answer by then must not silence the shard for ever. */
const REPORT_LIMIT: Millis = 10 * SECOND
const NONE: Crossings = { entered: 0, exited: 0 }

/**
 * Tells the workspace's live monitor what happened. Reports are sent one at a time; what comes meanwhile waits for
 * the next, so a busy shard reports in larger pieces, not more often. Totals are absolute: a lost report is
 * repaired by the next.
 */
export class ShardReporter implements Ledger {
  readonly #shard: Shard
  #events: LiveEvent[] = []
  #transitions: LiveTransition[] = []
  #deliveries: LiveDelivery[] = []
  #crossings = new Map<string, Crossings>()
  #dirty = false
  #sending = false
  #sequence = 0
  /** When a failed report is tried again. */
  dueAt: Millis = NEVER

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** A profile changed. Even without a crossing the population may have: a merge makes two people one. */
  addTransitions(profile: ProfileId, transitions: readonly Transition[]): void {
    this.#dirty = true
    for (const transition of transitions) {
      const { type, segment } = transition
      if (isCandidate(segment)) continue
      const { entered, exited } = this.#crossings.get(segment) ?? NONE
      this.#crossings.set(
        segment,
        type === 'entered' ? { entered: entered + 1, exited } : { entered, exited: exited + 1 },
      )
      this.#push(this.#transitions, { ...transition, profile })
    }
  }

  /** Totals changed by themselves. */
  touch(): void {
    this.#dirty = true
  }

  /** The next report shows as many events as one may. */
  get isFull(): boolean {
    return this.#events.length >= MAX_ITEMS
  }

  addEvent(event: LiveEvent): void {
    this.#push(this.#events, event)
  }

  addDelivery(delivery: LiveDelivery): void {
    this.#push(this.#deliveries, delivery)
  }

  /** Only additions are undone: marks are taken and used between two reports. */
  mark(): () => void {
    const [events, transitions, deliveries] = [
      this.#events.length,
      this.#transitions.length,
      this.#deliveries.length,
    ]
    const crossings = new Map(this.#crossings)
    return () => {
      this.#events.length = events
      this.#transitions.length = transitions
      this.#deliveries.length = deliveries
      this.#crossings = crossings
    }
  }

  #push<T>(items: T[], item: T): void {
    this.#dirty = true
    if (items.length < MAX_ITEMS) items.push(item)
  }

  /** Sends what there is, unless a report is on its way: then the next follows it. Never throws. */
  flush(): void {
    if (!this.#dirty || this.#sending || !this.#shard.isBorn) return
    this.#sending = true
    this.#dirty = false
    const { workspace, address, env, memberships, counters, profiles } = this.#shard
    const now = this.#shard.now()
    this.#sequence = Math.max(this.#sequence + 1, now)
    const report = {
      shard: address.shard,
      sequence: this.#sequence,
      population: profiles.population(),
      sizes: memberships.sizes(),
      sources: counters.all(),
      crossings: Object.fromEntries(this.#crossings),
      events: this.#events,
      transitions: this.#transitions,
      deliveries: this.#deliveries,
    }
    this.#events = []
    this.#transitions = []
    this.#deliveries = []
    this.#crossings = new Map()
    // On its way: what is due stays due, and would ring the alarm again and again until there is an answer.
    this.dueAt = NEVER
    withTimeLimit(liveMonitor(env, workspace).report(report), REPORT_LIMIT)
      .then(
        () => undefined,
        () => {
          // The monitor was away; its totals are repaired by the next report, at the latest by the alarm.
          this.#dirty = true
          this.dueAt = this.#shard.now() + RETRY
          this.#shard.arm()
        },
      )
      .finally(() => {
        this.#sending = false
        if (this.dueAt === NEVER) this.flush()
      })
  }
}
