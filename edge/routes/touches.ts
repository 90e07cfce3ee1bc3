import { createRoute, z } from '@hono/zod-openapi'
import { refusalText } from '../domain/score/refusal-text.ts'
import { base32, isProfileId, RANDOM_BYTES } from '../domain/id.ts'
import type { Env } from '../objects/env.ts'
import { clock } from '../objects/clock.ts'
import type { ApiTouch, ApiTouchRefusal } from '../protocol/api-touch.ts'
import {
  ACCEPTED_ID,
  type PersonTouches,
  type StandingTouch,
  type TouchAnswer,
  type TouchAsk,
  type TouchRefusal,
} from '../protocol/touch.ts'
import { DAY, MINUTE, type Millis } from '../protocol/time.ts'
import type { ProfileId, WorkspaceId } from '../protocol/id.ts'
import { toApiRefusal } from '../storage/outbox-store.ts'
import { askWhere } from './find-profile.ts'
import { publishedVersion } from './intake/source.ts'
import { notFoundHere, problemDocument, Refusal, refuseField } from './problem.ts'
import { resource } from './resource.ts'
import { body, channel, idParam, instant, iso, json, problems } from './shapes.ts'
import { showBudget } from './touch-budget.ts'
import { shownRefusal, touchDetails } from './touch-shapes.ts'

/** How far ahead a message may be planned. */
const MAX_AHEAD: Millis = 365 * DAY
/** Clocks differ: what is no older than that is now. */
const SKEW: Millis = MINUTE
const MAX_LISTED = 200

const messageId = z
  .string('must be text')
  .regex(ACCEPTED_ID, 'must be 1 to 100 printable characters without spaces')

const input = z
  .strictObject({
    channel,
    ...touchDetails,
    at: z.iso
      .datetime({ offset: true, error: 'must be an ISO 8601 instant such as 2026-01-31T12:00:00Z' })
      .optional()
      .openapi({ description: 'When it is to be sent; absent: now' }),
    messageId: messageId.optional().openapi({ description: 'One is made if it is not told' }),
    campaign: z
      .strictObject({ id: z.string().min(1).max(100), name: z.string().min(1).max(200) })
      .optional()
      .openapi({ description: 'As conditions on reactions know it' }),
  })
  .openapi('TouchInput')

const shownTouch = z
  .object({
    messageId: z.string().nullable(),
    channel: z.string(),
    weight: z.number(),
    tags: z.array(z.string()).readonly(),
    at: instant,
    state: z.enum(['sent', 'planned']),
    counts: z.boolean().openapi({ description: 'false: no cap counts it' }),
  })
  .openapi('Touch')

const allowed = z.object({ allowed: z.literal(true), touch: shownTouch }).openapi('TouchAllowed')

export const shownPressure = z
  .object({
    cap: z.string(),
    name: z.string(),
    most: z.number(),
    pressure: z.number(),
    remaining: z.number(),
    freeAt: instant.nullable().optional(),
  })
  .openapi('Pressure', {
    description:
      'How a cap stands for somebody. `freeAt`: when a touch of weight 1 has room; null: never; absent: now',
  })

const path = '/api/profiles/{id}/touches'
const refusedDocument = {
  description: 'A cap would be broken: `detail` says which in a sentence, `refusal` in fields',
  content: {
    'application/problem+json': {
      schema: z.object({
        type: z.string(),
        title: z.string(),
        status: z.number(),
        detail: z.string(),
        refusal: shownRefusal,
      }),
    },
  },
}
const askRoute = createRoute({
  method: 'post',
  path,
  summary: 'Asks whether a message may be sent to somebody, and takes its place if it may',
  description:
    'One transaction: of many that ask at once no more are allowed than the caps let. With `at` in the future it is planned: it holds its place against lighter ones, and is asked again with the same `messageId` at its instant, for a heavier one may have taken it. A planned message that nobody comes back for lets its place go a day later.',
  request: { params: idParam, body: body(input) },
  responses: {
    200: json(allowed, 'It had its place already'),
    201: json(allowed, 'It may be sent, or is planned'),
    ...problems(400, 401, 404),
    409: refusedDocument,
  },
})
const cancelRoute = createRoute({
  method: 'delete',
  path: `${path}/{messageId}`,
  summary: 'Gives the place of a planned message back',
  request: {
    params: idParam.extend({
      messageId: messageId.openapi({ param: { name: 'messageId', in: 'path' } }),
    }),
  },
  responses: { 204: { description: 'Released' }, ...problems(401, 404, 409) },
})
const listRoute = createRoute({
  method: 'get',
  path,
  summary: 'The latest messages that take or hold a place, and how each cap stands',
  request: { params: idParam },
  responses: {
    200: json(
      z.object({
        items: z.array(shownTouch).readonly(),
        pressure: z.array(shownPressure).readonly(),
      }),
      'Newest first, 200 at most',
    ),
    ...problems(401, 404),
  },
})

const showTouch = ({ messageId: id, at, ...touch }: StandingTouch): ApiTouch => ({
  messageId: id ?? null,
  ...touch,
  at: iso(at),
})

/** Where somebody lives, what a touch of theirs comes to. */
export async function askFor(
  env: Env,
  workspace: WorkspaceId,
  profile: ProfileId,
  ask: TouchAsk,
): Promise<TouchAnswer> {
  const catalogVersion = publishedVersion(workspace, clock.now())
  const answer = await askWhere<TouchAnswer>(env, workspace, profile, (shard) =>
    shard.touch({ workspace, profile, ask, catalogVersion }),
  )
  if (answer === null) throw notFoundHere('profile')
  return answer
}

interface RefusalDocument {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly refusal: ApiTouchRefusal
}

export const refusalDocument = (refusal: TouchRefusal): RefusalDocument => {
  const detail = `${refusalText(refusal)}.`
  return { ...problemDocument(409, detail), detail, refusal: toApiRefusal(refusal) }
}

function instantOf(text: string | undefined): Millis | undefined {
  if (text === undefined) return undefined
  const [at, now] = [Date.parse(text), clock.now()]
  if (at < now - SKEW) {
    throw refuseField('at', 'is over: what was sent is told by the event “Message Sent”')
  }
  if (at > now + MAX_AHEAD) throw refuseField('at', 'must be within 365 days')
  return at > now ? at : undefined
}

const newMessageId = (): string =>
  `msg_${base32(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}`

function personOf(id: string): ProfileId {
  if (!isProfileId(id)) throw notFoundHere('profile')
  return id
}

export const touches = resource()
  .openapi(askRoute, async (c) => {
    const { workspace } = c.get('access')
    const { at: told, messageId: known, ...wanted } = c.req.valid('json')
    const at = instantOf(told)
    const ask = Object.fromEntries(
      Object.entries({ ...wanted, at, messageId: known ?? newMessageId() }).filter(
        ([, value]) => value !== undefined,
      ),
    ) as unknown as TouchAsk
    const answer = await askFor(c.env, workspace, personOf(c.req.valid('param').id), ask)
    if (answer.type === 'refused') {
      const headers = { 'content-type': 'application/problem+json' }
      return c.body(JSON.stringify(refusalDocument(answer.refusal)), 409, headers) as never
    }
    const shown = { allowed: true as const, touch: showTouch(answer.touch) }
    return answer.isNew ? c.json(shown, 201) : c.json(shown, 200)
  })
  .openapi(cancelRoute, async (c) => {
    const { workspace } = c.get('access')
    const { id, messageId: message } = c.req.valid('param')
    const profile = personOf(id)
    const answer = await askWhere(c.env, workspace, profile, (shard) =>
      shard.cancelTouch({ workspace, profile, messageId: message }),
    )
    if (answer === null) throw notFoundHere('profile')
    if (answer.type === 'unknown') throw notFoundHere('planned message')
    if (answer.type === 'sent') throw new Refusal(409, 'This message was sent: its place stands.')
    return c.body(null, 204)
  })
  .openapi(listRoute, async (c) => {
    const { workspace } = c.get('access')
    const profile = personOf(c.req.valid('param').id)
    type Listed = PersonTouches & { readonly type: 'touches' }
    const answer = await askWhere<Listed>(c.env, workspace, profile, (shard) =>
      shard.touches({ workspace, profile, limit: MAX_LISTED }),
    )
    if (answer === null) throw notFoundHere('profile')
    return c.json(
      { items: answer.touches.map(showTouch), pressure: answer.budgets.map(showBudget) },
      200,
    )
  })
