import type { Draft } from '../domain/draft.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { ShardPreview } from '../protocol/preview.ts'
import { sampleRows } from '../storage/profile-sample.ts'
import { drawAtRandom } from './chance.ts'
import { judgeMany } from './judge-many.ts'
import type { Shard } from './shard.ts'

/** Profiles whose histories are read with one statement. */
const SLICE = 25
/** Members named of one shard. */
const NAMED = 5

/**
 * Judges up to `sample` of a shard's profiles, drawn at random, and names some of those that match. It ends before the
 * last of them once reading histories has cost as much as decoding `characters`: what was judged until then is a
 * smaller random sample.
 */
export function preview(
  shard: Shard,
  draft: Draft,
  { sample, characters }: { readonly sample: number; readonly characters: number },
): ShardPreview {
  const { sql } = shard.rows
  const population = shard.profiles.population()
  const rows = sampleRows(sql, sample, population, drawAtRandom)
  const now = shard.now()
  const holds: boolean[] = []
  const members: ProfileId[] = []
  let left = characters
  for (let from = 0; from < rows.length && left > 0; from += SLICE) {
    const some = rows.slice(from, from + SLICE)
    const states = shard.profiles.numbered(some)
    const profiles = some.flatMap((row) => states.get(row) ?? [])
    const { verdicts, cost } = judgeMany(shard, draft, profiles, now)
    left -= cost
    for (const [place, { id }] of profiles.entries()) {
      const isIn = verdicts[place]?.holds === true
      holds.push(isIn)
      if (isIn && members.length < NAMED) members.push(id)
    }
  }
  return { population, verdicts: holds, members }
}
