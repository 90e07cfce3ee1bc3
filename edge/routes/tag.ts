import { Hono } from 'hono'
import { partNames, parts, script } from '../../tag/dist/bundle.js'
import { grantLifetime } from '../domain/consent.ts'
import { keyHash } from '../crypto/key-hash.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import type { TagSettings } from '../protocol/collect.ts'
import { callerOf } from './intake/admit.ts'
import { noScript, OPEN_SCRIPT } from './script.ts'

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
      return noScript(404, 'no source has this write key. Look at the install page.')
    }
    if (!caller.ok) return noScript(503, 'not available right now.')
    const settings: TagSettings = {
      writeKey,
      consent: caller.value.source.consent,
      lifetime: grantLifetime(caller.value.catalog),
      origin: new URL(c.req.url).origin,
      parts: partNames,
    }
    const text = script(settings)
    const etag = `"${(await keyHash(text)).slice(0, 32)}"`
    const headers = { ...OPEN_SCRIPT, 'cache-control': CORE_CACHE, etag }
    if (matches(c.req.header('if-none-match'), etag)) {
      return new Response(null, { status: 304, headers })
    }
    return new Response(text, { headers })
  })
  .get('/t/:writeKey/:name', (c) => {
    const name = c.req.param('name')
    const text = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (text === undefined) return noScript(404, 'the tag has no such part.')
    return new Response(text, {
      headers: { ...OPEN_SCRIPT, 'cache-control': PART_CACHE },
    })
  })

const matches = (given: string | undefined, etag: string): boolean =>
  given?.split(',').some((one) => one.trim().replace(/^W\//, '') === etag) ?? false
