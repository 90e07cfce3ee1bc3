import { isAppetence, type ScoreCondition } from '../../protocol/condition.ts'
import { isShort, type Scoring, type ValueModel } from '../../protocol/population.ts'
import type { RfmCutPoints } from '../../protocol/score.ts'
import { DAY, NEVER, type Millis } from '../../protocol/time.ts'
import type { Evaluate, Site } from '../condition.ts'
import { instantOf, placeOf, type Entry } from '../entry.ts'
import { SCALE, scaled } from '../measure.ts'
import { compileNumberTest } from '../number-test.ts'
import { compileTest, type Accepts } from '../operator.ts'
import type { Verdict } from '../verdict.ts'
import { compileEngagement } from './engagement.ts'
import type { Order } from './order.ts'
import {
  buyerOf,
  countedOrders,
  daysBetween,
  leavesAt,
  orderFeature,
  ordersAt,
  type Counting,
} from './order-history.ts'
import { cellOf, nextFall, rfmScores } from './rfm.ts'
import { churnOf, clvOf } from './value.ts'

/**
 * Compiles a comparison of a score. It stands until the instant at which time alone turns it: as an order grows old or
 * ceases to count, as a customer is ever less likely to come back. What is not known is absent.
 */
export function compileScore(condition: ScoreCondition, site: Site): Evaluate {
  const { scoring } = site
  const { score } = condition
  const accepts =
    score === 'rfm.cell' || score === 'best-channel'
      ? compileTest(condition, site.zone)
      : compileNumberTest(condition, site.zone)
  const absent: Evaluate = () => ({ holds: accepts(undefined), until: NEVER })
  if (scoring === undefined) return absent
  if (score === 'engagement') {
    return compileEngagement(scoring.settings.engagement, condition, accepts, site)
  }
  // Only the edge knows of messages.
  if (score === 'best-channel' || isAppetence(score)) return absent
  const ask = asker(condition, scoring, accepts, site.horizon)
  if (ask === undefined) return absent
  const feature = orderFeature(site.features, scoring.settings.orders, site.purposes)
  site.reads.features.add(feature)
  return (facts, now) => {
    const entries = facts.entries(feature)
    const { holds, until } = ask(entries, now)
    // Clocks may be set back: what is said of an order later than now counts from then on.
    const next = entries[placeOf(entries, now + 1)]
    return { holds, until: next === undefined ? until : Math.min(until, instantOf(next)) }
  }
}

type Ask = (entries: readonly Entry[], now: Millis) => Verdict

/** Undefined: what is asked of is not known of this population. */
function asker(
  condition: ScoreCondition,
  { settings, population }: Scoring,
  accepts: Accepts,
  horizon: Millis,
): Ask | undefined {
  const { score } = condition
  if (score === 'clv' || score === 'churn') {
    const model = population?.value
    if (model === undefined || isShort(model)) return undefined
    const read = score === 'clv' ? clvOf : churnOf
    const lasting = { window: NEVER, horizon }
    const isOneSided = ['gt', 'gte', 'lt', 'lte'].includes(condition.operator)
    const question = { model, read, accepts, bounds: boundsOf(condition), isOneSided }
    return (entries, now) => {
      const counted = countedOrders(ordersAt(entries, now), now, lasting)
      return ofValue(counted, now, lasting, question)
    }
  }
  const { window, cells, cutPoints = population?.cutPoints } = settings.rfm
  if (cutPoints === undefined || isShort(cutPoints)) return undefined
  const counting = { window: window ?? NEVER, horizon }
  const read = (values: Parameters<typeof rfmScores>[0]) => {
    const scores = rfmScores(values, cutPoints)
    switch (score) {
      case 'rfm.recency':
        return scores.recency
      case 'rfm.frequency':
        return scores.frequency
      case 'rfm.monetary':
        return scores.monetary
      default:
        return cellOf(scores, cells)
    }
  }
  return (entries, now) => {
    const counted = countedOrders(ordersAt(entries, now), now, counting)
    return ofRfm(counted, now, counting, { cutPoints, read, accepts })
  }
}

interface RfmQuestion {
  readonly cutPoints: RfmCutPoints
  readonly read: (values: Parameters<typeof rfmScores>[0]) => number | string
  readonly accepts: Accepts
}

/** Scores change where the last order is so many days ago that a bin ends, and where an order ceases to count. */
function ofRfm(
  counted: readonly Order[],
  now: Millis,
  counting: Counting,
  { cutPoints, read, accepts }: RfmQuestion,
): Verdict {
  const leaving = counted.toSorted((a, b) => leavesAt(a, counting) - leavesAt(b, counting))
  const left = new Set(counted)
  let latest = counted.length - 1
  let sum = counted.reduce((all, { amount = 0 }) => all + scaled(amount), 0)
  const lastAt = (): Millis => counted[latest]?.at ?? now
  const holdsAt = (at: Millis): boolean =>
    accepts(
      left.size === 0
        ? undefined
        : read({
            recency: daysBetween(lastAt(), at),
            frequency: left.size,
            monetary: sum / SCALE,
          }),
    )
  const holds = holdsAt(now)
  let at = now
  for (let gone = 0; gone < leaving.length;) {
    const fall = nextFall(daysBetween(lastAt(), at), cutPoints)
    const order = leaving[gone]
    const leaves = order === undefined ? NEVER : leavesAt(order, counting)
    at = Math.min(leaves, fall === undefined ? NEVER : lastAt() + fall * DAY)
    for (; gone < leaving.length; gone++) {
      const next = leaving[gone]
      if (next === undefined || leavesAt(next, counting) > at) break
      left.delete(next)
      sum -= scaled(next.amount ?? 0)
    }
    // Imported ones may outlast later ones.
    while (latest >= 0 && !left.has(counted[latest] as Order)) latest--
    if (holdsAt(at) !== holds) return { holds, until: at }
  }
  return { holds, until: NEVER }
}

interface ValueQuestion {
  readonly model: ValueModel
  readonly read: (
    model: ValueModel,
    buyer: NonNullable<ReturnType<typeof buyerOf>>,
  ) => number | undefined
  readonly accepts: Accepts
  readonly bounds: readonly number[]
  readonly isOneSided: boolean
}

/**
 * From day to day without an order a customer is worth less and likelier gone: where that passes a bound is found by
 * halving. A verdict stands until an order ceases to count at most, because then it is another customer.
 */
function ofValue(
  counted: readonly Order[],
  now: Millis,
  counting: Counting,
  { model, read, accepts, bounds, isOneSided }: ValueQuestion,
): Verdict {
  const buyer = buyerOf(counted, now)
  const [first] = counted
  if (buyer === undefined || first === undefined) {
    return { holds: accepts(undefined), until: NEVER }
  }
  const at = (observed: number) => read(model, { ...buyer, observed })
  const value = at(buyer.observed)
  const holds = accepts(value)
  const leaves = counted.reduce((least, one) => Math.min(least, leavesAt(one, counting)), NEVER)
  const last = daysBetween(first.at, leaves - 1)
  // Of what only falls or only rises, a comparison with one bound turns once at most.
  if (isOneSided) {
    const turn = firstWhere(buyer.observed, last, (day) => accepts(at(day)) !== holds)
    return { holds, until: turn === undefined ? leaves : first.at + turn * DAY }
  }
  const passings = bounds
    .flatMap((bound) => [
      firstWhere(buyer.observed, last, (day) => side(at(day), bound) !== side(value, bound)),
      firstWhere(buyer.observed, last, (day) => isAt(at(day), value, bound)),
    ])
    .filter((day) => day !== undefined)
    .sort((a, b) => a - b)
  const turn = passings.find((day) => accepts(at(day)) !== holds)
  return { holds, until: turn === undefined ? leaves : first.at + turn * DAY }
}

const side = (value: number | undefined, bound: number): boolean => (value ?? 0) > bound
/** It has reached the bound, or has passed it, if it was not there before. */
const isAt = (value = 0, before = 0, bound: number): boolean =>
  before < bound ? value >= bound : before > bound ? value <= bound : value !== bound

/** The first whole number above `from`, `to` at most, from which on something holds. Undefined: none. */
function firstWhere(from: number, to: number, holds: (day: number) => boolean): number | undefined {
  if (to <= from || !holds(to)) return undefined
  let [low, high] = [from, to]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

const boundsOf = ({ value }: ScoreCondition): readonly number[] =>
  (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number')
