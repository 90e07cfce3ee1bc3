import { createRoute, z } from '@hono/zod-openapi'
import { open } from '../crypto/seal.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { addressOf, isProfileId } from '../domain/id.ts'
import { profileShard } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import type { Json } from '../protocol/json.ts'
import { noted } from '../storage/import-list.ts'
import { askShards } from './all-shards.ts'
import { changeOf } from './changing.ts'
import { notFoundHere } from './problem.ts'
import { showProfile } from './profiles.ts'
import { resource } from './resource.ts'
import { idParam, iso, json, problems } from './shapes.ts'

/** Events in memory at once. */
const PAGE = 500
const MAX_FORWARDS = 16

const route = createRoute({
  method: 'get',
  path: '/api/profiles/{id}/export',
  summary: 'All there is of a person, as one file',
  description:
    'Identifiers, traits with where they are from, consent, devices, accounts, memberships, merges, deliveries and every event.',
  request: { params: idParam },
  responses: {
    200: json(
      z.custom<Json>().openapi('ProfileExport', { type: 'object' }),
      'A file: `content-disposition` names it',
    ),
    ...problems(401, 404, 503),
  },
})

/** Where a person lives, found by an id of theirs. */
async function shardOf(env: Env, workspace: WorkspaceId, profile: ProfileId) {
  let at = profile
  for (let hop = 0; hop < MAX_FORWARDS; hop++) {
    const address = addressOf(at)
    if (address === undefined) break
    const view = await profileShard(env, workspace, address).view({ workspace, profile, limit: 1 })
    if (view === null) break
    if (view.type === 'profile') return { address, view }
    at = view.profile
  }
  throw notFoundHere('profile')
}

export const profileExport = resource().openapi(route, async (c) => {
  const { workspace } = c.get('access')
  const { id } = c.req.valid('param')
  if (!isProfileId(id)) throw notFoundHere('profile')
  const { address, view } = await shardOf(c.env, workspace, id)
  const found = { profile: view.id, at: id }
  const {
    events: _events,
    eventsCursor: _cursor,
    graph,
    ...person
  } = await showProfile(c.env, workspace, found, undefined)
  const keys = await workspaceKeys(c.env.PRISME_SECRET, workspace)
  const readable = new Map<Json, string>()
  for (const { value, sealed } of view.identifiers) {
    const address = sealed === undefined ? undefined : await open(keys, 'contact', sealed)
    if (address !== undefined) readable.set(value, address)
  }
  const ids = [view.id, ...view.merges.map(({ other }) => other)]
  const answers = await askShards(c.env, workspace, (shard) =>
    shard.deliveriesOf({ workspace, profiles: ids }),
  )
  const head = {
    exportedAt: iso(Date.now()),
    ...person,
    // Others who were seen on the same devices are theirs to ask about: of them nothing is told.
    separations: graph.separations
      .filter(({ from, to }) => [from, to].some((place) => graph.nodes[place]?.profile === view.id))
      .map(({ id, at }) => ({ id, at })),
    deliveries: answers.flatMap(({ answer }) => answer),
  }
  await noted(c.env.DB, changeOf(c, 'profile.exported', view.id))

  async function* pieces(): AsyncGenerator<string> {
    yield `${JSON.stringify(head).slice(0, -1)},"events":[`
    let before: string | undefined
    let isFirst = true
    do {
      const page = await profileShard(c.env, workspace, address).keptHistory({
        workspace,
        profile: view.id,
        limit: PAGE,
        ...(before !== undefined && { before }),
      })
      // Moved or erased while it was read: a file that breaks off is no file, a short one would lie.
      if (page === null) throw new Error('The person is not here any more')
      for (const event of page.events) {
        yield `${isFirst ? '' : ','}\n${JSON.stringify(shown(event, readable))}`
        isFirst = false
      }
      before = page.cursor
    } while (before !== undefined)
    yield ']}\n'
  }
  return c.body(streamOf(pieces()), 200, {
    'content-type': 'application/json',
    'content-disposition': `attachment; filename="${view.id}.json"`,
  }) as never
})

/** An event with all that is kept of it, addresses readable. */
function shown(
  { timestamp, receivedAt, identifiers, traits, ...rest }: EventRecord,
  readable: ReadonlyMap<Json, string>,
) {
  return {
    ...rest,
    timestamp: iso(timestamp),
    receivedAt: iso(receivedAt),
    identifiers: identifiers.map(({ kind, value, proven }) => ({
      kind,
      value: readable.get(value) ?? value,
      proven,
    })),
    ...(traits !== undefined && {
      traits: Object.fromEntries(
        Object.entries(traits).map(([name, value]) => [name, readable.get(value) ?? value]),
      ),
    }),
  }
}

function streamOf(pieces: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await pieces.next()
      if (done === true) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await pieces.return(undefined)
    },
  })
}
