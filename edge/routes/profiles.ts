import { createRoute, z } from '@hono/zod-openapi'
import { open } from '../crypto/seal.ts'
import { workspaceKeys, type WorkspaceKeys } from '../crypto/workspace-keys.ts'
import { isDeviceId, isProfileId } from '../domain/id.ts'
import { workspaceObject } from '../objects/address.ts'
import type { Env } from '../objects/env.ts'
import { CONSENT_SIGNALS } from '../protocol/consent.ts'
import type { ApiProfile } from '../protocol/api.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import type { Json } from '../protocol/json.ts'
import type { ProfileView } from '../protocol/profile-view.ts'
import { findPopulation } from '../storage/population-store.ts'
import { withAddresses } from './addresses.ts'
import { showValue } from './computed-trait-preview.ts'
import { shownTraits } from './computed-trait-shape.ts'
import { profileOf, viewProfile, type Found } from './find-profile.ts'
import { notFoundHere } from './problem.ts'
import { showScores, shownScores } from './profile-scores.ts'
import { resource } from './resource.ts'
import { idParam, instant, iso, json, problems, text } from './shapes.ts'

const EVENTS = 100

const graphNode = z.object({
  kind: z.string(),
  value: z.string(),
  proven: z.boolean(),
  firstSeen: instant,
  lastSeen: instant,
  source: z.string(),
  profile: z.string(),
  blocked: z.boolean(),
})
const shownGraph = z
  .object({
    nodes: z.array(graphNode).readonly(),
    links: z
      .array(
        z.object({
          from: z.int(),
          to: z.int(),
          at: instant,
          proven: z.boolean(),
          stands: z.boolean(),
        }),
      )
      .readonly(),
    separations: z
      .array(z.object({ id: z.string(), at: instant, from: z.int(), to: z.int() }))
      .readonly(),
  })
  .openapi('IdentityGraph', {
    description: '`from` and `to` are places in `nodes`; a link that does not stand was cut',
  })

const shown = z
  .object({
    id: z.string(),
    createdAt: instant,
    lastSeenAt: instant,
    identifiers: z
      .array(
        z.object({
          kind: z.string(),
          value: z.string(),
          firstSeen: instant,
          lastSeen: instant,
          source: z.string(),
          proven: z.boolean(),
        }),
      )
      .readonly(),
    traits: z.record(
      z.string(),
      z
        .custom<Json>()
        .openapi({ type: ['string', 'number', 'boolean', 'object', 'array', 'null'] }),
    ),
    computedTraits: shownTraits,
    provenance: z.record(z.string(), z.object({ source: z.string(), at: instant, by: z.string() })),
    consent: z.record(
      z.string(),
      z.object({ granted: z.boolean(), at: instant.nullable(), until: instant.optional() }),
    ),
    consentHistory: z
      .array(
        z.object({
          purpose: z.string(),
          granted: z.boolean(),
          at: instant,
          source: z.string(),
          device: z.string().optional(),
          identifiers: z.array(z.string()).readonly(),
          signal: z.enum(CONSENT_SIGNALS),
          messageId: z.string(),
        }),
      )
      .readonly()
      .openapi({
        description:
          'Answers that differed from those before, newest first, the latest 100: who, when, by which source and signal',
      }),
    groups: z
      .array(
        z.object({
          id: z.string(),
          traits: z.record(z.string(), z.custom<Json>().openapi({ type: 'object' })),
          firstSeen: instant,
          lastSeen: instant,
          source: z.string(),
        }),
      )
      .readonly(),
    scores: shownScores,
    segments: z
      .array(
        z.object({
          id: z.string(),
          key: z.string(),
          name: z.string(),
          enteredAt: instant,
          decidedAt: instant,
          until: instant.optional(),
        }),
      )
      .readonly(),
    devices: z
      .array(z.object({ id: z.string(), firstSeen: instant, lastSeen: instant }))
      .readonly(),
    events: z
      .array(z.custom<ApiProfile['events'][number]>().openapi({ type: 'object' }))
      .readonly(),
    eventsCursor: z.string().optional(),
    merges: z
      .array(z.object({ id: z.string(), other: z.string(), at: instant, through: z.string() }))
      .readonly(),
    graph: shownGraph,
  })
  .openapi('Profile')

const timelineQuery = z.object({
  before: z.string().max(100).optional().openapi({
    description: '`eventsCursor` of the page before: events older than that',
  }),
})

const findRoute = createRoute({
  method: 'get',
  path: '/api/profiles',
  request: {
    query: z
      .object({
        kind: text(64).openapi({ example: 'email' }),
        value: text(256).openapi({ example: 'demo-shopper@example.com' }),
      })
      .extend(timelineQuery.shape),
  },
  responses: { 200: json(shown, 'The person'), ...problems(400, 401, 404) },
})
const getRoute = createRoute({
  method: 'get',
  path: '/api/profiles/{id}',
  request: { params: idParam, query: timelineQuery },
  responses: {
    200: json(shown, 'The person; a merged id answers who it is now'),
    ...problems(401, 404),
  },
})

/** A person as the administration shows them, with a page of their timeline. */
export async function showProfile(
  env: Env,
  workspace: WorkspaceId,
  found: Found | null,
  before: string | undefined,
): Promise<ApiProfile> {
  const view =
    found === null
      ? null
      : await viewProfile(env, workspace, found, {
          limit: EVENTS,
          ...(before !== undefined && { before }),
        })
  if (view === null) throw notFoundHere('profile')
  const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
  const catalog = await workspaceObject(env, workspace).catalog({ workspace })
  const sampled = (await findPopulation(env.DB, workspace))?.report.engagement
  const definitions = new Map(catalog?.segments.map((segment) => [segment.id, segment]))
  const identifiers = await Promise.all(
    view.identifiers.map(async ({ kind, value, sealed, proven, firstSeen, lastSeen, source }) => ({
      kind,
      value: (sealed && (await open(keys, 'contact', sealed))) ?? value,
      firstSeen: iso(firstSeen),
      lastSeen: iso(lastSeen),
      source,
      proven,
    })),
  )
  return {
    id: view.id,
    createdAt: iso(view.createdAt),
    lastSeenAt: iso(view.lastSeenAt),
    identifiers,
    traits: withComputed(await readableTraits(view, keys), view),
    computedTraits: view.computedTraits.map(({ definition, ...told }) => ({
      ...definition,
      ...showValue(told),
    })),
    provenance: Object.fromEntries(
      Object.entries(withoutComputed(view.provenance, view)).map(([name, { source, at, by }]) => [
        name,
        { source, at: iso(at), by: kindOf(by) },
      ]),
    ),
    groups: await Promise.all(
      view.groups.map(async ({ traits, sealed, firstSeen, lastSeen, ...group }) => ({
        ...group,
        traits: await withAddresses(keys, traits, sealed),
        firstSeen: iso(firstSeen),
        lastSeen: iso(lastSeen),
      })),
    ),
    consent: Object.fromEntries(
      Object.entries(view.consent).map(([purpose, { granted, at, until }]) => [
        purpose,
        {
          granted,
          at: at === null ? null : iso(at),
          ...(until !== undefined && { until: iso(until) }),
        },
      ]),
    ),
    consentHistory: view.consentHistory.map(({ at, ...change }) => ({ ...change, at: iso(at) })),
    ...(view.scores !== undefined && { scores: showScores(view.scores, sampled) }),
    segments: view.memberships.map(({ segment, enteredAt, decidedAt, until }) => ({
      id: segment,
      key: definitions.get(segment)?.key ?? segment,
      name: definitions.get(segment)?.name ?? segment,
      enteredAt: iso(enteredAt),
      decidedAt: iso(decidedAt),
      ...(until !== undefined && { until: iso(until) }),
    })),
    devices: view.devices.map(({ firstSeen, lastSeen, ...rest }) => ({
      ...rest,
      firstSeen: iso(firstSeen),
      lastSeen: iso(lastSeen),
    })),
    events: view.events,
    ...(view.eventsCursor !== undefined && { eventsCursor: view.eventsCursor }),
    merges: view.merges.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
    graph: await readableGraph(view.graph, keys),
  }
}

/** Computed traits stand above what was said, also where there is no value. */
function withoutComputed<T>(
  said: { readonly [trait: string]: T },
  { computedTraits }: ProfileView,
): { readonly [trait: string]: T } {
  const keys = new Set(computedTraits.map(({ definition: { key } }) => key))
  return Object.fromEntries(Object.entries(said).filter(([name]) => !keys.has(name)))
}

const withComputed = (said: ApiProfile['traits'], view: ProfileView): ApiProfile['traits'] => ({
  ...withoutComputed(said, view),
  ...Object.fromEntries(
    view.computedTraits.flatMap(({ definition: { key }, value }) =>
      value === undefined ? [] : [[key, value] as const],
    ),
  ),
})

/** The kind in an `identifierKey`. */
function kindOf(key: string): string {
  const [length = '', ...rest] = key.split(':')
  const kind = rest.join(':').slice(0, Number(length))
  return kind === '' || key.endsWith(':') || isDeviceId(key.slice(key.lastIndexOf(':') + 1))
    ? 'device'
    : kind
}

async function readableGraph(
  { nodes, links, separations }: ProfileView['graph'],
  keys: WorkspaceKeys,
): Promise<ApiProfile['graph']> {
  return {
    nodes: await Promise.all(
      nodes.map(async ({ sealed, value, firstSeen, lastSeen, ...rest }) => ({
        ...rest,
        value: (sealed && (await open(keys, 'contact', sealed))) ?? value,
        firstSeen: iso(firstSeen),
        lastSeen: iso(lastSeen),
      })),
    ),
    links: links.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
    separations: separations.map(({ at, ...rest }) => ({ ...rest, at: iso(at) })),
  }
}

/** Traits hold an address's hash in its place: the readable one stands with the identifier. */
async function readableTraits(
  { traits, identifiers }: ProfileView,
  keys: WorkspaceKeys,
): Promise<{ [trait: string]: Json }> {
  const readable: { [trait: string]: Json } = { ...traits }
  for (const { kind, value, sealed } of identifiers) {
    if (sealed === undefined || readable[kind] !== value) continue
    const address = await open(keys, 'contact', sealed)
    if (address !== undefined) readable[kind] = address
  }
  return readable
}

export const profiles = resource()
  .openapi(findRoute, async (c) => {
    const { workspace } = c.get('access')
    const { kind, value, before } = c.req.valid('query')
    const id = await profileOf(c.env, workspace, kind, value)
    return c.json(await showProfile(c.env, workspace, id, before), 200)
  })
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id } = c.req.valid('param')
    const { before } = c.req.valid('query')
    return c.json(
      await showProfile(c.env, workspace, isProfileId(id) ? { profile: id, at: id } : null, before),
      200,
    )
  })
