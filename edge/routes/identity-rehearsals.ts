import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { identityRules } from '../crypto/identity-rules.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import { rehearsalObject, workspaceObject } from '../objects/address.ts'
import type { IdentitySettings } from '../protocol/identifier.ts'
import type { RehearsalStatus } from '../protocol/rehearsal.ts'
import { DAY } from '../protocol/time.ts'
import { findIdentity, replaceIdentity } from '../storage/identity-settings-store.ts'
import { newId } from '../storage/new-id.ts'
import type { AccessEnv } from './access.ts'
import { accept, changeOf } from './changing.ts'
import {
  parseIdentitySettings,
  settingsInput,
  settingsShape,
  showSettings,
} from './identity-settings.ts'
import { notFoundHere, refuseField, Refusal } from './problem.ts'
import { resource } from './resource.ts'
import { body, idParam, instant, iso, json, problems } from './shapes.ts'

/** As `newId` makes them: no other id can lead to an object. */
const ID = /^reh_[a-z2-7]{16}$/

const identifier = z.object({ kind: z.string(), value: z.string() })
const result = z.object({
  people: z.object({ now: z.number(), after: z.number() }),
  merged: z.object({ people: z.number(), groups: z.number() }),
  split: z.number(),
  unchanged: z.number(),
  merges: z
    .array(z.object({ people: z.number(), profiles: z.array(z.string()).readonly() }))
    .readonly(),
  splits: z
    .array(
      z.object({
        profile: z.string(),
        people: z.number(),
        parts: z.array(z.array(identifier).readonly()).readonly(),
      }),
    )
    .readonly(),
  segments: z
    .array(
      z.object({
        id: z.string(),
        key: z.string(),
        name: z.string(),
        now: z.number(),
        after: z.number(),
      }),
    )
    .readonly(),
  gluing: z
    .array(
      identifier.extend({
        people: z.number(),
        ignored: z
          .literal(true)
          .optional()
          .openapi({ description: 'Too many bear it: it would join no one' }),
      }),
    )
    .readonly(),
  traits: z.array(z.string()).readonly(),
})
const rehearsal = z
  .object({
    id: z.string(),
    state: z.enum(['rehearsing', 'rehearsed', 'switching', 'switched', 'cancelled', 'failed']),
    progress: z.number().openapi({ description: 'Of what is being done, 0 to 1' }),
    days: z.number(),
    settings: settingsShape,
    createdAt: instant,
    result: result.optional(),
    reason: z.enum(['unreachable', 'too-many-joins']).optional(),
  })
  .openapi('IdentityRehearsal')
const input = z
  .strictObject({
    settings: settingsInput,
    days: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .openapi({ description: 'Looks at who had traffic in so many days, with all their facts' }),
  })
  .openapi('IdentityRehearsalInput')

const path = '/api/settings/identity/rehearsals'
const one = `${path}/{id}`
const createRehearsal = createRoute({
  method: 'post',
  path,
  summary: 'Tries identity settings on the people there are; changes nobody',
  request: { body: body(input) },
  responses: { 201: json(rehearsal, 'It runs'), ...problems(400, 401, 503) },
})
const getRehearsal = createRoute({
  method: 'get',
  path: one,
  summary: 'How far a rehearsal or a switch is, and what it came to',
  request: { params: idParam },
  responses: { 200: json(rehearsal, 'Kept for 30 days'), ...problems(401, 404) },
})
const deleteRehearsal = createRoute({
  method: 'delete',
  path: one,
  summary: 'Stops a rehearsal; a switch that has begun is not left half done',
  request: { params: idParam },
  responses: { 204: { description: 'It runs no more' }, ...problems(401, 404, 409) },
})
const switchRehearsed = createRoute({
  method: 'post',
  path: `${one}/switch`,
  summary: 'Puts what was rehearsed in force, for past messages too',
  request: { params: idParam },
  responses: { 201: json(rehearsal, 'It runs'), ...problems(401, 404, 409, 503) },
})
const switchPast = createRoute({
  method: 'post',
  path: '/api/settings/identity/switch',
  summary: 'Applies the settings in force to past messages',
  responses: { 201: json(rehearsal, 'It runs'), ...problems(401, 503) },
})

const show = ({ settings, createdAt, ...status }: RehearsalStatus) => ({
  ...status,
  settings: showSettings(settings),
  createdAt: iso(createdAt),
})

/** The object of a rehearsal of this workspace: its name holds the workspace's id. */
function objectOf(c: Context<AccessEnv>, id: string) {
  if (!ID.test(id)) throw notFoundHere('rehearsal')
  return rehearsalObject(c.env, c.get('access').workspace, id)
}

async function catalogOf(c: Context<AccessEnv>) {
  const { workspace } = c.get('access')
  try {
    const catalog = await workspaceObject(c.env, workspace).catalog({ workspace })
    if (catalog !== null) return catalog
  } catch {
    // Told below.
  }
  throw new Refusal(503, 'The workspace does not answer now: try again.')
}

async function requestFor(c: Context<AccessEnv>, settings: IdentitySettings, remake: boolean) {
  const { workspace } = c.get('access')
  const keys = await workspaceKeys(c.env.PRISME_SECRET, workspace)
  const rules = await identityRules(keys, settings, remake)
  return { id: newId('reh'), workspace, settings, rules }
}

/** Traits that two settings join by different policies. */
function changedTraits(one: IdentitySettings, other: IdentitySettings): string[] {
  const names = new Set([...Object.keys(one.traits), ...Object.keys(other.traits)])
  return [...names].filter((name) => policyOf(one, name) !== policyOf(other, name)).sort()
}

const policyOf = ({ traits }: IdentitySettings, name: string) => traits[name] ?? 'most-recent'

/** Has the settings published that D1 holds, and answers as of which version they are. */
async function publishedVersion(c: Context<AccessEnv>): Promise<number> {
  const { workspace } = c.get('access')
  try {
    return await workspaceObject(c.env, workspace).publish({ workspace })
  } catch {
    throw new Refusal(
      503,
      'The settings are saved, and hold for later messages. Past ones could not be begun with: try POST /api/settings/identity/switch.',
    )
  }
}

export const identityRehearsals = resource()
  .openapi(createRehearsal, async (c) => {
    const { settings: given, days } = c.req.valid('json')
    const settings = parseIdentitySettings(given, 'settings.')
    const { retention } = await catalogOf(c)
    const most = Math.floor(retention / DAY)
    if (days > most) throw refuseField('days', `must be at most ${most}: no more is kept`)
    const traits = changedTraits(await findIdentity(c.env.DB, c.get('access').workspace), settings)
    const request = await requestFor(c, settings, traits.length > 0)
    const object = objectOf(c, request.id)
    return c.json(show(await object.create({ ...request, days, traits })), 201)
  })
  .openapi(getRehearsal, async (c) => {
    const status = await objectOf(c, c.req.valid('param').id).status()
    if (status === null) throw notFoundHere('rehearsal')
    return c.json(show(status), 200)
  })
  .openapi(deleteRehearsal, async (c) => {
    const done = await objectOf(c, c.req.valid('param').id).cancel()
    if (done === null) throw notFoundHere('rehearsal')
    if (!done) throw new Refusal(409, 'The switch has begun: it goes on until all are looked at.')
    return c.body(null, 204)
  })
  .openapi(switchRehearsed, async (c) => {
    const object = objectOf(c, c.req.valid('param').id)
    const status = await object.status()
    if (status === null) throw notFoundHere('rehearsal')
    if (status.state !== 'rehearsed') {
      throw new Refusal(409, `Only what was rehearsed can be switched to: it is ${status.state}.`)
    }
    const { workspace } = c.get('access')
    const change = changeOf(c, 'identity.switched', workspace)
    await accept(c, 'workspace', await replaceIdentity(c.env.DB, change, status.settings))
    const begun = await object.switch({ version: await publishedVersion(c) })
    if (begun === null) throw new Refusal(409, 'Somebody else has begun this switch.')
    return c.json(show(begun), 201)
  })
  .openapi(switchPast, async (c) => {
    const { workspace } = c.get('access')
    const settings = await findIdentity(c.env.DB, workspace)
    const change = changeOf(c, 'identity.switched', workspace)
    await accept(c, 'workspace', await replaceIdentity(c.env.DB, change, settings))
    const version = await publishedVersion(c)
    const { retention } = await catalogOf(c)
    const request = await requestFor(c, settings, true)
    const days = Math.floor(retention / DAY)
    const object = objectOf(c, request.id)
    return c.json(show(await object.createSwitch({ ...request, days, traits: [], version })), 201)
  })
