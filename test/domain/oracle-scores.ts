import { aliveProbability, expectedOrders } from '../../edge/domain/score/bg-nbd.ts'
import { expectedAmount } from '../../edge/domain/score/gamma-gamma.ts'
import type { ScoreCondition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import type { OrderRules } from '../../edge/protocol/score.ts'
import { DAY } from '../../edge/protocol/time.ts'
import type { Past } from './oracle-behaviour.ts'
import { passes } from './oracle-compare.ts'

interface Sold {
  readonly id: string
  readonly at: number
  /** Its retention counts from then. */
  readonly kept: number
  readonly amount: number
}

/** A score of a person, looked for in the whole history. Its mathematics is compared with what was published elsewhere. */
export function scoreOf(
  { score }: Pick<ScoreCondition, 'score'>,
  { events, now, retention }: Past,
  { settings, population }: Scoring,
): number | string | undefined {
  const until = events.filter(({ timestamp }) => timestamp <= now)
  if (score === 'engagement') {
    const { weights, halfLife } = settings.engagement
    const ofDay = new Map<string, number>()
    return until
      .toSorted((a, b) => a.timestamp - b.timestamp)
      .filter((event) => {
        const { name, timestamp } = event
        const key = `${name} ${new Date(timestamp).toISOString().slice(0, 10)}`
        ofDay.set(key, (ofDay.get(key) ?? 0) + 1)
        return (ofDay.get(key) ?? 0) <= 20 && keptSince(event) > now - retention
      })
      .reduce(
        (sum, { name, timestamp }) =>
          sum + (weights[name] ?? 0) * 0.5 ** ((now - timestamp) / halfLife),
        0,
      )
  }
  const all = soldOf(until, settings.orders).toSorted((a, b) => a.at - b.at)
  if (score === 'clv' || score === 'churn') {
    const model = population?.value
    const own = all.filter(({ kept }) => kept + retention > now)
    const [first] = own
    if (model === undefined || 'needed' in model || first === undefined) return undefined
    const dayOf = (at: number) => Math.floor((at - first.at) / DAY)
    const days = [...new Set(own.map(({ at }) => dayOf(at)))].filter((day) => day > 0)
    const history = {
      repeats: days.length,
      lastAt: Math.max(0, ...days),
      observed: dayOf(now),
    }
    if (score === 'churn') return 1 - aliveProbability(model.buying, history)
    if ('needed' in model.spending) return undefined
    const spent = days
      .map((day) =>
        own.filter(({ at }) => dayOf(at) === day).reduce((sum, { amount }) => sum + amount, 0),
      )
      .filter((amount) => amount > 0)
    const mean = spent.reduce((sum, amount) => sum + amount, 0) / Math.max(spent.length, 1)
    const amount = expectedAmount(model.spending, { repeats: spent.length, mean })
    return amount === undefined ? undefined : expectedOrders(model.buying, history, 365) * amount
  }
  const { window = Infinity } = settings.rfm
  const own = all.filter(({ at, kept }) => at + window > now && kept + retention > now)
  const last = own.at(-1)
  const cuts = settings.rfm.cutPoints ?? population?.cutPoints
  if (last === undefined || cuts === undefined || 'needed' in cuts) return undefined
  const bin = (list: readonly number[], value: number) =>
    1 + list.filter((cut) => cut <= value).length
  const days = Math.floor((now - last.at) / DAY)
  const sum = Math.round(own.reduce((total, { amount }) => total + amount, 0) * 1e6) / 1e6
  const bins = {
    recency: settings.rfm.bins + 1 - bin(cuts.recency, days),
    frequency: bin(cuts.frequency, own.length),
    monetary: bin(cuts.monetary, sum),
  }
  if (score !== 'rfm.cell') return bins[score.slice('rfm.'.length) as keyof typeof bins]
  const cell = settings.rfm.cells.find((one) =>
    (['recency', 'frequency', 'monetary'] as const).every(
      (axis) => bins[axis] >= one[axis][0] && bins[axis] <= one[axis][1],
    ),
  )
  return cell?.key ?? 'others'
}

const keptSince = ({ imported, receivedAt, timestamp }: EventRecord): number =>
  imported === true ? receivedAt : timestamp

/** What stands of the orders that were told: taken back as a whole, given back in part, told anew. */
function soldOf(events: readonly EventRecord[], rules: OrderRules): readonly Sold[] {
  const inOrder = events.toSorted((a, b) => a.timestamp - b.timestamp)
  const idOf = ({ properties, messageId }: EventRecord) =>
    properties['order_id'] === undefined ? `message ${messageId}` : String(properties['order_id'])
  const isTold = ({ properties }: EventRecord) => typeof properties['revenue'] === 'number'
  const amountOf = ({ properties }: EventRecord): number | undefined => {
    const amount = properties['revenue']
    const currency = String(properties['currency'] ?? rules.currency)
    const rate = currency === rules.currency ? 1 : rules.rates[currency]
    return typeof amount === 'number' && amount >= 0 && rate !== undefined
      ? amount * rate
      : undefined
  }
  const told = (names: readonly string[]) => inOrder.filter(({ name }) => names.includes(name))
  const completed = told(rules.completed)
  return [...new Set(completed.map(idOf))].flatMap((id) => {
    const tellings = completed.filter((event) => idOf(event) === id)
    const [first] = tellings
    const last = tellings.findLast(isTold) ?? first
    if (first === undefined || last === undefined) return []
    if (told(rules.cancelled).some((event) => idOf(event) === id)) return []
    const amount = amountOf(last)
    let left = amount ?? Infinity
    for (const refund of told(rules.refunded).filter((event) => idOf(event) === id)) {
      // What is told and cannot be counted takes nothing off; what is not told is all of it.
      left -= amountOf(refund) ?? (isTold(refund) ? 0 : Infinity)
      // Infinity less Infinity: an order of which nothing was known was given back as a whole.
      if (!(left > 0)) return []
    }
    const kept = Math.max(...tellings.map(keptSince))
    return [{ id, at: first.timestamp, kept, amount: amount === undefined ? 0 : left }]
  })
}

export const scorePasses = (
  condition: ScoreCondition,
  past: Past,
  scoring: Scoring | undefined,
): boolean =>
  passes(
    { ...condition, property: '' },
    scoring === undefined ? undefined : scoreOf(condition, past, scoring),
  )
