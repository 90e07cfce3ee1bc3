import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { workspaceObject } from '../objects/address.ts'
import type { ApiCandidate, Comparison } from '../protocol/candidate.ts'
import type { Condition } from '../protocol/condition.ts'
import {
  countCandidates,
  discardCandidate,
  readCandidate,
  saveCandidate,
  switchToCandidate,
  type Judged,
} from '../storage/candidate-store.ts'
import { readExamples } from '../storage/example-store.ts'
import { newId } from '../storage/new-id.ts'
import { findRow } from '../storage/rows.ts'
import type { SegmentRow } from '../storage/schema.ts'
import { readSegment } from '../storage/segment-store.ts'
import type { AccessEnv } from './access.ts'
import { askShards } from './all-shards.ts'
import { accept, changeOf, isLive, waitUntilLive } from './changing.ts'
import { requireOnDevice } from './on-device.ts'
import { notFoundHere, refuseField, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { examples, requireExamples } from './segment-examples.ts'
import { linked } from './segment-linking.ts'
import { condition, minimumStay, purposes, shownSegment, showSegment } from './segments.ts'
import { body, idParam, instant, iso, json, problems } from './shapes.ts'

/** Each is judged with every event, and is part of the catalog that every shard is handed. */
const MAX_CANDIDATES = 100
/** People shown of each side. */
const MAX_PEOPLE = 100

const input = z
  .strictObject({ condition, purposes, minimumStay, examples: examples.optional() })
  .openapi('CandidateInput')
const shown = z
  .object({
    id: z.string(),
    condition: z.custom<Condition>().openapi({ type: 'object' }),
    purposes: z.array(z.string()).readonly(),
    minimumStay: z.string().optional(),
    state: z.enum(['building', 'ready']).openapi({
      description: 'While building, not everybody was looked at yet: the figures grow',
    }),
    progress: z.number().optional().openapi({ description: '0 to 1, while building' }),
    size: z.number().openapi({ description: 'Members by the new version' }),
    joiners: z.number().openapi({ description: 'Who would enter by a switch' }),
    leavers: z.number().openapi({ description: 'Who would leave by a switch' }),
    createdAt: instant,
  })
  .openapi('Candidate')
const person = z.object({ profile: z.string(), enteredAt: instant }).openapi('Moved')

const path = '/api/segments/{id}/candidate'
const wait = z.object({
  wait: z.literal('live').optional().openapi({
    description: 'Answer once everybody was looked at, after at most 30 seconds',
  }),
})
const getRoute = createRoute({
  method: 'get',
  path,
  summary: 'The new version beside a segment, and whom a switch to it would move',
  request: { params: idParam },
  responses: { 200: json(shown, 'The candidate'), ...problems(401, 404) },
})
const saveRoute = createRoute({
  method: 'put',
  path,
  summary: 'Puts a new version beside a segment, in the place of the one that may be there',
  description:
    'Everybody is judged by both versions, live and over the whole history. Only the one in force is told of: to pages, destinations and reports.',
  request: { params: idParam, query: wait, body: body(input) },
  responses: { 200: json(shown, 'The candidate'), ...problems(400, 401, 404, 409, 422) },
})
const discardRoute = createRoute({
  method: 'delete',
  path,
  summary: 'Discards the new version; nobody notices',
  request: { params: idParam },
  responses: { 204: { description: 'Discarded' }, ...problems(401, 404, 409) },
})
const peopleRoute = createRoute({
  method: 'get',
  path: `${path}/{side}`,
  summary: 'Some of those whom a switch would move',
  request: {
    params: idParam.extend({
      side: z.enum(['joiners', 'leavers']).openapi({ param: { name: 'side', in: 'path' } }),
    }),
    query: z.object({
      limit: z.coerce
        .number('must be a number')
        .int('must be a whole number')
        .min(1, 'must be at least 1')
        .max(MAX_PEOPLE, `must be at most ${MAX_PEOPLE}`)
        .default(20),
    }),
  },
  responses: {
    200: json(
      z.object({ items: z.array(person).readonly() }),
      '`enteredAt`: when they entered the version that holds them',
    ),
    ...problems(400, 401, 404),
  },
})
const switchRoute = createRoute({
  method: 'post',
  path: '/api/segments/{id}/switch',
  summary: 'Puts the candidate in force',
  description:
    'One version of the catalog has everybody judged by it. Who joins is told as entered, who leaves as exited, with the cause `definition`; who stays keeps `enteredAt`, and nobody is told.',
  request: {
    params: idParam,
    query: wait,
    body: {
      required: false,
      content: {
        'application/json': {
          schema: z.strictObject({
            candidate: z.string().optional().openapi({
              description: 'Its id, as it was shown: a conflict if another has taken its place',
            }),
          }),
        },
      },
    },
  },
  responses: {
    200: json(shownSegment, 'The segment as it is now'),
    ...problems(400, 401, 404, 409),
  },
})

async function segmentAt(c: Context<AccessEnv>, id: string): Promise<SegmentRow> {
  const row = await findRow(c.env.DB, 'segment', c.get('access').workspace, id)
  if (row === undefined) throw notFoundHere('segment')
  return row
}

async function candidateAt(c: Context<AccessEnv>, id: string) {
  const candidate = readCandidate(await segmentAt(c, id))
  if (candidate === undefined) {
    throw new Refusal(404, 'No new version of this segment is beside it.')
  }
  return candidate
}

async function show(c: Context<AccessEnv>, id: string): Promise<ApiCandidate> {
  const candidate = await candidateAt(c, id)
  const { workspace } = c.get('access')
  const asked = { workspace, segment: candidate.of, candidate: candidate.id }
  const [status, parts] = await Promise.all([
    workspaceObject(c.env, workspace).status({ workspace }),
    askShards(c.env, workspace, (shard) => shard.compare(asked)),
  ])
  const isReady = isLive(status, candidate.id, 1)
  const total = (figure: keyof Comparison) =>
    parts.reduce((sum, { answer }) => sum + answer[figure], 0)
  return {
    id: candidate.id,
    condition: candidate.condition,
    purposes: candidate.purposes ?? [],
    ...(candidate.minimumStay !== undefined && { minimumStay: candidate.minimumStay }),
    state: isReady ? 'ready' : 'building',
    ...(!isReady && { progress: status.progress }),
    size: total('size'),
    joiners: total('joiners'),
    leavers: total('leavers'),
    createdAt: iso(candidate.createdAt),
  }
}

const judgedOf = ({ condition, purposes, minimumStay }: Judged): Judged => ({
  condition,
  purposes: purposes ?? [],
  minimumStay,
})

export const candidates = resource()
  .openapi(getRoute, async (c) => c.json(await show(c, c.req.valid('param').id), 200))
  .openapi(saveRoute, async (c) => {
    const { examples: told, ...wanted } = c.req.valid('json')
    const row = await segmentAt(c, c.req.valid('param').id)
    const { id: segment, key } = row
    if ((await countCandidates(c.env.DB, c.get('access').workspace, segment)) >= MAX_CANDIDATES) {
      throw new Refusal(
        409,
        `At most ${MAX_CANDIDATES} segments have a new version beside them: switch to one, or discard it.`,
      )
    }
    const id = newId('cnd')
    const change = changeOf(c, 'segment.candidate-saved', segment)
    const condition = await linked(c, wanted.condition, { id: segment, key })
    const { workspace } = c.get('access')
    const people = told ?? (await readExamples(c.env.DB, workspace, segment))
    const judged = { ...wanted, id, condition, purposes: wanted.purposes ?? [] }
    await requireExamples(c.env, workspace, judged, people)
    await requireOnDevice(c, { ...readSegment(row), ...judged, id: segment })
    await accept(c, 'segment', await saveCandidate(c.env.DB, change, segment, judged, told))
    if (c.req.valid('query').wait === 'live') {
      await waitUntilLive(c.env, c.get('access').workspace, id, 1)
    }
    return c.json(await show(c, segment), 200)
  })
  .openapi(discardRoute, async (c) => {
    const candidate = await candidateAt(c, c.req.valid('param').id)
    const change = changeOf(c, 'segment.candidate-discarded', candidate.of)
    await accept(c, 'candidate', await discardCandidate(c.env.DB, change, candidate))
    return c.body(null, 204)
  })
  .openapi(peopleRoute, async (c) => {
    const { id, side } = c.req.valid('param')
    const { limit } = c.req.valid('query')
    const candidate = await candidateAt(c, id)
    const { workspace } = c.get('access')
    const asked = { workspace, segment: candidate.of, candidate: candidate.id, side, limit }
    const parts = await askShards(c.env, workspace, (shard) => shard.sideOf(asked))
    const items = parts
      .flatMap(({ answer }) => answer)
      .slice(0, limit)
      .map(({ profile, enteredAt }) => ({ profile, enteredAt: iso(enteredAt) }))
    return c.json({ items }, 200)
  })
  .openapi(switchRoute, async (c) => {
    const { workspace } = c.get('access')
    const row = await segmentAt(c, c.req.valid('param').id)
    const candidate = await candidateAt(c, row.id)
    const { candidate: seen = candidate.id } = c.req.valid('json') ?? {}
    if (seen !== candidate.id) {
      throw refuseField('candidate', 'another version has taken its place: look at it first', 409)
    }
    // It may have been marked since the candidate was saved.
    await requireOnDevice(c, { ...readSegment(row), ...judgedOf(candidate), id: row.id })
    const change = changeOf(c, 'segment.switched', row.id)
    await accept(c, 'candidate', await switchToCandidate(c.env.DB, change, candidate))
    if (c.req.valid('query').wait === 'live') {
      await waitUntilLive(c.env, workspace, row.id, row.version + 1)
    }
    return c.json(await showSegment(c.env, workspace, row.id), 200)
  })
