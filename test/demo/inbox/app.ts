import { readFile } from 'node:fs/promises'
import { Hono } from 'hono'
import type { Context } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { languageDetector } from 'hono/language'
import type { LanguageVariables } from 'hono/language'
import { secureHeaders } from 'hono/secure-headers'
import { streamSSE } from 'hono/streaming'
import { browserScript } from '../browser-script.ts'
import { MessageLog } from './message-log.ts'
import { inboxPage } from './page.ts'
import { readSecret } from './signature.ts'

const MAX_BODY_BYTES = 1024 * 1024
const BOX_NAME = /^[\w.-]{1,64}$/

/**
 * Receives what Prisme sends and shows it.
 *
 * - `POST /hooks/{box}?status=&retryAfter=&times=` receives any body of at most 1 MB. `status` is answered in place of
 *   204, with `retryAfter` as `Retry-After`; with `times` only to the first so many tries of one `webhook-id`.
 * - `GET /messages?box=` `{items}`, oldest first; `DELETE /messages` clears.
 * - `GET /boxes` `{items: [{box, count, hasSecret}]}`; `PUT /boxes/{box}` `{secret}` checks signatures with it.
 */
export async function createInbox(): Promise<Hono<{ Variables: LanguageVariables }>> {
  const log = new MessageLog()
  const script = await browserScript(new URL('./browser/inbox.ts', import.meta.url))
  const style = await readFile(new URL('./inbox.css', import.meta.url), 'utf8')
  const app = new Hono<{ Variables: LanguageVariables }>()

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  )

  app.post(
    '/hooks/:box',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => {
        // The rest of the body is not read, so nothing else can come over this connection.
        c.header('Connection', 'close')
        return problem(c, 413, 'body', `at most ${MAX_BODY_BYTES} bytes are received`)
      },
    }),
    async (c) => {
      const box = c.req.param('box')
      if (!BOX_NAME.test(box)) return problem(c, 400, 'box', 'letters, digits, . _ -, at most 64')
      const plan = readPlan(c.req.query())
      if (typeof plan === 'string') return problem(c, 400, plan, 'not a number in its range')
      const headers = Object.fromEntries(c.req.raw.headers)
      const tries = log
        .list(box)
        .filter((each) => each.headers['webhook-id'] === headers['webhook-id'])
      const answered = tries.length < plan.times ? plan.status : 204
      const body = await c.req.text()
      const receivedAt = new Date().toISOString()
      log.add({ channel: 'webhook', box, receivedAt, headers, body, answered })
      if (answered !== 204 && plan.retryAfter !== undefined)
        c.header('Retry-After', plan.retryAfter)
      return new Response(null, { status: answered, headers: c.res.headers })
    },
  )

  app.get('/messages', (c) => c.json({ items: log.list(c.req.query('box')) }))
  app.delete('/messages', (c) => {
    log.clear()
    return c.body(null, 204)
  })

  app.get('/boxes', (c) => c.json({ items: log.boxes() }))
  app.put('/boxes/:box', bodyLimit({ maxSize: 4096 }), async (c) => {
    const box = c.req.param('box')
    if (!BOX_NAME.test(box)) return problem(c, 400, 'box', 'letters, digits, . _ -, at most 64')
    const body: unknown = await c.req.json().catch(() => null)
    const secret =
      typeof body === 'object' && body !== null && 'secret' in body ? body.secret : null
    const webhook = typeof secret === 'string' ? readSecret(secret) : null
    if (webhook === null) return problem(c, 400, 'secret', 'not base64, with or without whsec_')
    log.setSecret(box, webhook)
    return c.body(null, 204)
  })

  app.get('/stream', (c) =>
    streamSSE(c, async (stream) => {
      const stop = log.watch((change) => {
        void stream.writeSSE({ event: change.type, data: JSON.stringify(change) })
      })
      await stream.writeSSE({ event: 'ready', data: '' })
      await new Promise<void>((ended) => stream.onAbort(ended))
      stop()
    }),
  )

  app.get('/inbox.js', (c) =>
    c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  )
  app.get('/inbox.css', (c) => c.body(style, 200, { 'Content-Type': 'text/css; charset=utf-8' }))
  app.get(
    '/',
    languageDetector({
      supportedLanguages: ['en', 'fr'],
      fallbackLanguage: 'en',
      lookupQueryString: 'lang',
      lookupCookie: 'inbox_language',
    }),
    (c) => c.html(inboxPage(c.get('language') === 'fr' ? 'fr' : 'en', new URL(c.req.url).origin)),
  )
  return app
}

interface AnswerPlan {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly times: number
}

/** What a hook shall answer, or the name of the parameter that makes no sense. */
function readPlan(query: Record<string, string>): AnswerPlan | 'status' | 'retryAfter' | 'times' {
  const status = Number(query['status'] ?? 204)
  if (!Number.isInteger(status) || status < 200 || status > 599) return 'status'
  const retryAfter = query['retryAfter']
  if (retryAfter !== undefined && !/^\d{1,6}$/.test(retryAfter)) return 'retryAfter'
  const times = query['times'] === undefined ? Number.POSITIVE_INFINITY : Number(query['times'])
  if (Number.isNaN(times) || times < 0) return 'times'
  return { status, retryAfter, times }
}

function problem(c: Context, status: 400 | 413, path: string, reason: string): Response {
  return c.json(
    { type: 'about:blank', title: 'Not received', status, errors: [{ path, reason }] },
    status,
    { 'Content-Type': 'application/problem+json' },
  )
}
