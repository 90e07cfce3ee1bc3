import { describe, expect, test } from 'vitest'
import {
  appetenceOf,
  bestChannel,
  evidenceOf,
  fitPrior,
  NO_PRIOR,
  rankChannels,
  lastingWorth,
  reactionsAt,
  type RankedChannel,
} from '../../../edge/domain/score/appetence.ts'
import type { Reactions } from '../../../edge/protocol/appetence.ts'

const DAY = 86_400_000

/** Numbers in [0, 1), the same in every run (mulberry32). */
function draws(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

describe('reactions', () => {
  const messages = [
    { at: 0, reacted: true },
    { at: 90 * DAY, reacted: false },
    { at: 180 * DAY, reacted: true },
  ]

  test('lose half their worth in each half-life, and count as many equal ones would', () => {
    const scale = 1.75 / (1 + 0.5 ** 2 + 0.25 ** 2)
    const decayed = reactionsAt(messages, 90 * DAY, 180 * DAY)
    expect(decayed.messages).toBeCloseTo(1.75 * scale, 12)
    expect(decayed.reacted).toBeCloseTo(1.25 * scale, 12)
  })

  test('that are yet to come do not count', () => {
    expect(reactionsAt(messages, Infinity, 100 * DAY)).toEqual({ messages: 2, reacted: 1 })
  })

  test('without decay or prior are the plain share, and certain where all or none were reacted to', () => {
    const { probability } = appetenceOf(reactionsAt(messages, Infinity, 180 * DAY), NO_PRIOR)
    expect(probability).toBe(2 / 3)
    expect(appetenceOf({ messages: 0, reacted: 0 }, NO_PRIOR).probability).toBeUndefined()
    expect(appetenceOf({ messages: 2, reacted: 2 }, NO_PRIOR)).toMatchObject({ low: 1, high: 1 })
  })
})

describe('the prior', () => {
  test('of nobody is none', () => {
    expect(fitPrior([{ messages: 0, reacted: 0 }])).toEqual(NO_PRIOR)
  })

  test.each([
    ['nobody reacts', { messages: 10, reacted: 0 }],
    ['all react always', { messages: 10, reacted: 10 }],
    ['all react alike', { messages: 10, reacted: 3 }],
  ])('is sound where %s', (_, one) => {
    const prior = fitPrior(Array.from({ length: 200 }, () => one))
    const { probability = -1 } = appetenceOf({ messages: 0, reacted: 0 }, prior)
    expect(Math.abs(probability - one.reacted / one.messages)).toBeLessThan(0.01)
    expect(prior.reacted + prior.ignored).toBeLessThanOrEqual(1_000.001)
  })

  test('recovers the distribution people were drawn from', () => {
    const draw = draws(11)
    // Beta(2, 6) as the second smallest of seven numbers.
    const people = Array.from({ length: 20_000 }, (): Reactions => {
      const rate = Array.from({ length: 7 }, draw).sort((a, b) => a - b)[1] ?? 0
      const reacted = Array.from({ length: 12 }, draw).filter((one) => one < rate).length
      return { messages: 12, reacted }
    })
    const prior = fitPrior(people)
    expect(prior.reacted).toBeCloseTo(2, 0)
    expect(prior.ignored).toBeCloseTo(6, 0)
  })
})

describe('calibration on people of another model family', () => {
  // Rates log-normal (heavy-tailed), moving with the season and with habituation: nothing of it is a beta distribution.
  const draw = draws(5)
  const normal = () => Math.sqrt(-2 * Math.log(draw() || 1e-9)) * Math.cos(2 * Math.PI * draw())
  const now = 360 * DAY
  const rateAt = (base: number, at: number) =>
    Math.min(base * (1 + 0.15 * Math.sin((2 * Math.PI * at) / (365 * DAY))), 0.95)
  const people = Array.from({ length: 30_000 }, () => {
    const base = Math.min(0.12 * Math.exp(0.9 * normal()), 0.9)
    const messages = Array.from({ length: Math.floor(draw() * 15) }, () => {
      const at = draw() * now
      return { at, reacted: draw() < rateAt(base, at) }
    })
    const rate = rateAt(base, now)
    return { messages, rate, next: draw() < rate }
  })
  const reactions = people.map(({ messages }) => reactionsAt(messages, 90 * DAY, now))
  // As of a population: by what people's messages tell, however long ago, of which the older counts less.
  const prior = fitPrior(
    people.flatMap(({ messages }) => {
      const evidence = evidenceOf(messages, 90 * DAY)
      if (evidence === undefined) return []
      return [{ ...evidence, people: lastingWorth(evidence.lastAt, 90 * DAY, now) }]
    }),
  )

  test('in tenths of predictions what is said is off by less than 2 points in the mean, in no fifth by 3', () => {
    const predicted = people
      .map(({ rate }, place) => ({
        rate,
        said: appetenceOf(reactions[place] ?? { messages: 0, reacted: 0 }, prior).probability ?? 0,
      }))
      .sort((a, b) => a.said - b.said)
    const errors = (parts: number) =>
      Array.from({ length: parts }, (_, part) => {
        const size = predicted.length / parts
        const group = predicted.slice(part * size, (part + 1) * size)
        const sum = group.reduce((all, { said, rate }) => all + said - rate, 0)
        return Math.abs(sum) / group.length
      })
    expect(errors(10).reduce((sum, error) => sum + error, 0) / 10).toBeLessThan(0.02)
    // Beta distributions have no tail as heavy: whoever reacts most is said to react less.
    expect(Math.max(...errors(5))).toBeLessThan(0.03)
  })

  test('is better than the plain share, which is far off where there are few messages', () => {
    const error = (read: (one: Reactions) => number) =>
      people.reduce((sum, { next }, place) => {
        const said = read(reactions[place] ?? { messages: 0, reacted: 0 })
        return sum + (said - Number(next)) ** 2
      }, 0)
    const ours = error((one) => appetenceOf(one, prior).probability ?? 0)
    expect(ours).toBeLessThan(error((one) => appetenceOf(one, NO_PRIOR).probability ?? 0) * 0.95)
  })
})

describe('channels', () => {
  const channel = (
    name: string,
    reacted: number,
    messages: number,
    reactedAt = Number.NEGATIVE_INFINITY,
  ): RankedChannel => ({
    channel: name,
    appetence: appetenceOf({ messages, reacted }, NO_PRIOR),
    reactedAt,
  })

  test.each([
    ['the highest probability wins', [channel('sms', 1, 4), channel('email', 1, 2)], 'email'],
    ['of equal ones the latest reaction', [channel('a', 1, 2, 5), channel('b', 2, 4, 9)], 'b'],
    ['then the name', [channel('b', 0, 2), channel('a', 0, 3)], 'a'],
    ['what is known of comes first', [channel('new', 0, 0), channel('tried', 0, 5)], 'tried'],
  ])('%s', (_, channels, best) => {
    expect(rankChannels(channels)[0]?.channel).toBe(best)
    expect(bestChannel(channels, 0.1, 0.1)).toBe(best)
  })

  test('a small share goes to the channel that was tried least', () => {
    const channels = [channel('email', 5, 10), channel('sms', 0, 2)]
    expect(bestChannel(channels, 0.1, 0.0999)).toBe('sms')
    expect(bestChannel(channels, 0, 0)).toBe('email')
    expect(bestChannel([], 0.1, 0.5)).toBeUndefined()
  })
})
