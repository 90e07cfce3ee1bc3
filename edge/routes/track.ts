import { Hono } from 'hono'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { parseEnvelope, parseSingle, type Batch } from '../parse/batch.ts'
import { EVENT_TYPES, type EventType } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import type { Result } from '../protocol/problem.ts'
import { NEVER } from '../protocol/time.ts'
import { admitRequest } from './intake/admit.ts'
import { ingestBatch } from './intake/batch.ts'
import { openToPages } from './intake/cors.ts'
import { parseOptionsOf } from './intake/parse-options.ts'
import { refusalResponse } from './intake/refusal.ts'

type Read = (body: Json) => Result<Batch>

/** Seconds after which a client may try again: objects restart in less. */
const RETRY_AFTER = { busy: 1, overloaded: 5 }

/**
 * The Segment Tracking API: `/v1/batch`, `/v1/track` and their siblings, and `/v1/import` for history. Clients of that
 * API work by changing host and key.
 */
export const track = new Hono<{ Bindings: Env }>()
  .use(`/v1/:call{${['batch', 'import', ...EVENT_TYPES].join('|')}}`, openToPages)
  .post('/v1/batch', (c) => take(c.env, c.req.raw, parseEnvelope))
  .post('/v1/import', (c) => take(c.env, c.req.raw, parseEnvelope, true))
  .post(`/v1/:type{${EVENT_TYPES.join('|')}}`, (c) =>
    // The pattern of the path lets only these through.
    take(c.env, c.req.raw, (body) => parseSingle(body, c.req.param('type') as EventType)),
  )

async function take(env: Env, request: Request, read: Read, isImport = false): Promise<Response> {
  const receivedAt = clock.now()
  const admitted = await admitRequest(env, request, receivedAt)
  if (!admitted.ok) return refusalResponse(admitted)
  const { caller, keys, body } = admitted.value
  if (isImport && caller.grant.kind !== 'secret') {
    const detail = 'Importing history needs a secret key: a write key is public.'
    return refusalResponse({ ok: false, status: 403, detail })
  }
  const batch = read(body)
  if (!batch.ok) {
    const detail = 'The body is not a message or batch of the Segment Tracking API.'
    return refusalResponse({ ok: false, status: 400, detail, errors: batch.errors })
  }
  const options = parseOptionsOf(caller, request, receivedAt, false)
  const { verdicts, trouble } = await ingestBatch(
    env,
    request,
    caller,
    keys,
    batch.value,
    isImport ? { ...options, retention: NEVER } : options,
  )
  const headers = new Headers({ 'cache-control': 'no-store' })
  if (trouble === undefined) return Response.json({ success: true, verdicts }, { headers })
  headers.set('retry-after', String(RETRY_AFTER[trouble]))
  const status = trouble === 'overloaded' ? 429 : 503
  return Response.json({ success: false, verdicts }, { status, headers })
}
