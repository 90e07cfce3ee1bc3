import { Hono } from 'hono'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { parseEnvelope, parseSingle } from '../parse/batch.ts'
import { EVENT_TYPES, type EventType } from '../protocol/event.ts'
import { NEVER } from '../protocol/time.ts'
import { admitRequest } from './intake/admit.ts'
import { openToPages } from './intake/cors.ts'
import { refusalResponse } from './intake/refusal.ts'
import { answerTo, takeBody, type Read } from './intake/take.ts'

/** The one-letter paths of Segment's browser library. */
const SHORT: { readonly [letter: string]: EventType } = {
  t: 'track',
  p: 'page',
  s: 'screen',
  i: 'identify',
  g: 'group',
  a: 'alias',
}
const CALLS = [...EVENT_TYPES, ...Object.keys(SHORT)].join('|')

/**
 * The Segment Tracking API: `/v1/batch`, `/v1/track` and their siblings, their short names, and `/v1/import` for
 * history. Clients of that API work by changing host and key.
 */
export const track = new Hono<{ Bindings: Env }>()
  .use(`/v1/:call{(?:batch|b|import|${CALLS})}`, openToPages)
  .post('/v1/:batch{(?:batch|b)}', (c) => take(c.env, c.req.raw, parseEnvelope))
  .post('/v1/import', (c) => take(c.env, c.req.raw, parseEnvelope, true))
  .post(`/v1/:call{(?:${CALLS})}`, (c) => {
    const call = c.req.param('call')
    // The pattern of the path lets only these through.
    const type = SHORT[call] ?? (call as EventType)
    return take(c.env, c.req.raw, (body) => parseSingle(body, type))
  })

async function take(env: Env, request: Request, read: Read, isImport = false): Promise<Response> {
  const receivedAt = clock.now()
  const admitted = await admitRequest(env, request, receivedAt)
  if (!admitted.ok) return refusalResponse(admitted)
  if (isImport && admitted.value.caller.grant.kind !== 'secret') {
    const detail = 'Importing history needs a secret key: a write key is public.'
    return refusalResponse({ ok: false, status: 403, detail })
  }
  const changes = isImport ? { retention: NEVER } : {}
  const taken = await takeBody(env, request, admitted.value, read, receivedAt, changes)
  return taken.ok ? answerTo(taken.value) : refusalResponse(taken)
}
