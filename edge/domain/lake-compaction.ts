import type { LakePart } from './lake-part.ts'

/** A part as the lake lists it. */
export interface StoredPart extends LakePart {
  readonly key: string
  /** Bytes. */
  readonly size: number
}

export interface Compaction {
  /** All their rows stand in a wider part as well: whoever compacted was interrupted before it removed them. */
  readonly superseded: readonly StoredPart[]
  /** Runs of two parts and more, in the order of their rows, each to become one part. */
  readonly runs: readonly (readonly StoredPart[])[]
}

/** Parts of one run at most, whatever their size. */
const MAX_RUN = 300

/**
 * What is to be done with the parts of one day. A part whose rows are all within another's is superseded by it: that
 * is how a reader can tell, from names alone, which files to read while a run is being replaced.
 *
 * A shard writes its rows in order, one part after the other, so between two parts of a day none can appear later.
 */
export function planCompaction(parts: readonly StoredPart[], maxBytes: number): Compaction {
  const superseded: StoredPart[] = []
  const runs: StoredPart[][] = []
  let shard = ''
  let bytes = 0
  let covered = 0
  for (const part of [...parts].sort(byShardAndRow)) {
    const own = `${part.address.region}-${part.address.shard}`
    if (own !== shard) covered = 0
    if (part.to <= covered) {
      superseded.push(part)
      continue
    }
    const run = runs.at(-1)
    if (
      run === undefined ||
      own !== shard ||
      run.length === MAX_RUN ||
      bytes + part.size > maxBytes
    ) {
      runs.push([part])
      bytes = part.size
    } else {
      run.push(part)
      bytes += part.size
    }
    shard = own
    covered = part.to
  }
  return { superseded, runs: runs.filter(({ length }) => length > 1) }
}

/** Of two parts that begin with the same row, the wider one first. */
const byShardAndRow = (a: StoredPart, b: StoredPart): number =>
  a.address.region - b.address.region ||
  a.address.shard - b.address.shard ||
  a.from - b.from ||
  b.to - a.to
