import { engagementFrom } from '../domain/score/engaged.ts'
import { sampleRows } from '../storage/profile-sample.ts'
import { drawAtRandom } from './chance.ts'
import type { Shard } from './shard.ts'

/** People looked at before others have their turn. */
const SLICE = 25

/** Engagement now of so large a share of a shard's people, drawn at random. Empty: nobody is scored. */
export async function engagementSample(shard: Shard, share: number): Promise<readonly number[]> {
  const { scoring } = shard.compiled.catalog
  if (scoring === undefined) return []
  const { engagement } = scoring.settings
  const population = shard.profiles.population()
  const rows = sampleRows(shard.rows.sql, Math.round(population * share), population, drawAtRandom)
  const now = shard.now()
  const values: number[] = []
  for (let from = 0; from < rows.length; from += SLICE) {
    for (const profile of shard.profiles.numbered(rows.slice(from, from + SLICE)).values()) {
      const history = shard.history.all(profile.id)
      values.push(engagementFrom(profile, history, shard.compiled, engagement, now))
    }
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
  return values
}
