import { MAX_REQUEST_BYTES, byteLength } from './bounds.ts'
import { ignore, within } from './guard.ts'

/** An edge that has not answered by then counts as down. */
const ANSWER_WAIT = 10_000

export interface Reply {
  /** 0: no answer. */
  readonly status: number
  readonly retryAfter?: string | null
  /** What the edge said, unchecked; undefined if it was not JSON. */
  readonly body?: unknown
}

let flying = 0
const controllers = new Set<AbortController>()

/**
 * Posts text and never rejects. The request is on its way before this returns, and outlives the page if all such
 * requests together are small enough.
 * @param withCookie whether the edge's cookie goes along and may be set
 */
export async function post(url: string, text: string, withCookie: boolean): Promise<Reply> {
  const bytes = byteLength(text)
  const outlives = flying + bytes <= MAX_REQUEST_BYTES
  const controller = new AbortController()
  controllers.add(controller)
  if (outlives) flying += bytes
  try {
    return await within(ANSWER_WAIT, exchange(url, text, withCookie, outlives, controller.signal))
  } catch {
    return { status: 0 } // down, hung, offline, blocked: all the same to the queue
  } finally {
    controller.abort()
    controllers.delete(controller)
    if (outlives) flying -= bytes
  }
}

/** Takes back every request that is still on its way. */
export const abortAll = (): void => controllers.forEach((controller) => controller.abort())

async function exchange(
  url: string,
  body: string,
  withCookie: boolean,
  keepalive: boolean,
  signal: AbortSignal,
): Promise<Reply> {
  // A browser whose requests end with the page has beacons that do not. Text needs no preflight in either.
  if (keepalive && !('keepalive' in Request.prototype)) {
    return { status: navigator.sendBeacon(url, body) ? 204 : 0 }
  }
  const response = await fetch(url, {
    method: 'POST',
    body,
    keepalive,
    signal,
    credentials: withCookie ? 'include' : 'omit',
  })
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    body: await response.json().catch(ignore),
  }
}
