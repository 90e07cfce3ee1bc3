import { Hono } from 'hono'
import { library, parts } from '../../tag/dist/segment-library.js'
import { fromBase64url } from '../crypto/base64url.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { callerOf } from './intake/admit.ts'
import { noScript, OPEN_SCRIPT } from './script.ts'

const LIBRARY_CACHE = 'public, max-age=3600, stale-while-revalidate=86400'
/** A part's name holds its content's hash. */
const PART_CACHE = 'public, max-age=31536000, immutable'

/**
 * Where the library loads settings and parts from if it does not find its own address in the page, which it looks for
 * in `https:` addresses alone.
 */
const MAKERS_ORIGIN = 'https://cdn.segment.com'
/** Where the library keeps the key of snippets that do not say it themselves. */
const KEY_PLACE = '"__WRITE_KEY__"'

/** What Segment's snippet loads: the library of its makers, told where it is served. The snippet works with nothing but its host changed. */
export const segmentLibrary = new Hono<{ Bindings: Env }>()
  .get('/analytics.js/v1/:writeKey/analytics.min.js', async (c) => {
    const writeKey = c.req.param('writeKey')
    const caller = await callerOf(c.env, writeKey, clock.now())
    // As for the tag: a secret key in a page would be a leak.
    if (caller.ok ? caller.value.grant.kind !== 'write' : caller.status === 401) {
      return noScript(404, 'no source has this write key. Look at the install page.')
    }
    if (!caller.ok) return noScript(503, 'not available right now.')
    const text = await unpacked('library', library)
    const own = text
      .replaceAll(MAKERS_ORIGIN, new URL(c.req.url).origin)
      .replace(KEY_PLACE, () => JSON.stringify(writeKey))
    return new Response(own, {
      headers: { ...OPEN_SCRIPT, 'cache-control': LIBRARY_CACHE },
    })
  })
  .get('/analytics-next/bundles/:name', async (c) => {
    const name = c.req.param('name')
    const packed = Object.hasOwn(parts, name) ? parts[name] : undefined
    if (packed === undefined) return noScript(404, 'the library has no such part here.')
    return new Response(await unpacked(name, packed), {
      headers: { ...OPEN_SCRIPT, 'cache-control': PART_CACHE },
    })
  })

const texts = new Map<string, Promise<string>>()

/** The text of a packed script, unpacked once. */
function unpacked(name: string, packed: string): Promise<string> {
  const before = texts.get(name)
  if (before !== undefined) return before
  const text = unpack(packed)
  texts.set(name, text)
  return text
}

function unpack(packed: string): Promise<string> {
  const bytes = fromBase64url(packed) ?? new Uint8Array()
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return new Response(stream).text()
}
