/** Lanczos' coefficients for g = 7, n = 9 (Godfrey 2001): relative error below 1e-14 for positive arguments. */
const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313,
  -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6,
  1.5056327351493116e-7,
] as const
const HALF_LOG_TAU = 0.9189385332046727

/** Natural logarithm of the gamma function of a positive number. */
export function lnGamma(x: number): number {
  // Below a half the sum loses digits: Γ(x) = Γ(x + 1) / x.
  if (x < 0.5) return lnGamma(x + 1) - Math.log(x)
  let sum: number = LANCZOS[0]
  for (let place = 1; place < LANCZOS.length; place++) {
    sum += (LANCZOS[place] ?? 0) / (x - 1 + place)
  }
  const base = x + 6.5
  return HALF_LOG_TAU + (x - 0.5) * Math.log(base) - base + Math.log(sum)
}

/** From here on the asymptotic series is exact to double precision. */
const ASYMPTOTIC = 10

/** Derivative of `lnGamma`. Source: Abramowitz and Stegun 6.3.5, 6.3.18. */
export function digamma(x: number): number {
  let shift = 0
  let at = x
  for (; at < ASYMPTOTIC; at++) shift -= 1 / at
  const square = 1 / (at * at)
  const tail =
    square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
  return shift + Math.log(at) - 0.5 / at - tail
}
