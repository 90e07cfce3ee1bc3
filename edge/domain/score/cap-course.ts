import { parseDuration } from '../../protocol/duration.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { CapDefinition } from '../../protocol/touch.ts'
import type { Entry } from '../entry.ts'
import { scaled } from '../measure.ts'
import { PLAN_GRACE, wholeLedger, type LedgerTouch } from './ledger.ts'
import { counts, pressureAround, type Cap } from './pressure.ts'

/** What stands in the fullest stretch that holds an instant, in millionths, and what it will be by itself. */
export interface Course {
  readonly pressure: number
  /** In order of time. */
  readonly turns: readonly { readonly at: Millis; readonly pressure: number }[]
  /** Nothing is said of what comes then. */
  readonly until: Millis
}

/** Instants at which messages that are to come may make a stretch fuller or emptier: so many are looked beyond. */
const MOST_STEPS = 100

/** Each limit of a cap asks for the same one after the other. */
const known = new WeakMap<
  readonly Entry[],
  { readonly now: Millis; readonly courses: Map<string, Course> }
>()

/** Tells how a cap stands by itself, by all that was said of somebody's messages. `horizon`: how long that is kept. */
export function courseOf(
  of: Pick<CapDefinition, 'channel' | 'tag' | 'window' | 'onSite'>,
  horizon: Millis,
): (entries: readonly Entry[], now: Millis) => Course {
  const key = JSON.stringify([of, horizon])
  const window = parseDuration(of.window) ?? NEVER
  const cap: Cap = { ...of, key, window, most: Number.POSITIVE_INFINITY }
  return (entries, now) => {
    let at = known.get(entries)
    if (at?.now !== now) known.set(entries, (at = { now, courses: new Map() }))
    let course = at.courses.get(key)
    if (course === undefined) at.courses.set(key, (course = follow(cap, entries, now, horizon)))
    return course
  }
}

function follow(cap: Cap, entries: readonly Entry[], now: Millis, horizon: Millis): Course {
  const { sent, planned } = wholeLedger(entries)
  const touches = [...sent, ...planned]
    .filter((touch) => touch.counts && touch.at > now - cap.window && counts(cap, touch))
    .map((touch) => ({ ...touch, weight: scaled(touch.weight) }))
  return touches.some(({ at }) => at > now)
    ? ofToCome(cap, touches, now, horizon)
    : ofPast(cap, touches, now, horizon)
}

/** Of messages that reached somebody, or should have by now, each only leaves. */
function ofPast(
  { window }: Cap,
  touches: readonly LedgerTouch[],
  now: Millis,
  horizon: Millis,
): Course {
  const leaving = touches
    .map((touch) => ({
      at: Math.ceil(Math.min(touch.at + window, endOf(touch, horizon))),
      weight: touch.weight,
    }))
    .filter(({ at }) => at > now)
    .sort((a, b) => a.at - b.at)
  let pressure = leaving.reduce((all, { weight }) => all + weight, 0)
  const turns = leaving.map(({ at, weight }) => ({ at, pressure: (pressure -= weight) }))
  return {
    pressure: leaving.reduce((all, { weight }) => all + weight, 0),
    // What leaves together leaves at once.
    turns: turns.filter(({ at }, place) => turns[place + 1]?.at !== at),
    until: NEVER,
  }
}

/** A stretch that holds the present may hold messages that are to come, and has more of them as time passes. */
function ofToCome(
  { window }: Cap,
  touches: readonly LedgerTouch[],
  now: Millis,
  horizon: Millis,
): Course {
  const inOrder = touches.toSorted((a, b) => a.at - b.at)
  const pressureAt = (instant: Millis): number =>
    pressureAround(
      inOrder.filter((touch) => endOf(touch, horizon) > instant),
      window,
      instant,
    )
  const all = touches.flatMap((touch) => [
    // It comes into the latest stretch, leaves the earliest, and is no longer awaited or kept.
    Math.floor(touch.at - window) + 1,
    Math.ceil(touch.at + window),
    Math.ceil(endOf(touch, horizon)),
  ])
  const instants = [...new Set(all.filter((at) => at > now))].sort((a, b) => a - b)
  return {
    pressure: pressureAt(now),
    turns: instants.slice(0, MOST_STEPS).map((at) => ({ at, pressure: pressureAt(at) })),
    until: instants[MOST_STEPS] ?? NEVER,
  }
}

/** When a message takes no place any more, whatever the stretch. */
const endOf = ({ at, state, keptFrom }: LedgerTouch, horizon: Millis): Millis =>
  Math.min(keptFrom + horizon, state === 'planned' ? at + PLAN_GRACE : NEVER)
