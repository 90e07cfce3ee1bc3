import { createRoute, z } from '@hono/zod-openapi'
import { estimateSize } from '../domain/estimate.ts'
import { groupsDrawn, knownBeginning, shuffled } from '../domain/sample.ts'
import { drawAtRandom } from '../objects/chance.ts'
import type { Env } from '../objects/env.ts'
import type { ApiPreview, ApiPreviewMember } from '../protocol/api-segment.ts'
import type { Condition } from '../protocol/condition.ts'
import type { ProfileId, ShardAddress, WorkspaceId } from '../protocol/id.ts'
import { askShards, askThese } from './all-shards.ts'
import { resource } from './resource.ts'
import { linked } from './segment-linking.ts'
import { condition } from './segments.ts'
import { body, distinct, json, problems, purpose } from './shapes.ts'
import { toReason } from './why.ts'

/** Profiles looked at for an estimate, over all shards. */
const SAMPLE = 2_000
/** Characters of history decoded for it, over all shards: who did a lot lets fewer be looked at. */
const CHARACTERS = 12_000_000
/** Members of the sample that are told with their reasons. */
const MEMBERS = 5

const previewRoute = createRoute({
  method: 'post',
  path: '/api/segments/preview',
  request: {
    body: body(z.strictObject({ condition, purposes: distinct(purpose, 20).optional() })),
  },
  responses: {
    200: json(
      z
        .object({
          population: z.number(),
          sampled: z.number().openapi({ description: 'How many were looked at, drawn at random' }),
          estimate: z.object({ size: z.number(), low: z.number(), high: z.number() }),
          exact: z.number().optional().openapi({ description: 'If everybody was looked at' }),
          members: z
            .array(
              z.object({
                profile: z.string(),
                reasons: z
                  .array(
                    z.custom<ApiPreviewMember['reasons'][number]>().openapi({ type: 'object' }),
                  )
                  .readonly(),
              }),
            )
            .readonly()
            .openapi({
              description:
                'Some of those it holds for, and the parts of it because of which, each with the latest events it stands on',
            }),
        })
        .openapi('Preview'),
      'How many people the condition holds for now, with a 95 % interval',
    ),
    ...problems(400, 401, 503),
  },
})

interface Asked {
  readonly workspace: WorkspaceId
  readonly condition: Condition
  readonly purposes: readonly string[]
}

/** A uniform sample of everybody, whichever shards they live in; a workspace with few people is looked at as a whole. */
async function previewOf(env: Env, asked: Asked): Promise<ApiPreview> {
  const { workspace } = asked
  const shards = await askShards(env, workspace, (shard) => shard.population({ workspace }))
  const sizes = shards.map(({ answer }) => answer)
  const groups = groupsDrawn(sizes, SAMPLE, drawAtRandom)
  const wanted = sizes.map(() => 0)
  for (const group of groups) wanted[group] = (wanted[group] ?? 0) + 1
  const places = wanted.flatMap((count, place) => (count > 0 ? [place] : []))
  const sampleOf = new Map(places.map((place) => [shards[place]?.address, wanted[place] ?? 0]))
  const parts = await askThese(
    env,
    workspace,
    [...sampleOf.keys()] as ShardAddress[],
    (shard, address) => {
      const sample = sampleOf.get(address) ?? 0
      const characters = Math.ceil((CHARACTERS * sample) / groups.length)
      return shard.preview({ ...asked, sample, characters })
    },
  )
  const answers: (readonly boolean[])[] = sizes.map(() => [])
  for (const [at, { answer }] of parts.entries()) answers[places[at] as number] = answer.verdicts
  const known = knownBeginning(groups, answers)
  const population = sizes.reduce((sum, size) => sum + size, 0)
  const matched = known.filter((holds) => holds).length
  return {
    population,
    sampled: known.length,
    estimate: estimateSize(population, known.length, matched),
    ...(known.length === population && { exact: matched }),
    members: await membersOf(
      env,
      asked,
      parts.flatMap(({ address, answer }) =>
        answer.members.map((profile) => ({ address, profile })),
      ),
    ),
  }
}

/** Why some of them match, chosen at random. */
async function membersOf(
  env: Env,
  asked: Asked,
  found: readonly { readonly address: ShardAddress; readonly profile: ProfileId }[],
): Promise<ApiPreview['members']> {
  const chosen = new Map<ShardAddress, ProfileId[]>()
  let count = 0
  for (const place of shuffled(found.length, drawAtRandom)) {
    const one = found[place]
    if (one === undefined || ++count > MEMBERS) break
    chosen.set(one.address, [...(chosen.get(one.address) ?? []), one.profile])
  }
  const told = await askThese(env, asked.workspace, [...chosen.keys()], (shard, address) =>
    shard.reasons({ ...asked, profiles: chosen.get(address) ?? [] }),
  )
  return told.flatMap(({ answer }) =>
    answer.map(({ profile, reasons }) => ({ profile, reasons: reasons.map(toReason) })),
  )
}

export const preview = resource().openapi(previewRoute, async (c) => {
  const { workspace } = c.get('access')
  const { condition: wanted, purposes = [] } = c.req.valid('json')
  const asked = { workspace, condition: await linked(c, wanted), purposes }
  return c.json(await previewOf(c.env, asked), 200)
})
