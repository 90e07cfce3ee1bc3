import { Hono } from 'hono'
import { partNames, parts, script } from '../../tag/dist/bundle.js'
import { keyHash } from '../crypto/key-hash.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import type { TagSettings } from '../protocol/collect.ts'
import { callerOf } from './intake/admit.ts'

const JAVASCRIPT = 'text/javascript; charset=utf-8'

/** Five minutes: a changed consent setting reaches pages soon, and a page load asks rarely. */
const CORE_CACHE = 'public, max-age=300, stale-while-revalidate=86400'
/** A part's name holds its content's hash. */
const PART_CACHE = 'public, max-age=31536000, immutable'

/**
 * The tag of a source, with its settings; and the parts it loads when it needs them. Public: the answer depends on the
 * address alone, so any cache may keep it.
 */
export const tag = new Hono<{ Bindings: Env }>()
  .get('/t/:file{[^/]+\\.js}', async (c) => {
    const writeKey = c.req.param('file').slice(0, -'.js'.length)
    const caller = await callerOf(c.env, writeKey, clock.now())
    // A secret key in a page would be a leak: its tag does not exist.
    if (caller.ok ? caller.value.grant.kind !== 'write' : caller.status === 401) {
      return noScript(404, 'Prisme: no source has this write key. Look at the install page.')
    }
    if (!caller.ok) return noScript(503, 'Prisme: not available right now.')
    const settings: TagSettings = {
      writeKey,
      consent: caller.value.source.consent,
      origin: new URL(c.req.url).origin,
      parts: partNames,
    }
    const text = script(settings)
    const etag = `"${(await keyHash(text)).slice(0, 32)}"`
    const headers = { ...OPEN, 'cache-control': CORE_CACHE, etag }
    if (matches(c.req.header('if-none-match'), etag)) {
      return new Response(null, { status: 304, headers })
    }
    return new Response(text, { headers: { ...headers, 'content-type': JAVASCRIPT } })
  })
  .get('/t/:writeKey/:name', (c) => {
    const name = c.req.param('name')
    const text = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (text === undefined) return noScript(404, 'Prisme: the tag has no such part.')
    return new Response(text, {
      headers: { ...OPEN, 'cache-control': PART_CACHE, 'content-type': JAVASCRIPT },
    })
  })

/** Pages of other origins load it, as scripts and as modules. */
const OPEN = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Still a script, so that whoever reads the page's network log learns what is wrong. */
const noScript = (status: 404 | 503, message: string): Response =>
  new Response(`/* ${message} */\n`, {
    status,
    headers: { ...OPEN, 'cache-control': 'no-store', 'content-type': JAVASCRIPT },
  })

const matches = (given: string | undefined, etag: string): boolean =>
  given?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) ?? false
