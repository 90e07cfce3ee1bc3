/** Normal quantile of a two-sided 95 % interval. */
const Z = 1.959964

/**
 * How many of a population match, judged by a random sample: the Wilson score interval for a share (Wilson 1927),
 * which stays honest for rare matches, narrowed by the finite population correction and never below what was seen.
 */
export function estimateSize(
  population: number,
  sampled: number,
  matched: number,
): { readonly size: number; readonly low: number; readonly high: number } {
  if (sampled === 0) return { size: 0, low: 0, high: population }
  if (sampled >= population) return { size: matched, low: matched, high: matched }
  const share = matched / sampled
  const correction = (population - sampled) / Math.max(population - 1, 1)
  const n = sampled / Math.max(correction, Number.EPSILON)
  const centre = (share + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n)
  const reach =
    (Z / (1 + Z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2))
  return {
    size: Math.round(share * population),
    low: Math.max(matched, Math.floor((centre - reach) * population)),
    high: Math.min(population - (sampled - matched), Math.ceil((centre + reach) * population)),
  }
}
