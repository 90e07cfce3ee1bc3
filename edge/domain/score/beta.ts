import { lnGamma } from './gamma.ts'

const MAX_TERMS = 500
const PRECISION = 1e-14
/** In place of a denominator that is zero (Lentz' method). */
const TINY = 1e-300
/** Halvings after which a quantile is known to double precision. */
const HALVINGS = 60

/**
 * Distribution function of Beta(a, b) at a share: the regularised incomplete beta function by its continued fraction.
 * Source: DLMF 8.17.22, evaluated by Lentz' method.
 */
export function betaBelow(share: number, a: number, b: number): number {
  if (share <= 0) return 0
  if (share >= 1) return 1
  // The fraction converges quickly on the side where most of the mass is not.
  if (share > (a + 1) / (a + b + 2)) return 1 - betaBelow(1 - share, b, a)
  const front = Math.exp(
    lnGamma(a + b) - lnGamma(a) - lnGamma(b) + a * Math.log(share) + b * Math.log(1 - share),
  )
  return (front * fraction(share, a, b)) / a
}

const clear = (value: number): number => (Math.abs(value) < TINY ? TINY : value)

function fraction(share: number, a: number, b: number): number {
  let c = 1
  let d = 1 / clear(1 - ((a + b) * share) / (a + 1))
  let result = d
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = (m * (b - m) * share) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * share) / ((a + 2 * m) * (a + 2 * m + 1))
    let step = 1
    for (const term of [even, odd]) {
      d = 1 / clear(1 + term * d)
      c = clear(1 + term / c)
      step = c * d
      result *= step
    }
    if (Math.abs(step - 1) < PRECISION) break
  }
  return result
}

/** The share below which a Beta(a, b) lies with that probability. */
export function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0
  let high = 1
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2
    if (betaBelow(middle, a, b) < probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}
