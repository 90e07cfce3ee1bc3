import { Hono } from 'hono'
import { fromBase64url } from '../crypto/base64url.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { parseSingle } from '../parse/batch.ts'
import { parseJson } from '../parse/json-text.ts'
import { EVENT_TYPES, LIMITS, type EventType } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { admitBody } from './intake/admit.ts'
import { openToPages } from './intake/cors.ts'
import { image } from './intake/image.ts'
import { keyOfBody } from './intake/keys.ts'
import { refusalResponse, type Outcome } from './intake/refusal.ts'
import { answerTo, takeBody } from './intake/take.ts'

/** Base64 takes four characters for three bytes. */
const MAX_LENGTH = Math.ceil((LIMITS.eventBytes * 4) / 3) + 4

/**
 * Segment's pixel, `/v1/pixel/{call}?data={base64 JSON}`: one message sent by showing an image, from mails and from
 * pages without scripts. The key is `writeKey` of the message.
 */
export const pixel = new Hono<{ Bindings: Env }>().get(
  `/v1/pixel/:type{(?:${EVENT_TYPES.join('|')})}`,
  openToPages,
  async (c) => {
    // Scanners of mail look at a link without following it.
    if (c.req.raw.method === 'HEAD') return image()
    const receivedAt = clock.now()
    const data = messageOf(c.req.query('data') ?? '')
    if (!data.ok) return refusalResponse(data)
    const key = keyOfBody(data.value) ?? c.req.query('writeKey') ?? ''
    const admitted = await admitBody(c.env, data.value, key, receivedAt)
    if (!admitted.ok) return refusalResponse(admitted)
    const type = c.req.param('type') as EventType
    const taken = await takeBody(
      c.env,
      c.req.raw,
      admitted.value,
      (body) => parseSingle(body, type),
      receivedAt,
    )
    if (!taken.ok) return refusalResponse(taken)
    return taken.value.trouble === undefined ? image() : answerTo(taken.value)
  },
)

function messageOf(data: string): Outcome<Json> {
  // A plus that was not escaped arrives as a space.
  const text = data.replaceAll(/[ +]/g, '-').replaceAll('/', '_').replace(/=+$/, '')
  const bytes = data === '' || data.length > MAX_LENGTH ? undefined : fromBase64url(text)
  const parsed = bytes === undefined ? undefined : parseJson(new TextDecoder().decode(bytes))
  if (parsed?.ok === true) return parsed
  const reason = 'must be the message as JSON, in base64'
  return {
    ok: false,
    status: 400,
    detail: 'The address holds no message.',
    errors: [{ path: 'data', reason }],
  }
}
