/** A uniform whole number from 0 to less than `below`. */
export type Draw = (below: number) => number

/**
 * Whole numbers below `size`, each once, in random order: as many as are taken of them, for what those cost alone.
 * The first n are a uniform sample of n. Source: the shuffle of Fisher and Yates, of which only what moved is kept.
 */
export function* shuffled(size: number, draw: Draw): Generator<number> {
  const moved = new Map<number, number>()
  for (let at = 0; at < size; at++) {
    const from = at + draw(size - at)
    const drawn = moved.get(from) ?? from
    moved.set(from, moved.get(at) ?? at)
    moved.delete(at)
    yield drawn
  }
}

/**
 * Of which group each member of a sample is, in the order of drawing: `count` members of all groups together, uniform
 * without replacement, so the groups' shares follow the multivariate hypergeometric law. Any beginning of the answer
 * is such a sample again.
 */
export function groupsDrawn(sizes: readonly number[], count: number, draw: Draw): number[] {
  const ends: number[] = []
  for (const size of sizes) ends.push((ends.at(-1) ?? 0) + size)
  const total = ends.at(-1) ?? 0
  const groups: number[] = []
  for (const place of shuffled(total, draw)) {
    if (groups.length >= count) break
    groups.push(groupOf(ends, place))
  }
  return groups
}

function groupOf(ends: readonly number[], place: number): number {
  let low = 0
  let high = ends.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ends[middle] ?? 0) > place) high = middle
    else low = middle + 1
  }
  return low
}

/**
 * What of a drawn order was looked at without a gap, when each group was looked at up to some member of its own:
 * the longest beginning that is known, so still a uniform sample. `answers`: of each group in its order.
 */
export function knownBeginning<T>(
  groups: readonly number[],
  answers: readonly (readonly T[])[],
): T[] {
  const taken = answers.map(() => 0)
  const known: T[] = []
  for (const group of groups) {
    const at = taken[group] ?? 0
    const answer = answers[group]
    if (answer === undefined || at >= answer.length) break
    known.push(answer[at] as T)
    taken[group] = at + 1
  }
  return known
}
