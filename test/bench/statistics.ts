/** The middle of the values; of two middles, their mean. NaN: there are none. */
export function median(values: readonly number[]): number {
  return (quantile(values, 0.5, Math.floor) + quantile(values, 0.5, Math.ceil)) / 2
}

/** The smallest value that at least a share `q` of the values do not exceed (nearest rank). NaN: there are none. */
export function percentile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

function quantile(
  values: readonly number[],
  q: number,
  round: (position: number) => number,
): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[round(q * (sorted.length - 1))] ?? Number.NaN
}
