import { computedValues } from '../domain/computed/profile-values.ts'
import type { ComputedTrait } from '../protocol/computed-trait.ts'
import type { ShardComputed } from '../protocol/preview.ts'
import { sampleRows } from '../storage/profile-sample.ts'
import { drawAtRandom } from './chance.ts'
import type { Shard } from './shard.ts'

/** People named of one shard. */
const NAMED = 5

/**
 * What a trait that is not saved is of up to `sample` of a shard's people, drawn at random; some of those are named who
 * have a value that is neither 0 nor absent.
 */
export function computedPreview(shard: Shard, trait: ComputedTrait, sample: number): ShardComputed {
  const rows = sampleRows(shard.rows.sql, sample, shard.profiles.population(), drawAtRandom)
  const now = shard.now()
  const people = [...shard.profiles.numbered(rows).values()].flatMap((profile) =>
    computedValues(profile, shard.history.all(profile.id), [trait], shard.compiled, now).map(
      (told) => ({ profile: profile.id, ...told }),
    ),
  )
  const known = people.filter(({ value }) => value !== undefined && value !== 0)
  return { sampled: people.length, known: known.length, people: known.slice(0, NAMED) }
}
