import { ATTEMPT_TIMEOUT, type AttemptOutcome } from '../protocol/delivery.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { CLOUD_EVENT_TYPE } from './cloud-event.ts'
import { parseRetryAfter } from './retry-after.ts'
import { signatureHeaders } from './sign.ts'
import { checkTarget, type TargetOptions } from './target.ts'

/** What an answer may cost. It is read only so that the connection can be used again; nobody sees it. */
const ANSWER_BYTES = 64 * 1024
const ANSWER_TIME: Millis = 2 * SECOND

export interface WebhookRequest {
  /** `webhook-id`: the same for every attempt. */
  readonly id: string
  readonly url: string
  /** The same bytes for every attempt. */
  readonly body: string
  /** Readable secrets, newest first. */
  readonly secrets: readonly string[]
}

/**
 * One signed attempt. Never throws: whatever the receiver or the network does is an outcome, with a reason a person
 * understands. `timeout` is for the whole wait until the answer's headers.
 */
export async function sendWebhook(
  { id, url, body, secrets }: WebhookRequest,
  options: TargetOptions,
  timeout: Millis = ATTEMPT_TIMEOUT,
): Promise<AttemptOutcome> {
  const target = checkTarget(url, options)
  if (!target.ok) {
    const reason = target.errors.map(({ reason }) => reason).join('; ')
    return { type: 'refused', reason: `nothing was sent: the address ${reason}` }
  }
  if (secrets.length === 0) {
    return { type: 'refused', reason: 'nothing was sent: the destination has no signing secret' }
  }
  const now = Date.now()
  try {
    const response = await fetch(target.value.href, {
      method: 'POST',
      headers: {
        'content-type': CLOUD_EVENT_TYPE,
        'user-agent': 'Prisme (webhook)',
        ...(await signatureHeaders(id, body, secrets, now)),
      },
      body,
      // A redirect could lead past the check of the target.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    })
    await drain(response)
    return outcomeOf(response.status, response.headers.get('retry-after'), Date.now())
  } catch (error) {
    return failureOf(error, timeout)
  }
}

/** What a status means, by Standard Webhooks: 410 ends it, everything else but 2xx is tried again. */
export function outcomeOf(status: number, header: string | null, now: Millis): AttemptOutcome {
  if (status >= 200 && status < 300) return { type: 'delivered', status }
  if (status === 410) {
    const reason =
      'the receiver said 410 Gone: it wants nothing more, so the destination was switched off'
    return { type: 'refused', status, reason, disable: true }
  }
  const retryAfter = honours(status) ? parseRetryAfter(header, now) : undefined
  return {
    type: 'retry',
    status,
    reason: reasonOfStatus(status),
    ...(retryAfter !== undefined && { retryAfter }),
  }
}

/** A redirect's Retry-After is about the other address, a client error's about nothing. */
const honours = (status: number): boolean => status === 429 || status >= 500

function reasonOfStatus(status: number): string {
  if (status >= 300 && status < 400) {
    return `the receiver answered ${status}, a redirect: redirects are not followed, so enter the final address`
  }
  if (status === 401 || status === 403) return `the receiver refused us (${status})`
  if (status === 404) return 'the receiver knows no such address (404)'
  if (status === 429) return 'the receiver asked us to slow down (429)'
  if (status >= 500) return `the receiver failed (${status})`
  return `the receiver answered ${status}`
}

function failureOf(error: unknown, timeout: Millis): AttemptOutcome {
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError' || name === 'AbortError') {
    const reason = `no answer within ${timeout / 1_000} seconds`
    return { type: 'retry', reason, timedOut: true }
  }
  // The cause's own words name hosts and ports of the sender's network: they are for nobody.
  const reason = 'no connection: the address did not answer, or broke off'
  return { type: 'retry', reason }
}

/** Reads at most `ANSWER_BYTES` for at most `ANSWER_TIME`, then gives up the rest. The status stands in any case. */
async function drain(response: Response): Promise<void> {
  if (response.body === null) return
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
  const overdue = setTimeout(() => void reader.cancel().catch(noted), ANSWER_TIME)
  try {
    for (let bytes = 0; bytes <= ANSWER_BYTES;) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += value.byteLength
    }
  } catch {
    // A body that breaks off after a 200 was still a 200.
  } finally {
    clearTimeout(overdue)
    await reader.cancel().catch(noted)
  }
}

/** Cancelling a stream that already failed fails with the same error, which was dealt with. */
const noted = (): void => {}
