import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import {
  calibrationError,
  calibrationOf,
  liftOf,
  populationOf,
} from '../../edge/domain/score/appetence-findings.ts'
import { calibrated } from '../../edge/domain/score/calibration.ts'
import { CellSums } from '../../edge/domain/score/appetence-cells.ts'
import {
  appetenceOf,
  evidenceOf,
  fadedAt,
  lastingWorth,
  type ReceivedMessage,
} from '../../edge/domain/score/appetence.ts'
import type { CalibrationPoint, Foretold } from '../../edge/protocol/appetence.ts'
import { DAY, type Millis } from '../../edge/protocol/time.ts'
import { dataFile } from '../data.ts'
import { seeded } from './engine/rounds.ts'

const HALF_LIFE: Millis = 90 * DAY

/** How what was foretold of messages compares with what became of them. */
export interface BackTest {
  readonly name: string
  readonly messages: number
  /** Share with a reaction. */
  readonly rate: number
  readonly points: readonly CalibrationPoint[]
  /** Mean distance between foretold and observed, of the tenths. */
  readonly error: number
  /** How many times as often as all the last tenth was reacted to. */
  readonly lift: number
  /** Probability that of two messages the one that was reacted to was said to be likelier; 0.5: by chance. */
  readonly auc: number
}

interface Outcome {
  readonly predicted: number
  /** Of the message: 0 or 1; of a simulated one its true rate. */
  readonly actual: number
}

function backTest(name: string, outcomes: readonly Outcome[]): BackTest {
  const bins = new Map<number, [number, number, number, number]>()
  for (const { predicted, actual } of outcomes) {
    const place = Math.min(Math.floor(predicted * 400), 399)
    const bin = bins.get(place) ?? [place, 0, 0, 0]
    bins.set(place, bin)
    bin[1]++
    bin[2] += predicted
    bin[3] += actual
  }
  const foretold: Foretold = [...bins.values()]
  const points = calibrationOf(foretold)
  return {
    name,
    messages: outcomes.length,
    rate: outcomes.reduce((sum, { actual }) => sum + actual, 0) / outcomes.length,
    points,
    error: calibrationError(points),
    lift: liftOf(points),
    auc: aucOf(outcomes),
  }
}

/** By ranks, equal predictions sharing theirs (Mann and Whitney). */
function aucOf(outcomes: readonly Outcome[]): number {
  const sorted = outcomes.toSorted((a, b) => a.predicted - b.predicted)
  let [ranks, hits, place] = [0, 0, 0]
  while (place < sorted.length) {
    let end = place
    while (end < sorted.length && sorted[end]?.predicted === sorted[place]?.predicted) end++
    const rank = (place + 1 + end) / 2
    for (; place < end; place++) {
      const { actual = 0 } = sorted[place] ?? {}
      ranks += rank * actual
      hits += actual
    }
  }
  return (ranks - (hits * (hits + 1)) / 2) / (hits * (sorted.length - hits))
}

type Standard = ReturnType<typeof populationOf>

/** What the product finds of a population at an instant. */
function standardAt(
  people: Iterable<readonly ReceivedMessage[]>,
  halfLife: Millis,
  now: Millis,
): Standard {
  const sums = new CellSums()
  for (const messages of people) {
    const evidence = evidenceOf(messages, halfLife)
    if (evidence !== undefined) sums.add(evidence, lastingWorth(evidence.lastAt, halfLife, now))
  }
  return populationOf(sums.cells)
}

function foretell(
  messages: readonly ReceivedMessage[],
  { prior, calibration = [] }: Standard,
  halfLife: Millis,
  now: Millis,
): number {
  const known = fadedAt(evidenceOf(messages, halfLife), halfLife, now)
  return calibrated(calibration, appetenceOf(known, prior).probability ?? 0)
}

/**
 * People whose rates are log-normal (heavy-tailed) and move with the season: nothing of it is a beta distribution. What
 * is foretold is compared with the true rate, so that chance plays no part in the comparison.
 */
export function simulated(count: number, seed = 5): BackTest {
  const draw = seeded(seed)
  const normal = () => Math.sqrt(-2 * Math.log(draw() || 1e-9)) * Math.cos(2 * Math.PI * draw())
  const now = 360 * DAY
  const rateAt = (base: number, at: Millis) =>
    Math.min(base * (1 + 0.15 * Math.sin((2 * Math.PI * at) / (365 * DAY))), 0.95)
  const people = Array.from({ length: count }, () => {
    const base = Math.min(0.12 * Math.exp(0.9 * normal()), 0.9)
    const messages = Array.from({ length: Math.floor(draw() * 15) }, () => {
      const at = draw() * now
      return { at, reacted: draw() < rateAt(base, at) }
    }).sort((a, b) => a.at - b.at)
    return { messages, rate: rateAt(base, now) }
  })
  const standard = standardAt(
    people.map(({ messages }) => messages),
    HALF_LIFE,
    now,
  )
  return backTest(
    'simulated: log-normal rates, seasonal',
    people.map(({ messages, rate }) => ({
      predicted: foretell(messages, standard, HALF_LIFE, now),
      actual: rate,
    })),
  )
}

function rowsOf(name: string): readonly { readonly [column: string]: string }[] | null {
  const path = dataFile(name)
  return path === null ? null : parse(gunzipSync(readFileSync(path)), { columns: true })
}

interface Mailing {
  readonly household: string
  readonly at: Millis
  /** Undefined: no coupon of it was redeemed. */
  readonly redeemedAt: Millis | undefined
}

/** Campaigns of a grocer, each a mailing to some households; a coupon of it that is redeemed is the reaction. */
function mailings(): readonly Mailing[] | null {
  const campaigns = rowsOf('complete_journey/campaigns.csv.gz')
  const descriptions = rowsOf('complete_journey/campaign_descriptions.csv.gz')
  const redemptions = rowsOf('complete_journey/coupon_redemptions.csv.gz')
  if (campaigns === null || descriptions === null || redemptions === null) return null
  const startOf = new Map(
    descriptions.map((row) => [row['campaign_id'], Date.parse(row['start_date'] ?? '')]),
  )
  const redeemed = new Map<string, Millis>()
  for (const row of redemptions) {
    const key = `${row['campaign_id']} ${row['household_id']}`
    const at = Date.parse(row['redemption_date'] ?? '')
    redeemed.set(key, Math.min(redeemed.get(key) ?? Infinity, at))
  }
  return campaigns
    .map(({ campaign_id: campaign = '', household_id: household = '' }) => ({
      household,
      at: startOf.get(campaign) ?? 0,
      redeemedAt: redeemed.get(`${campaign} ${household}`),
    }))
    .sort((a, b) => a.at - b.at)
}

/** Each mailing from July on, by what was known on the day it was sent. */
export function journeyByTime(): BackTest | null {
  const all = mailings()
  if (all === null) return null
  const outcomes: Outcome[] = []
  const days = new Set(all.map(({ at }) => at).filter((at) => at >= Date.parse('2017-07-01')))
  for (const now of days) {
    const byHousehold = new Map<string, ReceivedMessage[]>()
    for (const { household, at, redeemedAt = Infinity } of all) {
      if (at >= now) break
      const own = byHousehold.get(household) ?? []
      byHousehold.set(household, own)
      own.push({ at, reacted: redeemedAt <= now })
    }
    const standard = standardAt(byHousehold.values(), HALF_LIFE, now)
    for (const { household, redeemedAt } of all.filter(({ at }) => at === now)) {
      const predicted = foretell(byHousehold.get(household) ?? [], standard, HALF_LIFE, now)
      outcomes.push({ predicted, actual: Number(redeemedAt !== undefined) })
    }
  }
  return backTest('complete journey, time split', outcomes)
}

/** Half of each household's mailings, drawn by lot, foretell the other half. */
export function journeyAtRandom(seed = 7): BackTest | null {
  const all = mailings()
  if (all === null) return null
  const draw = seeded(seed)
  const known = new Map<string, ReceivedMessage[]>()
  const hidden: Mailing[] = []
  for (const one of all) {
    if (draw() < 0.5) hidden.push(one)
    else {
      const own = known.get(one.household) ?? []
      known.set(one.household, own)
      own.push({ at: one.at, reacted: one.redeemedAt !== undefined })
    }
  }
  const standard = standardAt(known.values(), Infinity, 0)
  return backTest(
    'complete journey, random split',
    hidden.map(({ household, redeemedAt }) => ({
      predicted: foretell(known.get(household) ?? [], standard, Infinity, 0),
      actual: Number(redeemedAt !== undefined),
    })),
  )
}

/**
 * One e-mail a person: of nobody there is a past message. So customers who are alike in all that the file tells of them
 * stand for one person; half of them, drawn by lot, foretell the visits of the other half.
 */
export function hillstrom(segment: string, seed = 9): BackTest | null {
  const rows = rowsOf('hillstrom/emails.csv.gz')
  if (rows === null) return null
  const draw = seeded(seed)
  const known = new Map<string, ReceivedMessage[]>()
  const hidden: { readonly key: string; readonly isVisit: boolean }[] = []
  for (const row of rows.filter((one) => one['segment'] === segment)) {
    const key = ['recency', 'history_segment', 'mens', 'womens', 'zip_code', 'newbie', 'channel']
      .map((name) => row[name])
      .join(' ')
    const isVisit = row['visit'] === '1'
    if (draw() < 0.5) hidden.push({ key, isVisit })
    else {
      const own = known.get(key) ?? []
      known.set(key, own)
      own.push({ at: 0, reacted: isVisit })
    }
  }
  const standard = standardAt(known.values(), Infinity, 0)
  return backTest(
    `hillstrom, ${segment}, customers who are alike`,
    hidden.map(({ key, isVisit }) => ({
      predicted: foretell(known.get(key) ?? [], standard, Infinity, 0),
      actual: Number(isVisit),
    })),
  )
}

/** All of them; what has no data on this machine is left out. */
export const benchAppetence = (people: number): readonly BackTest[] =>
  [
    simulated(people),
    journeyByTime(),
    journeyAtRandom(),
    hillstrom('Mens E-Mail'),
    hillstrom('Womens E-Mail'),
  ].filter((one) => one !== null)
