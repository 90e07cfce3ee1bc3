import { Hono } from 'hono'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { parseEnvelope, parseSingle } from '../parse/batch.ts'
import { EVENT_TYPES } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { admitRequest, type Admitted } from './intake/admit.ts'
import { openToPages } from './intake/cors.ts'
import { refusalResponse } from './intake/refusal.ts'
import { answerTo, takeBody, type Read } from './intake/take.ts'

const CALLS = [...EVENT_TYPES, 'event', 'batch'].join('|')

/**
 * Jitsu's paths, for its SDKs. Messages are Segment's; the key is in `X-Write-Key` (`id:key`), since the body's is
 * masked. Below `s2s` a server speaks for somebody: nothing is taken from the request itself.
 */
export const jitsu = new Hono<{ Bindings: Env }>()
  .use('/api/s/*', openToPages)
  .post(`/api/s/:call{(?:${CALLS})}`, (c) => take(c.env, c.req.raw, c.req.param('call'), false))
  .post(`/api/s/s2s/:call{(?:${CALLS})}`, (c) => take(c.env, c.req.raw, c.req.param('call'), true))

async function take(env: Env, request: Request, call: string, s2s: boolean): Promise<Response> {
  const receivedAt = clock.now()
  const admitted = await admitRequest(env, request, receivedAt)
  if (!admitted.ok) return refusalResponse(admitted)
  const by = s2s ? spokenFor(admitted.value) : admitted.value
  const taken = await takeBody(env, request, by, readerOf(call), receivedAt)
  // The client insists on JSON; `destinations` are scripts it would load into the page.
  return taken.ok
    ? answerTo(taken.value, { ok: true, success: true, destinations: [] })
    : refusalResponse(taken)
}

const spokenFor = (admitted: Admitted): Admitted => ({
  ...admitted,
  caller: { ...admitted.caller, source: { ...admitted.caller.source, kind: 'server' } },
})

function readerOf(call: string): Read {
  if (call === 'batch') return parseEnvelope
  return (body) => parseSingle(body, EVENT_TYPES.find((type) => type === call) ?? typeOf(body))
}

/** `/api/s/event` leaves the type to the message; without one it is a track. */
const typeOf = (body: Json) =>
  EVENT_TYPES.find(
    (type) => typeof body === 'object' && body !== null && 'type' in body && body['type'] === type,
  ) ?? 'track'
