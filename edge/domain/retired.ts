import type { Catalog } from '../protocol/catalog.ts'
import type { ActivationDefinition } from '../protocol/delivery.ts'
import type { SegmentId } from '../protocol/id.ts'
import { DAY, type Millis } from '../protocol/time.ts'

/** As long as the outbox remembers what was sent. */
const KEPT: Millis = 30 * DAY
/** Of more than that, the eldest are forgotten: their people have left long since. */
const MOST = 1_000

/** A segment that was deleted, with the activations that told of it until then: they are still told of the exits. */
export interface RetiredSegment {
  readonly id: SegmentId
  readonly key: string
  readonly name: string
  readonly activations: readonly ActivationDefinition[]
  readonly at: Millis
}

/** The segments that are still told of once `after` has taken the place of `before`. */
export function retire(
  retired: readonly RetiredSegment[],
  before: Catalog | undefined,
  after: Catalog,
): readonly RetiredSegment[] {
  const at = after.publishedAt
  const present = new Set(after.segments.map(({ id }) => id))
  const gone = (before?.segments ?? []).flatMap(({ id, key, name }): readonly RetiredSegment[] => {
    if (present.has(id)) return []
    const activations = before?.activations.filter(
      ({ segment, on, enabled }) => segment === id && enabled && on.includes('exited'),
    )
    return activations === undefined || activations.length === 0
      ? []
      : [{ id, key, name, activations, at }]
  })
  return [...retired.filter((one) => at - one.at < KEPT), ...gone].slice(-MOST)
}
