import { Hono } from 'hono'
import { fromBase64url } from '../crypto/base64url.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { field, type Fields } from '../parse/fields.ts'
import { isObject } from '../parse/inspect.ts'
import { parseJson } from '../parse/json-text.ts'
import { snowplowMessage } from '../parse/snowplow.ts'
import { LIMITS } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { readBody } from './intake/body.ts'
import { takeByKey } from './intake/by-key.ts'
import { openToPages } from './intake/cors.ts'
import { image } from './intake/image.ts'
import { refusalResponse, type Outcome } from './intake/refusal.ts'
import { answerTo } from './intake/take.ts'

const POST_PATH = '/com.snowplowanalytics.snowplow/tp2'

/** Parts that travel in base64url, and the names they have as plain text. */
const ENCODED = { cx: 'co', ue_px: 'ue_pr' } as const

/**
 * The collector of Snowplow's trackers. The app id (`aid`) is the write key, or the key stands in the headers. Every
 * payload becomes a message of the Segment Tracking API (`edge/parse/snowplow.ts`); page pings are answered and not
 * kept. No cookie is set.
 */
export const snowplow = new Hono<{ Bindings: Env }>()
  .use(POST_PATH, openToPages)
  .post(POST_PATH, async (c) => {
    const receivedAt = clock.now()
    const text = await readBody(c.req.raw)
    if (!text.ok) return refusalResponse(text)
    const payloads = payloadsOf(text.value)
    if (!payloads.ok) return refusalResponse(payloads)
    return take(c.env, c.req.raw, payloads.value, receivedAt, () => new Response('ok'))
  })
  .get('/i', openToPages, (c) => {
    // Who asks for the head alone looks at a link without following it.
    if (c.req.raw.method === 'HEAD') return image()
    return take(c.env, c.req.raw, [c.req.query()], clock.now(), image)
  })

async function take(
  env: Env,
  request: Request,
  payloads: readonly Fields[],
  receivedAt: number,
  answer: () => Response,
): Promise<Response> {
  const messages = payloads.flatMap((payload) => {
    const message = snowplowMessage(decoded(payload))
    return message === undefined ? [] : [{ key: field(payload, 'aid') ?? '', message }]
  })
  const taken = await takeByKey(env, request, messages, receivedAt)
  if (!taken.ok) return refusalResponse(taken)
  const { trouble, verdicts } = taken.value
  if (trouble === undefined) return answer()
  return answerTo({ verdicts: verdicts.filter((verdict) => verdict !== undefined), trouble })
}

/** `{schema, data: [payload…]}`; all values of a payload are texts. */
function payloadsOf(text: string): Outcome<readonly Fields[]> {
  const parsed = parseJson(text)
  const data = parsed.ok && isObject(parsed.value) ? parsed.value['data'] : undefined
  if (!Array.isArray(data) || data.length > LIMITS.batchEvents) {
    const detail = 'The body is not what a Snowplow tracker sends.'
    const reason = `must be a list of at most ${LIMITS.batchEvents} payloads`
    return { ok: false, status: 400, detail, errors: [{ path: 'data', reason }] }
  }
  return { ok: true, value: data.map(textsOf) }
}

/** Some trackers write numbers as numbers. */
function textsOf(payload: Json): Fields {
  const entries = isObject(payload) ? Object.entries(payload) : []
  return Object.fromEntries(
    entries.flatMap(([name, value]) =>
      typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [],
    ),
  )
}

function decoded(fields: Fields): Fields {
  const plain: Record<string, string> = {}
  for (const [encoded, name] of Object.entries(ENCODED)) {
    const text = field(fields, encoded)
    const bytes =
      text === undefined
        ? undefined
        : fromBase64url(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
    if (bytes !== undefined) plain[name] = new TextDecoder().decode(bytes)
  }
  return { ...fields, ...plain }
}
