import type { Prior, Reactions } from '../../protocol/appetence.ts'
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
 * What somebody's messages tell, whenever it is asked. Each is worth half of one that is a half-life younger; together
 * they tell as much as so many equal ones (Kish's effective sample size). Plainly decayed counts vary less than so many
 * messages would, and would pass for people who are all alike.
 */
export interface Evidence extends Reactions {
  /** Of the latest message: all of it fades some time after that. */
  readonly lastAt: Millis
}

export const NO_PRIOR: Prior = { reacted: 0, ignored: 0 }
/** The weight of a prior in messages: people who all react alike would have one that no message can move. */
const MAX_WEIGHT = 1_000

/** `halfLife`: infinite if messages never lose their worth. Undefined: there is no message. */
export function evidenceOf(
  messages: readonly ReceivedMessage[],
  halfLife: Millis,
): Evidence | undefined {
  if (messages.length === 0) return undefined
  const lastAt = messages.reduce((latest, { at }) => Math.max(latest, at), -Infinity)
  let [all, squares, reacted] = [0, 0, 0]
  for (const message of messages) {
    const worth = worthAt(message.at, halfLife, lastAt)
    all += worth
    squares += worth ** 2
    if (message.reacted) reacted += worth
  }
  const scale = all / squares
  return { messages: all * scale, reacted: reacted * scale, lastAt }
}

/** What a message is worth later on. */
const worthAt = (at: Millis, halfLife: Millis, now: Millis): number =>
  halfLife === Infinity ? 1 : 0.5 ** ((now - at) / halfLife)

/**
 * In half-lives: what somebody's messages tell counts in full for so long after the latest of them. Were it less from the
 * first day on, people would be said to be more alike than they are: by 4 points in a fifth of those whose rates hardly
 * move, and by 5 where they do, against 2 and 3 (as in `test/domain/score/appetence.test.ts`).
 */
export const FULL_HALF_LIVES = 2

/** Without another message, what is known of somebody is worth half in each half-life thereafter. */
export const lastingWorth = (lastAt: Millis, halfLife: Millis, now: Millis): number =>
  halfLife === Infinity ? 1 : Math.min(1, 0.5 ** ((now - lastAt) / halfLife - FULL_HALF_LIVES))

export function fadedAt(evidence: Evidence | undefined, halfLife: Millis, now: Millis): Reactions {
  if (evidence === undefined) return { messages: 0, reacted: 0 }
  const { messages, reacted, lastAt } = evidence
  const worth = lastingWorth(lastAt, halfLife, now)
  return { messages: messages * worth, reacted: reacted * worth }
}

/** What messages until an instant tell at that instant. */
export const reactionsAt = (
  messages: readonly ReceivedMessage[],
  halfLife: Millis,
  now: Millis,
): Reactions =>
  fadedAt(
    evidenceOf(
      messages.filter(({ at }) => at <= now),
      halfLife,
    ),
    halfLife,
    now,
  )

/** People of whom the same is known. */
export interface Alike extends Reactions {
  /** How many, or what they count together. Default: one. */
  readonly people?: number
}

/** The prior of a population by maximum likelihood (beta-binomial). `NO_PRIOR` if nobody received anything. */
export function fitPrior(people: readonly Alike[]): Prior {
  const told = people.filter((one) => one.messages > 0 && (one.people ?? 1) > 0)
  if (told.length === 0) return NO_PRIOR
  const [messages, reacted, count] = told.reduce(
    ([all, some, of], { people: n = 1, ...one }) => [
      all + n * one.messages,
      some + n * one.reacted,
      of + n,
    ],
    [0, 0, 0],
  )
  // Half a reaction and half a refusal more: nobody is known never to react.
  const rate = (reacted + 0.5) / (messages + 1)
  const fit = maximise(
    ([a = 0, b = 0]) => likelihood(told, a, b),
    [rate * 4, (1 - rate) * 4],
    count,
  )
  const [a = 0, b = 0] = fit.parameters
  const weight = Math.min(a + b, MAX_WEIGHT)
  const isSound = Number.isFinite(a) && Number.isFinite(b) && a + b > 0
  const share = isSound ? a / (a + b) : rate
  return { reacted: share * weight, ignored: (1 - share) * weight }
}

function likelihood(people: readonly Alike[], a: number, b: number) {
  const [ofA, ofB, ofBoth] = [lnGamma(a), lnGamma(b), lnGamma(a + b)]
  const [slopeA, slopeB, slopeBoth] = [digamma(a), digamma(b), digamma(a + b)]
  let [value, byA, byB] = [0, 0, 0]
  for (const { messages: n, reacted: k, people: count = 1 } of people) {
    value += count * (lnGamma(a + k) + lnGamma(b + n - k) - lnGamma(a + b + n) - ofA - ofB + ofBoth)
    const both = slopeBoth - digamma(a + b + n)
    byA += count * (digamma(a + k) - slopeA + both)
    byB += count * (digamma(b + n - k) - slopeB + both)
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
