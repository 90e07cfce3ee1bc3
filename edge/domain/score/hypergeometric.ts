const MAX_TERMS = 20_000
const PRECISION = 1e-15

/**
 * Gauss' hypergeometric function ₂F₁(a, b; c; z) for 0 ≤ z < 1 and c > 0. Where the series' terms would grow first it
 * is transformed after Euler (DLMF 15.8.1): (1 − z)^(c − a − b) ₂F₁(c − a, c − b; c; z).
 */
export function hypergeometric(a: number, b: number, c: number, z: number): number {
  if (c - a - b < 0) return (1 - z) ** (c - a - b) * series(c - a, c - b, c, z)
  return series(a, b, c, z)
}

function series(a: number, b: number, c: number, z: number): number {
  let sum = 1
  let term = 1
  for (let n = 0; n < MAX_TERMS; n++) {
    term *= (((a + n) * (b + n)) / ((c + n) * (n + 1))) * z
    sum += term
    if (Math.abs(term) <= PRECISION * Math.abs(sum)) break
  }
  return sum
}
