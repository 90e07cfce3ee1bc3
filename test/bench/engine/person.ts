import { applyEvent, noChanges, type Changes } from '../../../edge/domain/apply-event.ts'
import type { CompiledCatalog } from '../../../edge/domain/compiled-catalog.ts'
import { compileWhole } from '../../../edge/domain/computed/whole-catalog.ts'
import { newProfile, type Profile } from '../../../edge/domain/profile.ts'
import { advance, review } from '../../../edge/domain/review.ts'
import type { Condition } from '../../../edge/protocol/condition.ts'
import type { EventRecord } from '../../../edge/protocol/event.ts'
import type { ProfileId } from '../../../edge/protocol/id.ts'
import type { Cause, Transition } from '../../../edge/protocol/membership.ts'
import type { Millis } from '../../../edge/protocol/time.ts'
import { catalogOf } from '../../domain/build.ts'

const CAUSE: Cause = { type: 'event', messageIds: [] }

export const compileConditions = (conditions: readonly Condition[]): CompiledCatalog =>
  compileWhole(catalogOf(...conditions))

/** One person under one catalog, fed as a shard feeds it. */
export class Person {
  readonly compiled: CompiledCatalog
  readonly profile: Profile

  constructor(compiled: CompiledCatalog, born: Millis) {
    this.compiled = compiled
    this.profile = newProfile('prf_bench' as ProfileId, 'bucket', born)
    this.profile.version = compiled.catalog.version
    this.#review({ ...noChanges(), everything: true }, born)
  }

  #review(changes: Changes, now: Millis): readonly Transition[] {
    const moment = { now, at: now, decidedAt: now, cause: CAUSE }
    return review(this.profile, this.compiled, changes, moment)
  }

  /** Lets time pass until the event arrives, counts it, and reviews what read something that changed. */
  take(event: EventRecord): Changes {
    const { profile, compiled } = this
    advance(profile, compiled, event.receivedAt)
    const changes = noChanges()
    applyEvent(profile, event, 'implied', compiled.features, changes)
    this.#review(changes, event.receivedAt)
    return changes
  }

  is(segment: number): boolean {
    return this.profile.memberships.has(`seg_${segment}` as never)
  }
}
