import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { workspaceKeys } from '../../crypto/workspace-keys.ts'
import type { Env } from '../../objects/env.ts'
import { parseJson } from '../../parse/json-text.ts'
import type { Json } from '../../protocol/json.ts'
import type { Millis } from '../../protocol/time.ts'
import { readBody } from './body.ts'
import { keyOfBody, keyOfHeaders, lookUpKey } from './keys.ts'
import type { Outcome, Refusal } from './refusal.ts'
import { findCaller, type Caller } from './source.ts'

/** A request whose key opens something, and whose body is JSON. */
export interface Admitted {
  readonly caller: Caller
  readonly keys: WorkspaceKeys
  readonly body: Json
}

const UNKNOWN_KEY: Refusal = {
  ok: false,
  status: 401,
  detail:
    'No source has this key. Send it as Basic user name, as Bearer, as X-Write-Key, or as "writeKey" in the body.',
}

/** Size first, then key and form: nothing is spent on a body too large, or of nobody. */
export async function admitRequest(
  env: Env,
  request: Request,
  now: Millis,
): Promise<Outcome<Admitted>> {
  const header = keyOfHeaders(request.headers)
  const early = header === undefined ? undefined : await callerOf(env, header, now)
  if (early !== undefined && !early.ok) return early

  const text = await readBody(request)
  if (!text.ok) return text
  const parsed = parseJson(text.value)
  if (!parsed.ok) {
    const { line, column, offset } = parsed.fault
    const detail = `The body is not valid JSON: line ${line}, column ${column} (offset ${offset}).`
    return { ok: false, status: 400, detail }
  }
  return admitBody(env, parsed.value, early ?? keyOfBody(parsed.value) ?? '', now)
}

/** A body that came otherwise than as the whole body of a request, under a key or for a caller known already. */
export async function admitBody(
  env: Env,
  body: Json,
  by: string | Outcome<Caller>,
  now: Millis,
): Promise<Outcome<Admitted>> {
  const caller = typeof by === 'string' ? await callerOf(env, by, now) : by
  if (!caller.ok) return caller
  const keys = await workspaceKeys(env.PRISME_SECRET, caller.value.grant.workspace)
  return { ok: true, value: { caller: caller.value, keys, body } }
}

const UNREACHABLE: Refusal = {
  ok: false,
  status: 503,
  detail: 'Keys cannot be looked up right now.',
  retryAfter: 5,
}

/** Whose key this is, under the present catalog. */
export async function callerOf(env: Env, key: string, now: Millis): Promise<Outcome<Caller>> {
  try {
    const grant = await lookUpKey(env, key, now)
    const caller = grant === null ? undefined : await findCaller(env, grant, now)
    return caller === undefined ? UNKNOWN_KEY : { ok: true, value: caller }
  } catch {
    // A database that does not answer is no reason to tell a client that its key is wrong: it would drop the events.
    return UNREACHABLE
  }
}
