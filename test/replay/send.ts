import { setTimeout as wait } from 'node:timers/promises'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import type { Message } from './data-set.ts'
import type { Tally } from './tally.ts'

const MAX_BATCH_EVENTS = 100
/** Far below what one request may hold, so that one slow request holds up little. */
const MAX_BATCH_BYTES = 200 * 1024
const IN_FLIGHT = 4
const MAX_ATTEMPTS = 8
const FIRST_WAIT = 250
const LONGEST_WAIT = 15_000

export interface Target {
  /** Origin of the edge. */
  readonly edge: string
  /** Secret key. */
  readonly key: string
  /** Added to every instant, milliseconds. */
  readonly shift: number
  /** Events a second; absent: as fast as the edge answers. */
  readonly rate?: number
  readonly signal: AbortSignal
}

/** Sends messages in batches, a few at a time, until they end or the signal fires. Throws if the key is refused. */
export async function sendAll(
  messages: AsyncIterable<Message>,
  target: Target,
  tally: Tally,
): Promise<void> {
  const inFlight = new Set<Promise<void>>()
  let failure: unknown
  const start = performance.now()
  let queued = 0
  for await (const batch of batches(messages, target.shift)) {
    if (target.signal.aborted || failure) break
    const sending: Promise<void> = post(batch, target, tally)
      .catch((error: unknown) => (failure ??= error))
      .then(() => void inFlight.delete(sending))
    inFlight.add(sending)
    queued += batch.length
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight)
    if (target.rate) await untilDue(start + (queued / target.rate) * 1_000, target.signal)
  }
  await Promise.all(inFlight)
  if (failure) throw failure
}

/** Compact JSON of each event, grouped as large as a request may be. */
async function* batches(
  messages: AsyncIterable<Message>,
  shift: number,
): AsyncIterable<readonly string[]> {
  let batch: string[] = []
  let bytes = 0
  for await (const { timestamp, ...message } of messages) {
    const instant = new Date(timestamp + shift).toISOString()
    const event = JSON.stringify({ type: 'track', ...message, timestamp: instant })
    const size = Buffer.byteLength(event) + 1
    if (batch.length === MAX_BATCH_EVENTS || (batch.length > 0 && bytes + size > MAX_BATCH_BYTES)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(event)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

/** One request, tried again while that may help: message ids make a repetition harmless. */
async function post(batch: readonly string[], target: Target, tally: Tally): Promise<void> {
  const { edge, key, signal } = target
  let reason = ''
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    let pause = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1)) * (0.75 + Math.random() / 2)
    try {
      const response = await fetch(`${edge}/v1/batch`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: `{"batch":[${batch.join(',')}]}`,
        signal: AbortSignal.timeout(60_000),
      })
      const body = await response.text()
      if (response.ok) {
        tally.count(batch.length, (JSON.parse(body) as { verdicts: readonly Verdict[] }).verdicts)
        return
      }
      if (response.status === 401) throw new RefusedKey(edge)
      reason = `status ${response.status}`
      if (response.status !== 429 && response.status < 500) {
        return tally.giveUp(batch.length, `${reason} ${body.slice(0, 200)}`)
      }
      const retryAfter = Number(response.headers.get('retry-after'))
      if (retryAfter > 0) pause = retryAfter * 1_000
    } catch (error) {
      if (error instanceof RefusedKey) throw error
      reason = `no answer (${causeOf(error)})`
    }
    if (signal.aborted || attempt === MAX_ATTEMPTS) break
    tally.retries += 1
    await untilDue(performance.now() + pause, signal)
  }
  tally.giveUp(batch.length, reason)
}

class RefusedKey extends Error {
  constructor(edge: string) {
    super(`${edge} does not know this key: give the workspace's secret key with --key.`)
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

async function untilDue(instant: number, signal: AbortSignal): Promise<void> {
  const remaining = instant - performance.now()
  // An interruption ends the wait; who waited looks at the signal.
  if (remaining > 0) await wait(remaining, undefined, { signal }).catch(() => undefined)
}
