import { Hono } from 'hono'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { parseEntries } from '../parse/batch.ts'
import { parseCollect } from '../parse/collect.ts'
import type { CollectResponse } from '../protocol/collect.ts'
import { admitRequest, type Admitted } from './intake/admit.ts'
import { browserOf, newBrowser, renewedCookie } from './intake/browser.ts'
import { eraseCookie } from './intake/cookie.ts'
import { openToPages } from './intake/cors.ts'
import { originOf } from './intake/origin.ts'
import { parseOptionsOf } from './intake/parse-options.ts'
import { Recorder } from './intake/record.ts'
import { refusalResponse } from './intake/refusal.ts'
import { hideRefusals } from './intake/refusals.ts'
import { decide, directly, ingest } from './intake/send.ts'
import { verdictsOf } from './intake/verdicts.ts'
import { asksPressure, toldPressure } from './touch-budget.ts'
import { visitorOf } from './intake/visitor.ts'

/** Where the tag sends events, and learns at once which segments its visitor is in and what to show. */
export const collect = new Hono<{ Bindings: Env }>()
  .use('/v1/collect', openToPages)
  .post('/v1/collect', async (c) => {
    const receivedAt = clock.now()
    const admitted = await admitRequest(c.env, c.req.raw, receivedAt)
    if (!admitted.ok) return refusalResponse(admitted)
    return collectFrom(c.env, c.req.raw, admitted.value, receivedAt)
  })

async function collectFrom(
  env: Env,
  request: Request,
  { caller, keys, body }: Admitted,
  receivedAt: number,
): Promise<Response> {
  const parsed = parseCollect(body)
  if (!parsed.ok) {
    const detail = 'The body is not what a tag sends.'
    return refusalResponse({ ok: false, status: 400, detail, errors: parsed.errors })
  }
  const { batch, deviceKey, decide: placements, reset } = parsed.value
  const { catalog, source, grant } = caller
  const options = parseOptionsOf(caller, request, receivedAt, true)
  const entries = parseEntries(batch, options)
  const messages = entries.flatMap((entry) => (entry.ok ? [entry.message] : []))
  const browser =
    (await browserOf(request, deviceKey, keys, catalog.shards, reset)) ?? newBrowser(catalog.shards)
  const visitor = visitorOf(request)
  const recorder = new Recorder(caller, keys, visitor, options)
  const events = await Promise.all(
    messages.map((message) => recorder.record(message, browser.device)),
  )
  const origin = { ...originOf(caller, visitor, options), device: browser.device }
  const refused = await hideRefusals(keys, recorder, entries, origin)

  const subject = {
    type: 'device',
    device: browser.device,
    ...(browser.profile !== undefined && { profile: browser.profile }),
  } as const
  const { workspace } = grant
  const nothing = events.length === 0 && refused.length === 0
  const sent = nothing
    ? await decide(env, {
        workspace,
        subject,
        consentMode: source.consent,
        placements: placements ?? [],
        ...asksPressure(source),
      })
    : await ingest(directly(env), {
        workspace,
        catalogVersion: catalog.version,
        source: source.id,
        consentMode: source.consent,
        subject,
        events,
        refused,
        ...(placements !== undefined && { decide: placements, ...asksPressure(source) }),
        receivedAt,
      })

  const answered = sent.type === 'done' ? sent.result.verdicts : sent.verdicts
  const verdicts = verdictsOf(
    entries,
    new Map(answered.map((verdict, at) => [messages[at]?.index ?? -1, verdict])),
  )
  const headers = new Headers({ 'cache-control': 'private, no-store' })
  if (sent.type === 'busy') {
    headers.set('retry-after', sent.overloaded ? '5' : '1')
    const answer = { verdicts, segments: [], decisions: [], anonymousId: browser.device }
    return Response.json(answer, { status: sent.overloaded ? 429 : 503, headers })
  }
  const cookie = messages.some(({ withdrawal }) => withdrawal)
    ? eraseCookie(request)
    : // Nothing is remembered of a browser none of whose events could be kept.
      events.length > 0
      ? await renewedCookie(browser, sent.result.root, request, keys, receivedAt)
      : undefined
  if (cookie !== undefined) headers.set('set-cookie', cookie)
  const answer: CollectResponse = {
    verdicts,
    segments: sent.result.segments,
    decisions: sent.result.decisions,
    ...toldPressure(sent.result),
    anonymousId: browser.device,
  }
  return Response.json(answer, { headers })
}
