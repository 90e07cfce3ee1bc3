import type { Env } from '../objects/env.ts'
import type { ApiComputedPreview, ApiComputedValue } from '../protocol/api-computed-trait.ts'
import type { ComputedTrait, ComputedValue } from '../protocol/computed-trait.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { askShards } from './all-shards.ts'
import { iso } from './shapes.ts'

/** People looked at, over all shards: each one's whole history is read. */
const SAMPLE = 1_000
const NAMED = 5

/** What a definition says of some people, drawn at random in every shard. */
export async function previewComputed(
  env: Env,
  workspace: WorkspaceId,
  by: Omit<ComputedTrait, 'key'>,
): Promise<ApiComputedPreview> {
  const trait = { ...by, key: '' }
  const sizes = await askShards(env, workspace, (shard) => shard.population({ workspace }))
  const sample = Math.ceil(SAMPLE / Math.max(1, sizes.filter(({ answer }) => answer > 0).length))
  const parts = await askShards(env, workspace, (shard) =>
    shard.computedPreview({ workspace, trait, sample }),
  )
  const answers = parts.map(({ answer }) => answer)
  // One of each shard in turn.
  const people = Array.from({ length: NAMED }, (_, place) =>
    answers.flatMap((answer) => answer.people.slice(place, place + 1)),
  ).flat()
  return {
    sampled: answers.reduce((sum, { sampled }) => sum + sampled, 0),
    known: answers.reduce((sum, { known }) => sum + known, 0),
    people: people.slice(0, NAMED).map(({ profile, ...told }) => ({ profile, ...showValue(told) })),
  }
}

export const showValue = ({ until, ...rest }: ComputedValue): ApiComputedValue => ({
  ...rest,
  ...(until !== undefined && { until: iso(until) }),
})
