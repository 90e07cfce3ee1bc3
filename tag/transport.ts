import { MAX_REQUEST_BYTES, byteLength } from './bounds.ts'
import { ignore } from './guard.ts'

/** An edge that has not answered by then counts as down. */
const ANSWER_WAIT = 10_000

export interface Reply {
  /** 0: no answer. */
  readonly status: number
  readonly retryAfter?: string | null
  /** What the edge said, unchecked; undefined if it was not JSON. */
  readonly body?: unknown
}

const controllers = new Set<AbortController>()

/** Takes back every request that is still on its way. */
export const abortAll = (): void => controllers.forEach((controller) => controller.abort())

/**
 * Posts text and never rejects. The request is on its way before this returns, and outlives the page if it is small
 * enough.
 * @param withCookie whether the edge's cookie goes along and may be set
 */
export async function post(url: string, body: string, withCookie: boolean): Promise<Reply> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), ANSWER_WAIT)
  controllers.add(controller)
  try {
    const keepalive = byteLength(body) <= MAX_REQUEST_BYTES
    // A browser whose requests end with the page has beacons that do not. Text needs no preflight in either.
    if (keepalive && !('keepalive' in Request.prototype)) {
      return { status: navigator.sendBeacon(url, body) ? 204 : 0 }
    }
    const response = await fetch(url, {
      method: 'POST',
      body,
      keepalive,
      signal: controller.signal,
      credentials: withCookie ? 'include' : 'omit',
    })
    return {
      status: response.status,
      retryAfter: response.headers.get('retry-after'),
      body: await response.json().catch(ignore),
    }
  } catch {
    return { status: 0 } // down, hung, offline, blocked: all the same to the queue
  } finally {
    clearTimeout(timer)
    controllers.delete(controller)
  }
}
