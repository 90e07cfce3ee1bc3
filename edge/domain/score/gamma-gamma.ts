import type { GammaGamma } from '../../protocol/population.ts'
import { digamma, lnGamma } from './gamma.ts'
import { maximise, type Fit } from './maximise.ts'

/** What a customer spends: repeat orders, at least one, and the mean amount of one, above 0. */
export interface Spending {
  readonly repeats: number
  readonly mean: number
}

/** Maximum likelihood over customers with at least one repeat order. */
export function fitGammaGamma(spendings: readonly Spending[]): {
  readonly model: GammaGamma
  readonly errors: GammaGamma
} & Pick<Fit, 'value' | 'steps' | 'converged'> {
  const unit = spendings.reduce((sum, { mean }) => sum + mean, 0) / spendings.length
  const scaled = spendings.map(({ repeats, mean }) => ({ repeats, mean: mean / unit }))
  const fit = maximise(
    (parameters) => spendingLikelihood(scaled, toModel(parameters)),
    [2, 2, 1],
    spendings.length,
  )
  const model = toModel(fit.parameters)
  const errors = toModel(fit.errors)
  return {
    model: { ...model, v: model.v * unit },
    errors: { ...errors, v: errors.v * unit },
    value: fit.value - spendings.length * Math.log(unit),
    steps: fit.steps,
    converged: fit.converged,
  }
}

const toModel = ([p = 0, q = 0, v = 0]: readonly number[]): GammaGamma => ({ p, q, v })

/** Log-likelihood of a model, with its gradient by p, q, v. */
export function spendingLikelihood(
  spendings: readonly Spending[],
  { p, q, v }: GammaGamma,
): { readonly value: number; readonly gradient: readonly [number, number, number] } {
  let value = 0
  let [byP, byQ, byV] = [0, 0, 0]
  const ofCount = byCount(p, q)
  for (const { repeats: x, mean } of spendings) {
    const count = ofCount(x)
    const all = Math.log(v + x * mean)
    const amount = Math.log(mean)
    value += count.value + q * Math.log(v) + (p * x - 1) * amount + p * x * Math.log(x)
    value -= (p * x + q) * all
    byP += x * (count.both - count.own + amount + Math.log(x) - all)
    byQ += count.both - count.ofQ + Math.log(v) - all
    byV += q / v - (p * x + q) / (v + x * mean)
  }
  return { value, gradient: [byP, byQ, byV] }
}

function byCount(p: number, q: number) {
  const known = new Map<number, { value: number; both: number; own: number; ofQ: number }>()
  const [gammaOfQ, ofQ] = [lnGamma(q), digamma(q)]
  return (x: number) => {
    const found = known.get(x)
    if (found !== undefined) return found
    const made = {
      value: lnGamma(p * x + q) - lnGamma(p * x) - gammaOfQ,
      both: digamma(p * x + q),
      own: digamma(p * x),
      ofQ,
    }
    known.set(x, made)
    return made
  }
}

/**
 * Mean amount of an order that is expected of a customer; without repeat orders, that of anyone. Undefined: a few spend
 * so much more than all others that it has no bound.
 */
export function expectedAmount(
  { p, q, v }: GammaGamma,
  { repeats: x, mean }: { readonly repeats: number; readonly mean: number },
): number | undefined {
  const worth = p * x + q - 1
  return worth > 0 ? (p * (v + x * mean)) / worth : undefined
}
