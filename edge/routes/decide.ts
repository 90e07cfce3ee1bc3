import { Hono } from 'hono'
import { profileIdOf, RANDOM_BYTES } from '../domain/id.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { parseDecide, type DecideBody } from '../parse/decide.ts'
import { normaliseId } from '../parse/identifiers.ts'
import type { DecideResponse } from '../protocol/collect.ts'
import type { Subject } from '../protocol/shard.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { admitRequest, type Admitted } from './intake/admit.ts'
import { browserOf, isOwnDevice, newBrowser } from './intake/browser.ts'
import { openToPages } from './intake/cors.ts'
import { identityOf } from './intake/parties.ts'
import { refusalResponse } from './intake/refusal.ts'
import { decide as askShard } from './intake/send.ts'
import { verifyUserToken } from './intake/user-token.ts'
import { asksPressure, toldPressure } from './touch-budget.ts'

/** An answer is asked for again after so many seconds at most: events elsewhere may have changed it. */
const MAX_TTL = 60

/** The name under which Prebid passes our segments on. */
const DATA_PROVIDER = 'prisme'

/** What to show to somebody, without an event. Creates nothing. */
export const decide = new Hono<{ Bindings: Env }>()
  .use('/v1/decide', openToPages)
  .post('/v1/decide', async (c) => {
    const now = clock.now()
    const admitted = await admitRequest(c.env, c.req.raw, now)
    if (!admitted.ok) return refusalResponse(admitted)
    const parsed = parseDecide(admitted.value.body)
    if (!parsed.ok) {
      const detail = 'The body does not say for whom to decide, or not in this form.'
      return refusalResponse({ ok: false, status: 400, detail, errors: parsed.errors })
    }
    return decideFor(c.env, c.req.raw, admitted.value, parsed.value, now)
  })

async function decideFor(
  env: Env,
  request: Request,
  admitted: Admitted,
  body: DecideBody,
  now: Millis,
): Promise<Response> {
  const { grant, source } = admitted.caller
  let subject: Subject
  try {
    subject = await subjectOf(env, request, admitted, body, now)
  } catch {
    return tooBusy(false)
  }
  const sent = await askShard(env, {
    workspace: grant.workspace,
    subject,
    consentMode: source.consent,
    placements: body.placements,
    ...asksPressure(source),
  })
  if (sent.type === 'busy') return tooBusy(sent.overloaded)
  const { segments, decisions, until } = sent.result
  const answer: DecideResponse = {
    segments,
    decisions,
    ...toldPressure(sent.result),
    ortb2: {
      user: {
        data: [{ name: DATA_PROVIDER, segment: segments.map((id) => ({ id })) }],
      },
    },
    ttl: Math.max(0, Math.min(MAX_TTL, Math.floor((until - now) / SECOND))),
  }
  return Response.json(answer, { headers: { 'cache-control': 'private, no-store' } })
}

const tooBusy = (overloaded: boolean): Response =>
  refusalResponse({
    ok: false,
    status: overloaded ? 429 : 503,
    detail: 'The profile cannot be asked right now.',
    retryAfter: overloaded ? 5 : 1,
  })

/**
 * For whom: a proven person, else the browser by its cookie, its device key, or the id it shows. Whatever cannot be
 * verified leads to the answer for a stranger, not to an error that would tell who exists.
 */
async function subjectOf(
  env: Env,
  request: Request,
  { caller, keys }: Admitted,
  { userToken, deviceKey, anonymousId }: DecideBody,
  now: Millis,
): Promise<Subject> {
  const { catalog, grant, source } = caller
  const { shards } = catalog
  const claims =
    userToken === undefined ? undefined : await verifyUserToken(userToken, source, keys, now)
  if (claims !== undefined) {
    return person(env, caller, { kind: 'userId', value: claims.userId })
  }
  const browser = await browserOf(request, deviceKey, keys, shards)
  if (browser !== undefined) {
    const { device, profile } = browser
    return { type: 'device', device, ...(profile !== undefined && { profile }) }
  }
  if (anonymousId !== undefined && isOwnDevice(anonymousId, shards)) {
    return { type: 'device', device: anonymousId }
  }
  const value = anonymousId === undefined ? undefined : normaliseId('anonymousId', anonymousId)
  // Whoever may write by a foreign id with this key may ask by it.
  if (value !== undefined && grant.kind === 'secret') {
    return person(env, caller, { kind: 'anonymousId', value })
  }
  return { type: 'device', device: newBrowser(shards).device }
}

async function person(
  env: Env,
  { catalog, grant }: Admitted['caller'],
  identifier: { readonly kind: string; readonly value: string },
): Promise<Subject> {
  const { shards } = catalog
  const owner = await identityOf(env, grant.workspace, shards, identifier).lookup(identifier)
  // An id that nobody has: its shard answers as for any stranger.
  const nobody = profileIdOf(
    { region: 0, shard: 0 },
    crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)),
  )
  return { type: 'identifier', identifier, profile: owner ?? nobody }
}
