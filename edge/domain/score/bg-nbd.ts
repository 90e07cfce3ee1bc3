import type { BgNbd } from '../../protocol/population.ts'
import { digamma, lnGamma } from './gamma.ts'
import { hypergeometric } from './hypergeometric.ts'
import { maximise, type Fit } from './maximise.ts'

/**
 * How a customer buys: repeat orders, when the last one was, and how long the customer has been observed, both counted
 * from the first order, all in one unit of time. `lastAt` is 0 without a repeat order.
 */
export interface BuyingHistory {
  readonly repeats: number
  readonly lastAt: number
  readonly observed: number
}

/** So many customers of one history: what shards send is grouped. */
export interface GroupedHistory extends BuyingHistory {
  readonly customers: number
}

const START: readonly number[] = [1, 1, 1, 1]

/** Maximum likelihood. Unit of `alpha`: that of the histories. */
export function fitBgNbd(
  histories: readonly GroupedHistory[],
): { readonly model: BgNbd; readonly errors: BgNbd } & Pick<Fit, 'value' | 'steps' | 'converged'> {
  const customers = histories.reduce((sum, history) => sum + history.customers, 0)
  // The scale of time is taken out, so that the search begins near its end whatever the unit is.
  const unit = mean(histories, ({ observed }) => observed) / 10
  const scaled = histories.map(({ repeats, lastAt, observed, customers: n }) => ({
    repeats,
    lastAt: lastAt / unit,
    observed: observed / unit,
    customers: n,
  }))
  const fit = maximise((parameters) => likelihood(scaled, toModel(parameters)), START, customers)
  const model = toModel(fit.parameters)
  const errors = toModel(fit.errors)
  const repeats = histories.reduce((sum, history) => sum + history.customers * history.repeats, 0)
  return {
    model: { ...model, alpha: model.alpha * unit },
    errors: { ...errors, alpha: errors.alpha * unit },
    // A density of orders in time has the unit of time in it.
    value: fit.value - repeats * Math.log(unit),
    steps: fit.steps,
    converged: fit.converged,
  }
}

function mean(
  histories: readonly GroupedHistory[],
  read: (history: GroupedHistory) => number,
): number {
  let [sum, count] = [0, 0]
  for (const history of histories) {
    sum += read(history) * history.customers
    count += history.customers
  }
  return sum / count
}

const toModel = ([r = 0, alpha = 0, a = 0, b = 0]: readonly number[]): BgNbd => ({ r, alpha, a, b })

/** Log-likelihood of a model, with its gradient by r, alpha, a, b. */
export function likelihood(
  histories: readonly GroupedHistory[],
  { r, alpha, a, b }: BgNbd,
): { readonly value: number; readonly gradient: readonly [number, number, number, number] } {
  let value = 0
  let [byR, byAlpha, byA, byB] = [0, 0, 0, 0]
  const ofCount = byCount({ r, alpha, a, b })
  for (const { repeats: x, lastAt, observed, customers: n } of histories) {
    const count = ofCount(x)
    const [untilNow, untilLast] = [Math.log(alpha + observed), Math.log(alpha + lastAt)]
    const alive = -(r + x) * untilNow
    const gone = x > 0 ? count.stopped - (r + x) * untilLast : Number.NEGATIVE_INFINITY
    const most = Math.max(alive, gone)
    const sum = most + Math.log(Math.exp(alive - most) + Math.exp(gone - most))
    const [w3, w4] = [Math.exp(alive - sum), Math.exp(gone - sum)]
    value += n * (count.value + sum)
    byR += n * (count.byR - w3 * untilNow - w4 * untilLast)
    byAlpha += n * (r / alpha - (r + x) * (w3 / (alpha + observed) + w4 / (alpha + lastAt)))
    byA += n * (count.byA + w4 / a)
    byB += n * (count.byB - (x > 0 ? w4 / (b + x - 1) : 0))
  }
  return { value, gradient: [byR, byAlpha, byA, byB] }
}

/** What depends on the number of repeat orders alone: few numbers, each of many customers. */
function byCount({ r, alpha, a, b }: BgNbd) {
  const known = new Map<
    number,
    { value: number; stopped: number; byR: number; byA: number; byB: number }
  >()
  const logAlpha = Math.log(alpha)
  return (x: number) => {
    const found = known.get(x)
    if (found !== undefined) return found
    const both = digamma(a + b) - digamma(a + b + x)
    const made = {
      value:
        lnGamma(r + x) -
        lnGamma(r) +
        r * logAlpha +
        lnGamma(a + b) +
        lnGamma(b + x) -
        lnGamma(b) -
        lnGamma(a + b + x),
      stopped: x > 0 ? Math.log(a) - Math.log(b + x - 1) : 0,
      byR: digamma(r + x) - digamma(r) + logAlpha,
      byA: both,
      byB: both + digamma(b + x) - digamma(b),
    }
    known.set(x, made)
    return made
  }
}

/** How likely the customer has not stopped. Without a repeat order nobody can have. */
export function aliveProbability(
  { r, alpha, a, b }: BgNbd,
  { repeats: x, lastAt, observed }: BuyingHistory,
): number {
  if (x === 0) return 1
  return 1 / (1 + (a / (b + x - 1)) * ((alpha + observed) / (alpha + lastAt)) ** (r + x))
}

/** Orders that the customer is expected to make within the next `span`. */
export function expectedOrders(model: BgNbd, history: BuyingHistory, span: number): number {
  const { r, alpha, b } = model
  const a = awayFromOne(model.a)
  const { repeats: x, observed } = history
  const z = span / (alpha + observed + span)
  const rest =
    ((alpha + observed) / (alpha + observed + span)) ** (r + x) *
    hypergeometric(r + x, b + x, a + b + x - 1, z)
  return ((a + b + x - 1) / (a - 1)) * (1 - rest) * aliveProbability(model, history)
}

/** Repeat orders that anybody is expected to make within `span` of the first one. */
export function expectedOfAnyone(model: BgNbd, span: number): number {
  const { r, alpha, b } = model
  const a = awayFromOne(model.a)
  const rest =
    (alpha / (alpha + span)) ** r * hypergeometric(r, b, a + b - 1, span / (alpha + span))
  return ((a + b - 1) / (a - 1)) * (1 - rest)
}

/**
 * How likely anybody makes 0, 1, … repeat orders within `span` of the first one; the last one stands for `most` or more.
 * Source: the paper's equation 8.
 */
export function countProbabilities(
  { r, alpha, a, b }: BgNbd,
  span: number,
  most: number,
): readonly number[] {
  const [rest, part] = [Math.log(alpha / (alpha + span)), span / (alpha + span)]
  const lnBeta = (x: number, y: number) => lnGamma(x) + lnGamma(y) - lnGamma(x + y)
  // Of a negative binomial distribution, which it would be of who never stops.
  const unstopped = (x: number) =>
    part === 0
      ? Number(x === 0)
      : Math.exp(lnGamma(r + x) - lnGamma(r) - lnGamma(x + 1) + r * rest + x * Math.log(part))
  const probabilities: number[] = []
  let fewer = 0
  for (let x = 0; x < most; x++) {
    const going = Math.exp(lnBeta(a, b + x) - lnBeta(a, b)) * unstopped(x)
    const stopped =
      x === 0 ? 0 : Math.exp(lnBeta(a + 1, b + x - 1) - lnBeta(a, b)) * Math.max(1 - fewer, 0)
    probabilities.push(going + stopped)
    fewer += unstopped(x)
  }
  return [...probabilities, Math.max(1 - probabilities.reduce((sum, one) => sum + one, 0), 0)]
}

/** The formulas divide by a − 1, and are continuous there. */
const awayFromOne = (a: number): number => (Math.abs(a - 1) < 1e-6 ? 1 + 1e-6 : a)
