import { createRoute, z } from '@hono/zod-openapi'
import { isProfileId } from '../domain/id.ts'
import type { ApiCustomer } from '../protocol/api-score.ts'
import { askShards, decodePlaces, encodePlaces, MAX_CURSOR, placeName } from './all-shards.ts'
import { resource } from './resource.ts'
import { json, pageOf, pageQuery, problems } from './shapes.ts'

const bin = z.coerce
  .number('must be a number')
  .int('must be a whole number')
  .min(1, 'must be at least 1')

const shown = z
  .object({
    profile: z.string(),
    recency: z.number(),
    frequency: z.number(),
    monetary: z.number(),
  })
  .openapi('Customer')

const route = createRoute({
  method: 'get',
  path: '/api/customers',
  summary: 'Customers in some places of the RFM grid, by the cut points in force',
  request: {
    query: pageQuery.extend({
      cursor: z.string().max(MAX_CURSOR).optional(),
      cell: z.string().max(64).optional(),
      recency: bin.optional(),
      frequency: bin.optional(),
    }),
  },
  responses: {
    200: json(
      pageOf(shown),
      'Some of them; a page may hold fewer than `limit` though there are more: `cursor` says so',
    ),
    ...problems(400, 401, 503),
  },
})

/** Where a shard has shown all it has. */
const DONE = 'end'

export const customers = resource().openapi(route, async (c) => {
  const { workspace } = c.get('access')
  const { cursor, limit, cell, recency, frequency } = c.req.valid('query')
  const places = decodePlaces(cursor)
  const wanted = {
    ...(cell !== undefined && { cell }),
    ...(recency !== undefined && { recency }),
    ...(frequency !== undefined && { frequency }),
  }
  const next = new Map(places)
  const items: ApiCustomer[] = []
  const answers = await askShards(c.env, workspace, async (shard, address) => {
    const after = places.get(placeName(address))
    if (after === DONE) return { items: [] }
    return await shard.customersIn({
      workspace,
      ...wanted,
      ...(after !== undefined && isProfileId(after) && { after }),
      limit,
    })
  })
  for (const { address, answer } of answers) {
    const name = placeName(address)
    const taken = answer.items.slice(0, limit - items.length)
    items.push(...taken)
    const last = taken.at(-1)
    if (taken.length === answer.items.length) next.set(name, answer.next ?? DONE)
    else if (last !== undefined) next.set(name, last.profile)
  }
  const isMore = answers.some(({ address }) => next.get(placeName(address)) !== DONE)
  return c.json({ items, ...(isMore && { cursor: encodePlaces(next) }) }, 200)
})
