import type { Millis } from '../../protocol/time.ts'
import { betaQuantile } from './beta.ts'
import { digamma, lnGamma } from './gamma.ts'
import { maximise } from './maximise.ts'

/** A message of a channel that somebody received, and whether they reacted: however often, it is one message. */
export interface ReceivedMessage {
  readonly at: Millis
  readonly reacted: boolean
}

/**
 * Messages and those reacted to, of which each counts less with age: as many equal ones as tell as much (Kish's
 * effective sample size). Plainly decayed counts vary less than so many messages would, and would pass for people who
 * are all alike.
 */
export interface Reactions {
  readonly messages: number
  readonly reacted: number
}

/** How rates of reaction are spread among people: Beta(reacted, ignored), each above 0; both 0 for no prior at all. */
export interface Prior {
  readonly reacted: number
  readonly ignored: number
}

export const NO_PRIOR: Prior = { reacted: 0, ignored: 0 }
/** The weight of a prior in messages: people who all react alike would have one that no message can move. */
const MAX_WEIGHT = 1_000

/** `halfLife`: after so long a message is worth half; infinite: it never loses. */
export function reactionsAt(
  messages: readonly ReceivedMessage[],
  halfLife: Millis,
  now: Millis,
): Reactions {
  let [all, squares, reacted] = [0, 0, 0]
  for (const message of messages) {
    if (message.at > now) continue
    const worth = halfLife === Infinity ? 1 : 0.5 ** ((now - message.at) / halfLife)
    all += worth
    squares += worth ** 2
    if (message.reacted) reacted += worth
  }
  // What is so old that its worth is 0 in double precision tells nothing.
  const scale = squares > 0 ? all / squares : 0
  return { messages: all * scale, reacted: reacted * scale }
}

/** The prior of a population by maximum likelihood (beta-binomial). `NO_PRIOR` if nobody received anything. */
export function fitPrior(people: readonly Reactions[]): Prior {
  const told = people.filter(({ messages }) => messages > 0)
  if (told.length === 0) return NO_PRIOR
  const [messages, reacted] = told.reduce(
    ([all, some], one) => [all + one.messages, some + one.reacted],
    [0, 0],
  )
  // Half a reaction and half a refusal more: nobody is known never to react.
  const rate = (reacted + 0.5) / (messages + 1)
  const fit = maximise(
    ([a = 0, b = 0]) => likelihood(told, a, b),
    [rate * 4, (1 - rate) * 4],
    told.length,
  )
  const [a = 0, b = 0] = fit.parameters
  const weight = Math.min(a + b, MAX_WEIGHT)
  const isSound = Number.isFinite(a) && Number.isFinite(b) && a + b > 0
  const share = isSound ? a / (a + b) : rate
  return { reacted: share * weight, ignored: (1 - share) * weight }
}

function likelihood(people: readonly Reactions[], a: number, b: number) {
  const [ofA, ofB, ofBoth] = [lnGamma(a), lnGamma(b), lnGamma(a + b)]
  const [slopeA, slopeB, slopeBoth] = [digamma(a), digamma(b), digamma(a + b)]
  let [value, byA, byB] = [0, 0, 0]
  for (const { messages: n, reacted: k } of people) {
    value += lnGamma(a + k) + lnGamma(b + n - k) - lnGamma(a + b + n) - ofA - ofB + ofBoth
    const both = slopeBoth - digamma(a + b + n)
    byA += digamma(a + k) - slopeA + both
    byB += digamma(b + n - k) - slopeB + both
  }
  return { value, gradient: [byA, byB] }
}

export interface Appetence {
  /** Probability that a message gets a reaction; undefined: nothing is known, not even of others. */
  readonly probability: number | undefined
  /** 80 % of what it may be. */
  readonly low: number
  readonly high: number
  readonly reactions: Reactions
}

/** Of one person on one channel. Without a prior it is the plain share of messages reacted to. */
export function appetenceOf(reactions: Reactions, prior: Prior): Appetence {
  const reacted = prior.reacted + reactions.reacted
  const ignored = prior.ignored + reactions.messages - reactions.reacted
  const all = reacted + ignored
  const isCertain = reacted <= 0 || ignored <= 0
  const probability = all > 0 ? reacted / all : undefined
  return {
    probability,
    low: isCertain ? (probability ?? 0) : betaQuantile(0.1, reacted, ignored),
    high: isCertain ? (probability ?? 1) : betaQuantile(0.9, reacted, ignored),
    reactions,
  }
}

/** A channel a person may be reached on, and agreed to. */
export interface RankedChannel {
  readonly channel: string
  readonly appetence: Appetence
  /** Of the latest reaction on it; -Infinity: there was none. */
  readonly reactedAt: Millis
}

/** The best first: by probability, of equal ones the latest reaction, then by name. Unknown ones come last. */
export function rankChannels(channels: readonly RankedChannel[]): readonly RankedChannel[] {
  const chance = ({ appetence }: RankedChannel) => appetence.probability ?? -1
  return channels.toSorted(
    (a, b) =>
      chance(b) - chance(a) ||
      (a.reactedAt === b.reactedAt ? 0 : b.reactedAt - a.reactedAt) ||
      (a.channel < b.channel ? -1 : 1),
  )
}

/**
 * The channel to use. `draw` in [0, 1) is the person's for this message: below `exploration` it is the channel that was
 * tried least, so that unproven ones get measured.
 */
export function bestChannel(
  channels: readonly RankedChannel[],
  exploration: number,
  draw: number,
): string | undefined {
  const ranked = rankChannels(channels)
  if (draw >= exploration) return ranked[0]?.channel
  const leastTried = ranked.toSorted(
    (a, b) => a.appetence.reactions.messages - b.appetence.reactions.messages,
  )
  return leastTried[0]?.channel
}
