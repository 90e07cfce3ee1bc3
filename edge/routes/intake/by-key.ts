import { workspaceKeys } from '../../crypto/workspace-keys.ts'
import type { Env } from '../../objects/env.ts'
import type { Json } from '../../protocol/json.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Verdict } from '../../protocol/verdict.ts'
import { callerOf } from './admit.ts'
import type { Ingested } from './batch.ts'
import { keyOfHeaders } from './keys.ts'
import type { Outcome, Refusal } from './refusal.ts'
import { takeBatch } from './take.ts'

/** More sites or apps than one tracker speaks for; each costs a look-up. */
const MAX_KEYS = 10

/** A message with the key it came by. */
export interface Keyed {
  readonly key: string
  readonly message: Json
}

export interface TakenByKey {
  /** In the order of the messages; undefined for those whose key no source has. */
  readonly verdicts: readonly (Verdict | undefined)[]
  readonly trouble?: Ingested['trouble']
}

/**
 * Takes in messages that bring their keys along, as other trackers' do: one request may speak for several sites. A key
 * in the headers is the key of all. Refused as a whole if no source has any of the keys.
 */
export async function takeByKey(
  env: Env,
  request: Request,
  messages: readonly Keyed[],
  receivedAt: Millis,
): Promise<Outcome<TakenByKey>> {
  const header = keyOfHeaders(request.headers)
  const groups = new Map<string, number[]>()
  for (const [at, { key }] of messages.entries()) {
    const places = groups.get(header ?? key) ?? []
    places.push(at)
    groups.set(header ?? key, places)
  }
  if (groups.size > MAX_KEYS) {
    return { ok: false, status: 400, detail: `One request may have at most ${MAX_KEYS} keys.` }
  }
  const verdicts: (Verdict | undefined)[] = messages.map(() => undefined)
  let trouble: Ingested['trouble']
  let refusal: Refusal | undefined
  let known = 0
  for (const [key, places] of groups) {
    const caller = await callerOf(env, key, receivedAt)
    // A key that cannot be looked up now may be right: everything is sent again.
    if (!caller.ok && caller.status !== 401) return caller
    if (!caller.ok) {
      refusal = caller
      continue
    }
    known++
    const keys = await workspaceKeys(env.PRISME_SECRET, caller.value.grant.workspace)
    const entries = places.map((at) => messages[at]?.message ?? null)
    const admitted = { caller: caller.value, keys }
    const taken = await takeBatch(env, request, admitted, { entries, defaults: {} }, receivedAt)
    taken.verdicts.forEach((verdict, index) => (verdicts[places[index] ?? -1] = verdict))
    if (taken.trouble !== undefined && trouble !== 'overloaded') trouble = taken.trouble
  }
  if (known === 0 && refusal !== undefined) return refusal
  return { ok: true, value: { verdicts, ...(trouble !== undefined && { trouble }) } }
}
