import type { Millis } from '../../protocol/time.ts'
import { FULL_HALF_LIVES } from './appetence.ts'
import type { OnChannel } from './channel.ts'

/** By rounding, what is passed at an instant is seen to be a little earlier or later. */
const AROUND = [-1, 0, 1, 2]

/**
 * A probability as it depends on what the messages are worth by then, x: (reacted + k·x) ÷ (weight + n·x). Undefined: time
 * does not change it.
 */
function courseOf({ channel: { prior, halfLife }, evidence }: OnChannel) {
  if (prior === undefined || evidence === undefined || halfLife === Infinity) return undefined
  return {
    reacted: prior.reacted,
    weight: prior.reacted + prior.ignored,
    k: evidence.reacted,
    n: evidence.messages,
    lastAt: evidence.lastAt,
    halfLife,
  }
}

/** Instants around which a probability that fades towards that of all people passes one of some bounds. */
export function passings(one: OnChannel, bounds: readonly number[]): readonly Millis[] {
  const course = courseOf(one)
  if (course === undefined) return []
  const { reacted, weight, k, n, lastAt, halfLife } = course
  return bounds.flatMap((bound) =>
    instantsOf([(bound * weight - reacted) / (k - bound * n)], lastAt, halfLife),
  )
}

/** Instants around which two channels are equally likely to get a reaction. */
export function crossings(one: OnChannel, other: OnChannel): readonly Millis[] {
  const [a, b] = [courseOf(one) ?? constantOf(one), courseOf(other) ?? constantOf(other)]
  const halfLife = Math.min(a.halfLife, b.halfLife)
  if (halfLife === Infinity) return []
  // Where both fade, the latest message of the one is worth x, that of the other `later` times as much.
  const later = a.n > 0 && b.n > 0 ? 0.5 ** ((a.lastAt - b.lastAt) / halfLife) : 1
  const [k, n] = [b.k * later, b.n * later]
  const both = rootsOf(
    a.k * n - k * a.n,
    a.reacted * n + a.k * b.weight - b.reacted * a.n - k * a.weight,
    a.reacted * b.weight - b.reacted * a.weight,
  )
  return [
    ...instantsOf(both, a.n > 0 ? a.lastAt : b.lastAt, halfLife),
    ...whileFull(a, b),
    ...whileFull(b, a),
  ]
}

type Course = ReturnType<typeof constantOf>

/** Where the one fades and the other does not yet. */
function whileFull({ reacted, weight, k, n, lastAt, halfLife }: Course, other: Course) {
  const chance = (other.reacted + other.k) / (other.weight + other.n)
  return halfLife === Infinity
    ? []
    : instantsOf([(chance * weight - reacted) / (k - chance * n)], lastAt, halfLife)
}

function constantOf({ channel: { prior }, evidence }: OnChannel) {
  const { reacted = 0, ignored = 0 } = prior ?? {}
  const { messages = 0, reacted: own = 0 } = evidence ?? {}
  const told = { reacted: reacted + own, weight: reacted + ignored + messages }
  return { ...told, k: 0, n: 0, lastAt: 0, halfLife: Infinity }
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
