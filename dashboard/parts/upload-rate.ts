import type { Millis } from '../../edge/protocol/time.ts'

/** What lies longer back says nothing of the present rate. */
const WINDOW: Millis = 10_000

/** How much was sent, when. */
export type Sample = readonly [at: Millis, sent: number]

/** The samples of the last seconds, with the newest one; of a break only what comes after it. */
export function withSample(samples: readonly Sample[], newest: Sample): readonly Sample[] {
  const [at, sent] = newest
  // A part that was lost is sent again: less is there than a moment ago.
  const kept = samples.filter(([then, before]) => at - then <= WINDOW && before <= sent)
  return [...kept, newest]
}

/** Bytes a second; 0 while nothing can be told. */
export function rateOf(samples: readonly Sample[]): number {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last[0] <= first[0]) return 0
  return ((last[1] - first[1]) * 1_000) / (last[0] - first[0])
}

/** Undefined while it cannot be told. */
export function remaining(samples: readonly Sample[], size: number): Millis | undefined {
  const rate = rateOf(samples)
  const sent = samples.at(-1)?.[1] ?? 0
  return rate > 0 ? ((size - sent) * 1_000) / rate : undefined
}
