import type {
  EventTest,
  FollowedCondition,
  LifecycleCondition,
  PerformedCondition,
  ReactionCondition,
  SequenceCondition,
  Window,
} from '../../protocol/condition.ts'
import { parseDuration } from '../../protocol/duration.ts'
import type { Json, JsonObject } from '../../protocol/json.ts'
import { MINUTE, SECOND, type Millis } from '../../protocol/time.ts'
import type { Flip, Saying } from '../../protocol/why.ts'
import { reactionEvents } from '../reaction.ts'
import { periodAt } from '../window.ts'
import { propertiesFor, witness, withValueAt } from './witness.ts'

/** Events that may have to be said at once: more would be no help. */
export const MOST_EVENTS = 20

/** What is known where flips are looked for. */
export interface Ground {
  readonly now: Millis
  readonly zone: string
}

const said = (event: string, ago: Millis, properties: JsonObject): Saying => ({
  type: 'track',
  event,
  ago,
  ...(Object.keys(properties).length > 0 && { properties }),
})

const nameOf = ({ event }: EventTest): string =>
  (typeof event === 'string' ? event : event[0]) ?? ''

/** One event that passes, or none. */
export function saying(
  test: EventTest,
  ground: Ground,
  ago: Millis = 0,
  known: JsonObject = {},
): readonly Saying[] {
  const properties = propertiesFor(test.where ?? [], ground.zone, known)
  return properties === undefined ? [] : [said(nameOf(test), ago, properties)]
}

const plain = (sayings: readonly Saying[], wait: Millis = 0): readonly Flip[] =>
  sayings.length === 0 ? [] : [{ sayings, wait }]

/** Some more events, of values that may matter; and silence, for what is counted back from now. */
export function performedFlips(condition: PerformedCondition, ground: Ground): readonly Flip[] {
  const { property, window } = condition
  const flips: Flip[] = []
  for (const ago of agesIn(window, ground)) {
    for (const value of property === undefined ? [undefined] : valuesFor(condition, ground)) {
      const known =
        property === undefined || value === undefined
          ? {}
          : withValueAt({}, property.split('.'), value)
      const [one] = saying(condition, ground, ago, known)
      if (one === undefined) continue
      flips.push({ sayings: [one], wait: 0 })
    }
    const [one] = saying(condition, ground, ago, property === undefined ? {} : { [property]: 1 })
    if (one === undefined) continue
    for (let count = 2; count <= MOST_EVENTS; count++) {
      const more = Array.from({ length: count }, (_, place) =>
        condition.measure === 'distinct' && property !== undefined
          ? {
              ...one,
              properties: withValueAt(one.properties ?? {}, property.split('.'), `new-${place}`),
            }
          : one,
      )
      flips.push({ sayings: more, wait: 0 })
    }
  }
  return [...flips, ...waits(condition.value)]
}

const waits = (value: Json | undefined): readonly Flip[] =>
  (Array.isArray(value) ? (value as readonly Json[]) : [value]).flatMap((text) => {
    const span = typeof text === 'string' ? parseDuration(text) : undefined
    return span === undefined
      ? []
      : [
          { sayings: [], wait: span },
          { sayings: [], wait: span + 1 },
        ]
  })

/** How long ago an event has to be to count: now, or somewhere in its window. */
export function agesIn(window: Window | undefined, { now, zone }: Ground): readonly Millis[] {
  if (window === undefined || 'last' in window) return [0]
  if ('from' in window) {
    const [from, to] = [Date.parse(window.from), Date.parse(window.to)]
    if (from > now) return []
    return [to > now ? 0 : now - Math.round((from + to) / 2)]
  }
  if ('between' in window) {
    const [shorter = 0, longer = 0] = window.between.map((text) => parseDuration(text) ?? 0)
    return [Math.round((shorter + longer) / 2)]
  }
  const { from, to } = periodAt(window, zone, now)
  return [to > now ? 0 : now - Math.round((from + to) / 2)]
}

/** Values of a measured property that may turn what is measured. */
function valuesFor(condition: PerformedCondition, { zone }: Ground): readonly (Json | undefined)[] {
  const { operator, value } = condition
  const bounds = (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(
    (one) => typeof one === 'number',
  )
  const numbers = bounds.flatMap((one) => [one, one + 1, one - 1, -one, 100 * one + 1])
  const test = { operator, ...(value !== undefined && { value }) }
  return [
    ...new Set([
      witness(test, true, zone)?.value,
      witness(test, false, zone)?.value,
      ...numbers,
      0,
      1e6,
      -1e6,
    ]),
  ]
}

export function reactionFlips(condition: ReactionCondition, ground: Ground): readonly Flip[] {
  const { kind, channel, campaign, type: _, ...test } = condition
  const [event = ''] = reactionEvents(kind, channel)
  const known = {
    ...(channel !== undefined && { channel }),
    ...(campaign !== undefined && { campaign_id: campaign }),
  }
  return performedFlips({ ...test, type: 'performed', event }, ground).map(({ sayings, wait }) => ({
    sayings: sayings.map((one) => ({ ...one, properties: { ...known, ...one.properties } })),
    wait,
  }))
}

/** The steps that are missing, the last of them first of all. */
export function sequenceFlips({ steps }: SequenceCondition, ground: Ground): readonly Flip[] {
  return steps.flatMap((_, left) => {
    const rest = steps.slice(steps.length - 1 - left)
    const sayings = rest.flatMap((step, place) => saying(step, ground, (left - place) * SECOND))
    return sayings.length === rest.length ? plain(sayings) : []
  })
}

/** What follows, or what is to be followed and is not, or both. `bound`: values that the last events had. */
export function followedFlips(
  { type, then, within, ...before }: FollowedCondition,
  ground: Ground,
  bound: readonly Json[],
): readonly Flip[] {
  const values: readonly (Json | undefined)[] =
    then.same === undefined ? [undefined] : [...bound, 'new']
  const wait = type === 'notFollowedBy' ? (parseDuration(within) ?? 0) : 0
  return values.flatMap((value) => {
    const known =
      value === undefined || then.same === undefined
        ? {}
        : withValueAt({}, then.same.split('.'), value)
    const asked = saying(before, ground, 0, known)
    const answer = saying(then, ground, 0, known)
    const both = [...saying(before, ground, SECOND, known), ...answer]
    return [
      ...plain(answer),
      ...plain(asked),
      ...plain(asked, wait),
      ...(both.length === 2 ? plain(both) : []),
    ]
  })
}

/** One now; or one in each of the periods that matter. */
export function lifecycleFlips(condition: LifecycleCondition, ground: Ground): readonly Flip[] {
  const { is, of = 3 } = condition
  const period = parseDuration(condition.period) ?? MINUTE
  const needed = (periods: readonly number[]) =>
    plain(
      periods.flatMap((index) =>
        saying(condition, ground, index === 0 ? 0 : Math.round((index + 0.5) * period)),
      ),
    )
  const from = (first: number) => Array.from({ length: of }, (_, index) => first + index)
  const whole =
    is === 'regular'
      ? from(0)
      : is === 'stopped'
        ? from(1)
        : is === 'returned'
          ? [0, ...from(2)]
          : []
  return [...needed([0]), ...needed(whole.toReversed()), ...needed([0, 1])]
}
