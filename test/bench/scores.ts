import { serialize } from 'node:v8'
import { compileWhole } from '../../edge/domain/computed/whole-catalog.ts'
import type { Entry } from '../../edge/domain/entry.ts'
import { decodeProfile, encodeProfile, newProfile } from '../../edge/domain/profile.ts'
import { factsOf, findingsOf, modelOf, reportOf } from '../../edge/domain/score/population.ts'
import { joinSpreads, SpreadTally } from '../../edge/domain/score/population-spread.ts'
import { joinStatistics, PopulationTally } from '../../edge/domain/score/population-tally.ts'
import { fitValue } from '../../edge/domain/score/value-fit.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { catalogOf, track } from '../domain/build.ts'
import { amongOthers } from './engine/scaling.ts'
import { Person } from './engine/person.ts'
import { interleaved, seeded } from './engine/rounds.ts'

const NOW: Millis = Date.parse('2026-11-01T00:00:00Z')
/** Of one person, of whose events one in twenty is an order; and people of one round. */
const EVENTS = 200
const PEOPLE = 20
const SHARDS = 8
const YEAR = 365 * DAY

export interface ScoreFigures {
  /** Median over rounds of the mean processor time of an event in microseconds, and how much dearer it is than without scores. */
  readonly ingest: readonly {
    readonly scores: string
    readonly micros: number
    readonly ratio: number
  }[]
  /** Times are of the processor. */
  readonly fit: {
    readonly customers: number
    readonly milliseconds: number
    readonly megabytes: number
    readonly converged: boolean
  }
  readonly refresh: {
    readonly customers: number
    readonly orders: number
    /** Of all shards together, one after the other: reading rows, statistics, and how customers are spread. */
    readonly shardSeconds: number
    /** Of the object that joins them: cut points and models. */
    readonly objectSeconds: number
    readonly megabytes: number
    /** Between shards and the object. */
    readonly statisticsBytes: number
    readonly spreadBytes: number
  }
}

/** What scores cost, in the domain code alone: the same code runs in workerd. */
export function benchScores(rounds: number, say: (line: string) => void): ScoreFigures {
  say('an event with and without scores, among 100 segments')
  const ingest = benchIngest(rounds)
  say('models of value of 100,000 customers')
  const fit = benchFit(100_000)
  say(`cut points and models of 200,000 customers of ${SHARDS} shards`)
  const refresh = benchRefresh(200_000)
  return { ingest, fit, refresh }
}

const SCORING: Scoring = {
  settings: SCORE_SETTINGS,
  population: {
    version: 1,
    at: NOW,
    customers: 1_000,
    cutPoints: {
      recency: [10, 30, 60, 120],
      frequency: [2, 3, 4, 6],
      monetary: [50, 100, 200, 400],
    },
    value: {
      buying: { r: 0.243, alpha: 30.9, a: 0.793, b: 2.426 },
      spending: { p: 6.25, q: 3.74, v: 15.44 },
    },
  },
}
const SCORED: readonly Condition[] = [
  { type: 'score', score: 'rfm.cell', operator: 'in', value: ['champions', 'loyal'] },
  { type: 'score', score: 'rfm.cell', operator: 'equals', value: 'at-risk' },
  { type: 'score', score: 'rfm.recency', operator: 'gte', value: 4 },
  { type: 'score', score: 'rfm.monetary', operator: 'gte', value: 5 },
  { type: 'score', score: 'clv', operator: 'gte', value: 100 },
  { type: 'score', score: 'churn', operator: 'gte', value: 0.5 },
]

/** Views, and now and then an order. */
const eventAt = (index: number): EventRecord =>
  index % 20 === 19
    ? track(
        'Order Completed',
        NOW + index * HOUR,
        { order_id: `o${index}`, revenue: 20 + (index % 70) },
        { messageId: `order ${index}` },
      )
    : track(
        'Product Viewed',
        NOW + index * HOUR,
        { category: 'shoes', price: 10 + (index % 90) },
        { messageId: `view ${index}` },
      )

/** Microseconds that the processor works: whatever else the machine does takes none of it. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user
}

function benchIngest(rounds: number): ScoreFigures['ingest'] {
  const segments = amongOthers(100)
  const kinds = [
    ['off', segments, undefined],
    ['on', segments, SCORING],
    ['on, with 6 segments by scores', [...segments.slice(0, -6), ...SCORED], SCORING],
  ] as const
  const works = kinds.map(([, conditions, scoring]) => {
    const compiled = compileWhole({
      ...catalogOf(...conditions),
      ...(scoring && { scoring }),
    })
    const events = Array.from({ length: EVENTS }, (_, index) => eventAt(index))
    return () => {
      // New people in each round, so that all rounds do the same.
      const people = Array.from({ length: PEOPLE }, () => new Person(compiled, NOW))
      const work = () => people.forEach((person) => events.forEach((event) => person.take(event)))
      return processorTime(work) / EVENTS / PEOPLE
    }
  })
  const times = interleaved(rounds, works)
  const off = times[0]?.median ?? 1
  return kinds.map(([scores], index) => {
    const micros = times[index]?.median ?? 0
    return { scores, micros, ratio: micros / off }
  })
}

/** Orders of somebody drawn from the model: a rate, a chance to stop after each, a mean amount. */
function drawnOrders(random: () => number): readonly Entry[] {
  const gamma = (shape: number) => {
    // Ahrens and Dieter 1974, for shapes below 1.
    for (;;) {
      const u = random() * (1 + shape / Math.E)
      const [x, keeps] =
        u <= 1
          ? [u ** (1 / shape), Math.exp(-(u ** (1 / shape)))]
          : [-Math.log((1 + shape / Math.E - u) / shape), 0]
      const accepted = u <= 1 ? keeps : x ** (shape - 1)
      if (random() <= accepted) return x
    }
  }
  const rate = gamma(0.6) / 60
  const stop = random() ** 2
  const mean = 20 + 60 * random()
  let at = NOW - random() * YEAR
  const entries: Entry[] = []
  for (let order = 0; at < NOW && order < 200; order++) {
    const amount = Math.round(mean * (0.5 + random()) * 100) / 100
    entries.push([Math.round(at), ['completed', `o${order}`, amount]])
    if (random() < stop) break
    at += (-Math.log(1 - random()) / rate) * DAY
  }
  return entries
}

const SIGHT = { at: NOW, now: NOW, window: 760 * DAY, horizon: 760 * DAY }

const megabytes = (): number => process.memoryUsage().heapUsed / 1e6

function benchFit(customers: number): ScoreFigures['fit'] {
  const random = seeded(1)
  const tally = new PopulationTally(SIGHT)
  for (let one = 0; one < customers; one++) tally.add(drawnOrders(random))
  const statistics = { ...tally.statistics, appetence: {} }
  const before = megabytes()
  let fit: ReturnType<typeof fitValue> | undefined
  const micros = processorTime(() => (fit = fitValue(statistics, NOW, NOW)))
  return {
    customers,
    milliseconds: Math.round(micros / 1_000),
    megabytes: Math.round(megabytes() - before),
    converged: fit !== undefined && 'buying' in fit && fit.buying.converged,
  }
}

function benchRefresh(customers: number): ScoreFigures['refresh'] {
  const random = seeded(2)
  const { orders } = compileWhole({ ...catalogOf(), scoring: SCORING })
  const key = orders?.key ?? ''
  // Rows as a shard keeps them.
  const shards = Array.from({ length: SHARDS }, (_, shard) =>
    Array.from({ length: customers / SHARDS }, (__, place) => {
      const profile = newProfile(`prf_${shard}_${place}` as ProfileId, 'bucket', NOW)
      profile.occurrences.set(key, drawnOrders(random))
      return encodeProfile(profile)
    }),
  )
  const each = (rows: readonly string[], add: (entries: readonly Entry[]) => void) => {
    for (const row of rows) add(decodeProfile(row).occurrences.get(key) ?? [])
  }
  const before = megabytes()
  let highest = before
  let shardMicros = 0
  const statistics = shards.map((rows) => {
    const tally = new PopulationTally(SIGHT)
    shardMicros += processorTime(() => each(rows, (entries) => tally.add(entries)))
    highest = Math.max(highest, megabytes())
    return { ...tally.statistics, appetence: {} }
  })
  const statisticsBytes = statistics.reduce((sum, one) => sum + serialize(one).length, 0)
  let findings: ReturnType<typeof findingsOf> | undefined
  const joined = joinStatistics(statistics)
  let objectMicros = processorTime(() => {
    findings = findingsOf(joinStatistics(statistics), SCORE_SETTINGS, NOW, NOW)
  })
  if (findings === undefined) throw new Error('Nothing was found')
  const facts = { cutPoints: findings.cutPoints, value: modelOf(findings) }
  const spreads = shards.map((rows) => {
    const tally = new SpreadTally(SIGHT, facts)
    shardMicros += processorTime(() => each(rows, (entries) => tally.add(entries)))
    highest = Math.max(highest, megabytes())
    return { ...tally.spread, appetence: {} }
  })
  const found = findings
  objectMicros += processorTime(() => {
    factsOf(reportOf(joined, found, joinSpreads(spreads), SCORE_SETTINGS, NOW), 1)
  })
  return {
    customers,
    orders: joined.orders,
    shardSeconds: shardMicros / 1e6,
    objectSeconds: objectMicros / 1e6,
    megabytes: Math.round(highest - before),
    statisticsBytes,
    spreadBytes: spreads.reduce((sum, one) => sum + serialize(one).length, 0),
  }
}
