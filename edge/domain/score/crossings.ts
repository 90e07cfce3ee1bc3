import type { Millis } from '../../protocol/time.ts'
import { FULL_HALF_LIVES } from './appetence.ts'
import { calibrated, uncalibrated } from './calibration.ts'
import type { OnChannel } from './channel.ts'

/** By rounding, what is passed at an instant is seen to be a little earlier or later. */
const AROUND = [-1, 0, 1, 2]

/**
 * What is said of a person as it depends on what the messages are worth by then, x: (reacted + k·x) ÷ (weight + n·x).
 * `halfLife` is infinite where time does not change it.
 */
interface Course {
  readonly reacted: number
  readonly weight: number
  readonly k: number
  readonly n: number
  readonly lastAt: Millis
  readonly halfLife: Millis
}

function courseOf({ channel: { prior, halfLife }, evidence }: OnChannel): Course {
  const { reacted = 0, ignored = 0 } = prior ?? {}
  const weight = reacted + ignored
  if (evidence === undefined || prior === undefined) {
    return { reacted, weight, k: 0, n: 0, lastAt: 0, halfLife: Infinity }
  }
  const { messages: n, reacted: k, lastAt } = evidence
  return halfLife === Infinity
    ? { reacted: reacted + k, weight: weight + n, k: 0, n: 0, lastAt: 0, halfLife }
    : { reacted, weight, k, n, lastAt, halfLife }
}

const saidAt = ({ reacted, weight, k, n }: Course, worth: number): number =>
  (reacted + k * worth) / (weight + n * worth)

/** Instants around which a probability that fades towards that of all people passes one of some bounds. */
export function passings(one: OnChannel, bounds: readonly number[]): readonly Millis[] {
  const course = courseOf(one)
  const { reacted, weight, k, n, lastAt, halfLife } = course
  if (halfLife === Infinity) return []
  return bounds.flatMap((bound) => {
    const said = uncalibrated(one.channel.calibration, bound)
    return instantsOf([(said * weight - reacted) / (k - said * n)], lastAt, halfLife)
  })
}

/** Instants around which two channels are equally likely to get a reaction. */
export function crossings(one: OnChannel, other: OnChannel): readonly Millis[] {
  const halfLife = Math.min(courseOf(one).halfLife, courseOf(other).halfLife)
  if (halfLife === Infinity) return []
  const both = straightsOf(one).flatMap((a) =>
    straightsOf(other).flatMap((b) => meetings(a, b, halfLife)),
  )
  return [...both, ...passings(one, [fullChance(other)]), ...passings(other, [fullChance(one)])]
}

/** Before the messages fade. */
const fullChance = (one: OnChannel): number =>
  calibrated(one.channel.calibration, saidAt(courseOf(one), 1))

/** What is meant along each straight part of the line that a course comes past: of the same form as what is said. */
function straightsOf(one: OnChannel): readonly Course[] {
  const course = courseOf(one)
  const { calibration } = one.channel
  if (calibration.length === 0) return [course]
  const ends = [saidAt(course, 0), saidAt(course, 1)]
  const [low, high] = [Math.min(...ends), Math.max(...ends)]
  return calibration.slice(1).flatMap(([said, meant], place) => {
    const [saidBefore, meantBefore] = calibration[place] ?? [0, 0]
    if (said < low || saidBefore > high) return []
    const slope = (meant - meantBefore) / (said - saidBefore)
    const start = meantBefore - slope * saidBefore
    const { reacted, weight, k, n } = course
    return [{ ...course, reacted: start * weight + slope * reacted, k: start * n + slope * k }]
  })
}

/** Where two courses meet that may both fade. */
function meetings(a: Course, b: Course, halfLife: Millis): readonly Millis[] {
  // Where both fade, the latest message of the one is worth x, that of the other `later` times as much.
  const later = a.n > 0 && b.n > 0 ? 0.5 ** ((a.lastAt - b.lastAt) / halfLife) : 1
  const [k, n] = [b.k * later, b.n * later]
  const both = rootsOf(
    a.k * n - k * a.n,
    a.reacted * n + a.k * b.weight - b.reacted * a.n - k * a.weight,
    a.reacted * b.weight - b.reacted * a.weight,
  )
  return instantsOf(both, a.n > 0 ? a.lastAt : b.lastAt, halfLife)
}

/** Of a·x² + b·x + c; where the square is next to nothing, by the form that does not cancel. */
function rootsOf(a: number, b: number, c: number): readonly number[] {
  const root = Math.sqrt(b * b - 4 * a * c)
  const q = -(b + (b < 0 ? -root : root)) / 2
  return [q / a, c / q]
}

/** When messages of which the latest was at `lastAt` are worth so much. */
const instantsOf = (
  worths: readonly number[],
  lastAt: Millis,
  halfLife: Millis,
): readonly Millis[] =>
  worths
    .filter((worth) => worth > 0 && worth <= 1)
    .flatMap((worth) => {
      const at = Math.floor(lastAt + halfLife * (FULL_HALF_LIVES - Math.log2(worth)))
      return AROUND.map((step) => at + step)
    })
