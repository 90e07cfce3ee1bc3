import { liveMonitor } from './address.ts'
import { isCandidate } from '../domain/candidate.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { LiveDelivery, LiveEvent, LiveTransition } from '../protocol/live.ts'
import type { Transition } from '../protocol/membership.ts'
import { NEVER, SECOND, type Millis } from '../protocol/time.ts'
import type { Ledger } from './group-commit.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

/** Items of each sort that one report carries at most; more are dropped, the totals still count them. */
const MAX_ITEMS = 100
const RETRY: Millis = 5 * SECOND
/** From one report until the next: what happens meanwhile travels together. Nobody sees a tenth of a second. */
const PACE: Millis = SECOND / 10
/** A monitor that does not answer by then must not silence the shard for ever. */
const REPORT_LIMIT: Millis = 10 * SECOND

/**
 * Tells the workspace's live monitor what happened. Reports are sent one at a time, the first at once; what comes
 * meanwhile waits for the next, so a busy shard reports in larger pieces, not more often. Totals are absolute,
 * crossings too: a lost report is repaired by the next.
 */
export class ShardReporter implements Ledger {
  readonly #shard: Shard
  #events: LiveEvent[] = []
  #transitions: LiveTransition[] = []
  #deliveries: LiveDelivery[] = []
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
      if (!isCandidate(transition.segment)) {
        this.#push(this.#transitions, { ...transition, profile })
      }
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
    return () => {
      this.#events.length = events
      this.#transitions.length = transitions
      this.#deliveries.length = deliveries
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
    const totals = memberships.totals()
    const report = {
      shard: address.shard,
      sequence: this.#sequence,
      population: profiles.population(),
      sizes: Object.fromEntries(totals.map(({ segment, size }) => [segment, size])),
      sources: counters.all(),
      crossings: Object.fromEntries(
        totals.map(({ segment, entered, exited }) => [segment, { entered, exited }]),
      ),
      events: this.#events,
      transitions: this.#transitions,
      deliveries: this.#deliveries,
    }
    this.#events = []
    this.#transitions = []
    this.#deliveries = []
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
      .finally(async () => {
        await new Promise((resolve) => setTimeout(resolve, PACE))
        this.#sending = false
        if (this.dueAt === NEVER) this.flush()
      })
  }
}
