import type { Env } from '../../objects/env.ts'
import type { Batch } from '../../parse/batch.ts'
import type { ParseOptions } from '../../parse/event.ts'
import type { Json, JsonObject } from '../../protocol/json.ts'
import type { Result } from '../../protocol/problem.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Admitted } from './admit.ts'
import { ingestBatch, type Ingested } from './batch.ts'
import { parseOptionsOf } from './parse-options.ts'
import type { Outcome } from './refusal.ts'

/** Seconds after which a client may try again: objects restart in less. */
const RETRY_AFTER = { busy: 1, overloaded: 5 }

/** Takes in a batch under the key that admitted it. */
export const takeBatch = (
  env: Env,
  request: Request,
  { caller, keys }: Pick<Admitted, 'caller' | 'keys'>,
  batch: Batch,
  receivedAt: Millis,
  changes: Partial<ParseOptions> = {},
): Promise<Ingested> =>
  ingestBatch(env, request, caller, keys, batch, {
    ...parseOptionsOf(caller, request, receivedAt, false),
    ...changes,
  })

export type Read = (body: Json) => Result<Batch>

/** Reads and takes in the body of an admitted request of the Segment Tracking API. */
export async function takeBody(
  env: Env,
  request: Request,
  admitted: Admitted,
  read: Read,
  receivedAt: Millis,
  changes?: Partial<ParseOptions>,
): Promise<Outcome<Ingested>> {
  const batch = read(admitted.body)
  if (!batch.ok) {
    const detail = 'The body is not a message or batch of the Segment Tracking API.'
    return { ok: false, status: 400, detail, errors: batch.errors }
  }
  return {
    ok: true,
    value: await takeBatch(env, request, admitted, batch.value, receivedAt, changes),
  }
}

/**
 * The answer to a batch: 200, or what makes a client send it again. Its message ids make that safe, whatever part of
 * it was stored.
 */
export function answerTo(
  { verdicts, trouble }: Ingested,
  success: JsonObject = { success: true },
): Response {
  const headers = new Headers({ 'cache-control': 'no-store' })
  if (trouble === undefined) return Response.json({ ...success, verdicts }, { headers })
  headers.set('retry-after', String(RETRY_AFTER[trouble]))
  const status = trouble === 'overloaded' ? 429 : 503
  return Response.json({ success: false, verdicts }, { status, headers })
}
