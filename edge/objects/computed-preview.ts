import { computedValues } from '../domain/computed/profile-values.ts'
import type { ComputedTrait } from '../protocol/computed-trait.ts'
import type { ShardComputed } from '../protocol/preview.ts'
import { newestRows, sampleRows } from '../storage/profile-sample.ts'
import { drawAtRandom } from './chance.ts'
import type { Shard } from './shard.ts'

/** People named of one shard. */
const NAMED = 5
/** People born last who are looked at besides: whoever tries a definition has often just sent an event to try it on. */
const NEWEST = 50

/**
 * What a trait that is not saved is of up to `sample` of a shard's people, drawn at random. Some who have a value that is
 * neither 0 nor absent are named: the newest of the shard first, so that a change of the definition shows the same ones.
 */
export function computedPreview(shard: Shard, trait: ComputedTrait, sample: number): ShardComputed {
  const { sql } = shard.rows
  const drawn = sampleRows(sql, sample, shard.profiles.population(), drawAtRandom)
  const newest = newestRows(sql, NEWEST)
  const profiles = shard.profiles.numbered([...new Set([...newest, ...drawn])])
  const now = shard.now()
  const toldOf = new Map<number, ShardComputed['people'][number]>()
  for (const [row, profile] of profiles) {
    const history = shard.history.all(profile.id)
    for (const told of computedValues(profile, history, [trait], shard.compiled, now)) {
      if (told.value !== undefined && told.value !== 0) {
        toldOf.set(row, { profile: profile.id, ...told })
      }
    }
  }
  const known = (rows: readonly number[]) => rows.flatMap((row) => toldOf.get(row) ?? [])
  const people = [...new Set([...known(newest), ...known(drawn)])]
  return {
    sampled: drawn.filter((row) => profiles.has(row)).length,
    known: known(drawn).length,
    people: people.slice(0, NAMED),
  }
}
