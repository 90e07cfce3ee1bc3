import {
  CALIBRATION_SPAN,
  type AppetenceFacts,
  type AppetenceQuestion,
  type AppetenceSpread,
  type ChannelSpread,
  type Foretold,
} from '../../protocol/appetence.ts'
import type { Facts } from '../condition.ts'
import { evidenceOf, NO_PRIOR } from './appetence.ts'
import type { MessageSight } from './appetence-tally.ts'
import { probabilityAt, standardOf, type Channel } from './channel.ts'
import { messagesAt } from './messages.ts'
import { joinSketches, sketchOf } from './quantile-sketch.ts'

/** What is foretold is told apart by so small parts of 1. */
const PARTS = 400

/** By what was found at another time than the catalog has it. */
function asFound(channel: Channel, facts: AppetenceFacts): Channel {
  const found = Object.hasOwn(facts, channel.name) ? facts[channel.name] : undefined
  const kind = channel.prior === NO_PRIOR ? 'none' : 'population'
  return { ...channel, ...standardOf(kind, found) }
}

class ChannelSpreadTally {
  readonly #now: Channel
  readonly #before: Channel
  readonly #probabilities: number[] = []
  readonly #foretold = new Map<number, [number, number, number, number]>()

  constructor(channel: Channel, { now, before }: AppetenceQuestion) {
    this.#now = asFound(channel, now)
    this.#before = asFound(channel, before)
  }

  add(facts: Facts, { at, horizon }: MessageSight): void {
    const { feature, halfLife } = this.#now
    const entries = facts.entries(feature)
    if (entries.length === 0) return
    const { messages } = messagesAt(entries, at, horizon)
    if (messages.length > 0) {
      const known = { channel: this.#now, evidence: evidenceOf(messages, halfLife) }
      const probability = probabilityAt(known, at)
      if (probability !== undefined) this.#probabilities.push(probability)
    }
    const then = at - CALIBRATION_SPAN
    const since = messages.filter((message) => message.at > then)
    if (since.length === 0) return
    const earlier = messagesAt(entries, then, horizon).messages
    const known = { channel: this.#before, evidence: evidenceOf(earlier, halfLife) }
    const predicted = probabilityAt(known, then)
    if (predicted === undefined) return
    const place = Math.min(Math.floor(predicted * PARTS), PARTS - 1)
    const sum = this.#foretold.get(place) ?? [place, 0, 0, 0]
    this.#foretold.set(place, sum)
    sum[1] += since.length
    sum[2] += predicted * since.length
    sum[3] += since.filter(({ reacted }) => reacted).length
  }

  get spread(): ChannelSpread {
    return { probabilities: sketchOf(this.#probabilities), foretold: [...this.#foretold.values()] }
  }
}

/** Tells how people are spread over what was found, and how what was foretold compares with what happened. */
export class AppetenceSpreadTally {
  readonly #channels: readonly (readonly [string, ChannelSpreadTally])[]
  readonly #sight: MessageSight

  constructor(channels: readonly Channel[], question: AppetenceQuestion, sight: MessageSight) {
    this.#channels = channels.map((one) => [one.name, new ChannelSpreadTally(one, question)])
    this.#sight = sight
  }

  add(facts: Facts): void {
    for (const [, tally] of this.#channels) tally.add(facts, this.#sight)
  }

  get spread(): AppetenceSpread {
    return Object.fromEntries(this.#channels.map(([name, tally]) => [name, tally.spread]))
  }
}

/** The spread of several parts of the population together. */
export function joinAppetenceSpreads(parts: readonly AppetenceSpread[]): AppetenceSpread {
  const names = new Set(parts.flatMap((part) => Object.keys(part)))
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const own = parts.flatMap((part) => part[name] ?? [])
      return [
        name,
        {
          probabilities: joinSketches(own.map(({ probabilities }) => probabilities)),
          foretold: joinForetold(own.map(({ foretold }) => foretold)),
        },
      ]
    }),
  )
}

function joinForetold(parts: readonly Foretold[]): Foretold {
  const sums = new Map<number, [number, number, number, number]>()
  for (const [place, messages, predicted, reacted] of parts.flat()) {
    const sum = sums.get(place) ?? [place, 0, 0, 0]
    sums.set(place, sum)
    sum[1] += messages
    sum[2] += predicted
    sum[3] += reacted
  }
  return [...sums.values()].sort(([a], [b]) => a - b)
}
