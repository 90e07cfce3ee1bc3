import { Hono } from 'hono'
import { keyHash } from '../crypto/key-hash.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { field, type Fields } from '../parse/fields.ts'
import { isObject } from '../parse/inspect.ts'
import { parseJson } from '../parse/json-text.ts'
import { mayRepeat, matomoMessages } from '../parse/matomo.ts'
import { LIMITS } from '../protocol/event.ts'
import type { Millis } from '../protocol/time.ts'
import { readBody } from './intake/body.ts'
import { takeByKey, type Keyed, type TakenByKey } from './intake/by-key.ts'
import { openToPages } from './intake/cors.ts'
import { image } from './intake/image.ts'
import { refusalResponse, type Outcome } from './intake/refusal.ts'
import { answerTo } from './intake/take.ts'

const PATHS = ['/matomo.php', '/piwik.php']

interface Sent {
  readonly requests: readonly Fields[]
  /** Asked for an answer that counts. */
  readonly bulk: boolean
}

/**
 * The Matomo tracking API, by query, form or in bulk. The key is `token_auth`, else `idsite`. Every request becomes
 * messages of the Segment Tracking API (`edge/parse/matomo.ts`); heartbeats are answered and not kept.
 */
export const matomo = new Hono<{ Bindings: Env }>()
for (const path of PATHS) {
  matomo.use(path, openToPages)
  matomo.on(['GET', 'POST'], path, async (c) => {
    // Who asks for the head alone looks at a link without following it.
    if (c.req.raw.method === 'HEAD') return image()
    const receivedAt = clock.now()
    const sent = await read(c.req.raw)
    return sent.ok ? take(c.env, c.req.raw, sent.value, receivedAt) : refusalResponse(sent)
  })
}

async function take(
  env: Env,
  request: Request,
  { requests, bulk }: Sent,
  receivedAt: Millis,
): Promise<Response> {
  const messages: Keyed[] = []
  /** Which request each message is of. */
  const origins: number[] = []
  for (const [at, fields] of requests.entries()) {
    const id = mayRepeat(fields) ? undefined : await idOf(fields)
    for (const [part, message] of matomoMessages(fields, receivedAt).entries()) {
      const key = field(fields, 'token_auth') ?? field(fields, 'idsite') ?? ''
      const messageId = id === undefined ? undefined : `matomo-${id}-${part}`
      messages.push({ key, message: { ...message, ...(messageId !== undefined && { messageId }) } })
      origins.push(at)
    }
  }
  const taken = await takeByKey(env, request, messages, receivedAt)
  if (!taken.ok) return refusalResponse(taken)
  const { trouble, verdicts } = taken.value
  if (trouble !== undefined) {
    return answerTo({ verdicts: verdicts.filter((verdict) => verdict !== undefined), trouble })
  }
  const invalid = new Set(origins.filter((_, index) => !isKept(verdicts[index])))
  if (bulk) {
    const tracked = requests.length - invalid.size
    const answer = { status: 'success', tracked, invalid: invalid.size }
    return Response.json({ ...answer, invalid_indices: [...invalid] }, { headers: NEVER_KEPT })
  }
  if (invalid.size > 0) return refusalResponse(refusalOf(verdicts))
  return field(requests[0] ?? {}, 'send_image') === '0'
    ? new Response(null, { status: 204, headers: NEVER_KEPT })
    : image()
}

const NEVER_KEPT = { 'cache-control': 'no-store' }

const isKept = (verdict: TakenByKey['verdicts'][number]): boolean =>
  verdict !== undefined && verdict.status !== 'rejected'

function refusalOf(verdicts: TakenByKey['verdicts']) {
  const errors = verdicts.flatMap((verdict) =>
    verdict !== undefined && 'reason' in verdict
      ? [{ path: verdict.path ?? '', reason: verdict.reason }]
      : [],
  )
  const detail = 'The request tells of nothing that could be kept, or of nobody.'
  return { ok: false, status: 400, detail, errors } as const
}

/** The same request again has the same id. The key is no part of it: ids are of a source already. */
async function idOf(fields: Fields): Promise<string> {
  const sorted = Object.entries(fields)
    .filter(([name]) => name !== 'token_auth')
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return (await keyHash(JSON.stringify(sorted))).slice(0, 32)
}

const fieldsOf = (query: URLSearchParams): Fields => Object.fromEntries(query)

/** A query, a form with one, or a body `{requests: ["?…", …], token_auth?}`. */
async function read(request: Request): Promise<Outcome<Sent>> {
  const query = fieldsOf(new URL(request.url).searchParams)
  if (request.method === 'GET') return { ok: true, value: { requests: [query], bulk: false } }
  const text = await readBody(request)
  if (!text.ok) return text
  if (!text.value.trimStart().startsWith('{')) {
    const fields = { ...query, ...fieldsOf(new URLSearchParams(text.value)) }
    return { ok: true, value: { requests: [fields], bulk: false } }
  }
  const parsed = parseJson(text.value)
  const body = parsed.ok && isObject(parsed.value) ? parsed.value : {}
  const { requests, token_auth: token } = body
  if (!Array.isArray(requests) || requests.length > LIMITS.batchEvents) {
    const detail = 'The body is not a bulk request of the Matomo tracking API.'
    const reason = `must be a list of at most ${LIMITS.batchEvents} queries`
    return { ok: false, status: 400, detail, errors: [{ path: 'requests', reason }] }
  }
  const common = { ...query, ...(typeof token === 'string' && { token_auth: token }) }
  return {
    ok: true,
    value: {
      requests: requests.map((one) => ({
        ...common,
        ...(typeof one === 'string'
          ? fieldsOf(new URLSearchParams(one.replace(/^[^=&]*\?/, '')))
          : {}),
      })),
      bulk: true,
    },
  }
}
