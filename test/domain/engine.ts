import { ToldAccounts } from '../../edge/domain/account.ts'
import { applyEvent, noChanges } from '../../edge/domain/apply-event.ts'
import { compileWhole } from '../../edge/domain/computed/whole-catalog.ts'
import { withdrawnSince } from '../../edge/domain/consent.ts'
import { foldProfile, settle } from '../../edge/domain/fold.ts'
import {
  decodeProfile,
  encodeProfile,
  newProfile,
  type Profile,
} from '../../edge/domain/profile.ts'
import { advance, review } from '../../edge/domain/review.ts'
import type { ComputedTraitDefinition } from '../../edge/protocol/computed-trait.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import type { SegmentDefinition, Transition } from '../../edge/protocol/membership.ts'
import { DAY, type Millis } from '../../edge/protocol/time.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import { catalogOf } from './build.ts'

/** How often a membership was asked for, to be compared. */
export const tally = { comparisons: 0 }

/** One profile under one catalog, fed as the shard feeds it: time passes, an event is applied, segments reviewed. */
export class Engine {
  readonly compiled
  readonly #accounts = new ToldAccounts()
  profile: Profile
  readonly log: Transition[] = []
  readonly #history: EventRecord[] = []
  /** `more`: what else is said of the first segment. */
  constructor(
    conditions: readonly Condition[],
    {
      timezone = 'UTC',
      born = 0,
      more = {},
      retention = 750 * DAY,
      scoring,
      computedTraits = [],
      caps = [],
    }: {
      timezone?: string
      born?: Millis
      more?: Partial<SegmentDefinition>
      retention?: Millis
      scoring?: Scoring
      computedTraits?: readonly ComputedTraitDefinition[]
      caps?: readonly CapDefinition[]
    } = {},
  ) {
    const plain = catalogOf(...conditions)
    const segments = plain.segments.map((one, place) => (place === 0 ? { ...one, ...more } : one))
    const catalog = {
      ...plain,
      segments,
      timezone,
      retention,
      computedTraits,
      caps,
      ...(scoring && { scoring }),
    }
    this.compiled = compileWhole(catalog, this.#accounts.lookup)
    this.profile = newProfile('prf_test' as ProfileId, 'bucket', born)
    this.profile.version = catalog.version
    this.#review(born, { ...noChanges(), everything: true })
  }

  #review(now: Millis, changes: ReturnType<typeof noChanges>): void {
    const cause = { type: 'time' } as const
    this.log.push(
      ...review(this.profile, this.compiled, changes, { now, at: now, decidedAt: now, cause }),
    )
  }

  pass(now: Millis): void {
    this.log.push(...advance(this.profile, this.compiled, now))
    this.profile = decodeProfile(encodeProfile(this.profile))
  }

  take(event: EventRecord): void {
    this.takeBatch([event])
  }

  /** Events that came together are reviewed together. */
  takeBatch(events: readonly EventRecord[]): void {
    const [first] = events
    if (first === undefined) return
    this.pass(first.receivedAt)
    const changes = noChanges()
    const before = new Map(this.profile.consent)
    for (const event of events) {
      this.#accounts.hear(event)
      applyEvent(this.profile, event, 'implied', this.compiled.features, changes)
      this.#history.push(event)
    }
    this.profile = settle(this.profile, changes, () => this.#history, this.compiled)
    changes.withdrawn = withdrawnSince(before, this.profile.consent)
    this.#review(first.receivedAt, changes)
  }

  /** It turns out that others' events are this person's: the profile is made anew from all of them. */
  merge(history: readonly EventRecord[], now: Millis): void {
    this.pass(now)
    this.#history.splice(0, this.#history.length, ...history)
    this.profile = foldProfile(this.profile, history, this.compiled)
    this.#review(now, { ...noChanges(), everything: true })
  }

  /** Somebody else said something of an account. */
  overhear(event: EventRecord): void {
    this.pass(event.receivedAt)
    this.#accounts.hear(event)
    this.#review(event.receivedAt, { ...noChanges(), accounts: true })
  }

  is(index = 0): boolean {
    tally.comparisons++
    return this.profile.memberships.has(`seg_${index}` as never)
  }

  members(): string[] {
    return [...this.profile.memberships.keys()].sort()
  }
}
