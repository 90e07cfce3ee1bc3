import { lnGamma } from './score/gamma.ts'

/** Probability left beyond each end of a two-sided 95 % interval. */
const TAIL = 0.025
/** Terms of a sum, of which each is smaller than the one before, that change it no more. */
const NEGLIGIBLE = 1e-17

export interface SizeEstimate {
  readonly size: number
  readonly low: number
  readonly high: number
}

/**
 * How many of a population match, judged by a random sample drawn without replacement: the exact interval of the
 * hypergeometric law, every size under which what was seen is not among the least likely 2.5 % at either end. It
 * holds the true size at least 95 times of 100, however rare the matches. Source: Wright, "Exact Confidence Bounds
 * when Sampling from Small Finite Universes" (1991), after Clopper and Pearson (1934).
 */
export function estimateSize(population: number, sampled: number, matched: number): SizeEstimate {
  if (sampled >= population) return { size: matched, low: matched, high: matched }
  if (sampled === 0) return { size: 0, low: 0, high: population }
  const unseen = population - sampled
  const high = most(population, sampled, matched)
  const low = population - most(population, sampled, sampled - matched)
  // Within the interval whatever was rounded.
  const size = Math.round((matched / sampled) * population)
  return {
    size: Math.min(Math.max(size, matched, low), matched + unseen, high),
    low,
    high,
  }
}

/** The largest size under which so few matches, or fewer, are not too unlikely. */
function most(population: number, sampled: number, matched: number): number {
  let low = matched
  let high = population - (sampled - matched)
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (atMost(matched, population, middle, sampled) >= TAIL) low = middle
    else high = middle - 1
  }
  return low
}

/** Probability that a sample holds at most so many of those that match. */
export function atMost(
  matched: number,
  population: number,
  matching: number,
  sampled: number,
): number {
  const others = population - matching
  const least = Math.max(0, sampled - others)
  const greatest = Math.min(sampled, matching)
  if (matched < least) return 0
  if (matched >= greatest) return 1
  const exactly = (k: number): number =>
    Math.exp(lnChoose(matching, k) + lnChoose(others, sampled - k) - lnChoose(population, sampled))
  let sum = 0
  // The end that is away from the middle: there the first probability is the greatest, each follows from the one before.
  if (matched * population < sampled * matching) {
    let term = exactly(matched)
    for (let k = matched; k >= least && term > sum * NEGLIGIBLE; k--) {
      sum += term
      term *= (k / (matching - k + 1)) * ((others - sampled + k) / (sampled - k + 1))
    }
    return Math.min(sum, 1)
  }
  let term = exactly(matched + 1)
  for (let k = matched + 1; k <= greatest && term > sum * NEGLIGIBLE; k++) {
    sum += term
    term *= ((matching - k) / (k + 1)) * ((sampled - k) / (others - sampled + k + 1))
  }
  return Math.max(1 - sum, 0)
}

const lnChoose = (of: number, chosen: number): number =>
  lnGamma(of + 1) - lnGamma(chosen + 1) - lnGamma(of - chosen + 1)
