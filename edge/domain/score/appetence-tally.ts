import {
  CALIBRATION_SPAN,
  HOUR_BANDS,
  type AppetenceStatistics,
  type ChannelStatistics,
  type Reactions,
} from '../../protocol/appetence.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Facts } from '../condition.ts'
import { evidenceOf, lastingWorth, type Evidence } from './appetence.ts'
import { CellSums } from './appetence-cells.ts'
import type { Channel } from './channel.ts'
import { bandAt } from './hour-band.ts'
import { messagesAt, type Message } from './messages.ts'

/** When it is looked, and how long what was said counts. */
export interface MessageSight {
  readonly at: Millis
  readonly horizon: Millis
  /** IANA name of the workspace's time zone. */
  readonly zone: string
}

/** Below so little nobody counts. */
const NEXT_TO_NOTHING = 1e-6

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Sums = Mutable<Reactions>[]
const noSums = (): Sums => HOUR_BANDS.map(() => ({ messages: 0, reacted: 0 }))

/** Each band's messages of a person. */
export function byBand(
  messages: readonly Message[],
  zones: readonly (string | undefined)[],
): readonly (readonly Message[])[] {
  const bands: Message[][] = HOUR_BANDS.map(() => [])
  for (const message of messages) bands[bandAt(message.at, [message.zone, ...zones])]?.push(message)
  return bands
}

/** One moment's view of a channel. */
class View {
  readonly sums = new CellSums()
  readonly bands = noSums()
  messages = 0

  /** `zones`: undefined if hours are not asked for. */
  add(
    messages: readonly Message[],
    zones: readonly string[] | undefined,
    halfLife: Millis,
    at: Millis,
  ): void {
    const evidence = evidenceOf(messages, halfLife)
    if (evidence === undefined) return
    this.messages += messages.length
    const worth = lastingWorth(evidence.lastAt, halfLife, at)
    if (worth < NEXT_TO_NOTHING) return
    // Whoever got nothing for long says little of people as they are now.
    this.sums.add(evidence, worth)
    if (zones === undefined) return
    for (const [place, own] of byBand(messages, zones).entries()) {
      addTo(this.bands[place], evidenceOf(own, halfLife), halfLife, at)
    }
  }
}

function addTo(
  sum: Mutable<Reactions> | undefined,
  evidence: Evidence | undefined,
  halfLife: Millis,
  at: Millis,
): void {
  if (sum === undefined || evidence === undefined) return
  const worth = lastingWorth(evidence.lastAt, halfLife, at)
  sum.messages += worth * evidence.messages
  sum.reacted += worth * evidence.reacted
}

/** Gathers what people tell of a channel, one after the other. */
class ChannelTally {
  readonly #now = new View()
  readonly #before = new View()
  #people = 0
  #reacted = 0

  add(channel: Channel, facts: Facts, { at, horizon, zone }: MessageSight): void {
    const entries = facts.entries(channel.feature)
    if (entries.length === 0) return
    const zones = [...(facts.context.timezone === undefined ? [] : [facts.context.timezone]), zone]
    const { messages } = messagesAt(entries, at, horizon)
    if (messages.length > 0) this.#people++
    this.#reacted += messages.filter(({ reacted }) => reacted).length
    this.#now.add(messages, zones, channel.halfLife, at)
    const before = at - CALIBRATION_SPAN
    const earlier = messagesAt(entries, before, horizon).messages
    this.#before.add(earlier, undefined, channel.halfLife, before)
  }

  get statistics(): ChannelStatistics {
    return {
      people: this.#people,
      messages: this.#now.messages,
      reacted: this.#reacted,
      cells: this.#now.sums.cells,
      bands: this.#now.bands,
      before: {
        messages: this.#before.messages,
        cells: this.#before.sums.cells,
      },
    }
  }
}

/** Gathers what people tell of all channels. */
export class AppetenceTally {
  readonly #channels: readonly (readonly [Channel, ChannelTally])[]
  readonly #sight: MessageSight

  constructor(channels: readonly Channel[], sight: MessageSight) {
    this.#channels = channels.map((channel) => [channel, new ChannelTally()])
    this.#sight = sight
  }

  add(facts: Facts): void {
    for (const [channel, tally] of this.#channels) tally.add(channel, facts, this.#sight)
  }

  get statistics(): AppetenceStatistics {
    return Object.fromEntries(
      this.#channels
        .map(([{ name }, tally]) => [name, tally.statistics] as const)
        .filter(([, { people, before }]) => people > 0 || before.messages > 0),
    )
  }
}

/** What several parts of the population tell together. */
export function joinAppetence(parts: readonly AppetenceStatistics[]): AppetenceStatistics {
  const names = new Set(parts.flatMap((part) => Object.keys(part)))
  return Object.fromEntries(
    [...names].sort().map((name) => {
      const own = parts.flatMap((part) => part[name] ?? [])
      return [
        name,
        {
          people: total(own, ({ people }) => people),
          messages: total(own, ({ messages }) => messages),
          reacted: total(own, ({ reacted }) => reacted),
          cells: joinCells(own.map(({ cells }) => cells)),
          bands: joinBands(own.map(({ bands }) => bands)),
          before: {
            messages: total(own, ({ before }) => before.messages),
            cells: joinCells(own.map(({ before }) => before.cells)),
          },
        },
      ]
    }),
  )
}

const total = <T>(all: readonly T[], read: (one: T) => number): number =>
  all.reduce((sum, one) => sum + read(one), 0)

function joinCells(lists: readonly ChannelStatistics['cells'][]): ChannelStatistics['cells'] {
  const sums = new CellSums()
  for (const cells of lists) sums.join(cells)
  return sums.cells
}

const joinBands = (lists: readonly (readonly Reactions[])[]): readonly Reactions[] =>
  HOUR_BANDS.map((_, place) => ({
    messages: total(lists, (bands) => bands[place]?.messages ?? 0),
    reacted: total(lists, (bands) => bands[place]?.reacted ?? 0),
  }))
