import { Hono } from 'hono'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { callerOf } from './intake/admit.ts'
import { openToPages } from './intake/cors.ts'
import { keyOfHeaders } from './intake/keys.ts'
import { refusalResponse } from './intake/refusal.ts'
import type { Caller } from './intake/source.ts'

const CACHE = { 'cache-control': 'public, max-age=300' }

/**
 * What the browser libraries of Segment and RudderStack load before they send: that there is nothing but Prisme to
 * send to, and no part to fetch from elsewhere. A key in a page is public; a secret key's settings do not exist.
 */
export const clientSettings = new Hono<{ Bindings: Env }>()
  .use('/v1/projects/:writeKey/settings', openToPages)
  .get('/v1/projects/:writeKey/settings', async (c) => {
    const writeKey = c.req.param('writeKey')
    const caller = await publicCaller(c.env, writeKey)
    return caller instanceof Response
      ? caller
      : Response.json(segmentSettings(writeKey, new URL(c.req.url)), { headers: CACHE })
  })
  .use('/sourceConfig/', openToPages)
  .use('/sourceConfig', openToPages)
  .on('GET', ['/sourceConfig', '/sourceConfig/'], async (c) => {
    const writeKey = c.req.query('writeKey') ?? keyOfHeaders(c.req.raw.headers) ?? ''
    const caller = await publicCaller(c.env, writeKey)
    return caller instanceof Response
      ? caller
      : Response.json(rudderSettings(writeKey, caller), { headers: CACHE })
  })

async function publicCaller(env: Env, key: string): Promise<Caller | Response> {
  const caller = await callerOf(env, key, clock.now())
  if (!caller.ok) return refusalResponse(caller)
  if (caller.value.grant.kind === 'write') return caller.value
  const detail = 'This is a secret key: it does not belong into a page.'
  return refusalResponse({ ok: false, status: 403, detail })
}

const segmentSettings = (writeKey: string, { host, protocol }: URL) => ({
  integrations: {
    'Segment.io': {
      apiKey: writeKey,
      apiHost: `${host}/v1`,
      protocol: protocol.replace(':', ''),
      unbundledIntegrations: [],
      addBundledMetadata: false,
      versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
    },
  },
  plan: {},
  edgeFunction: {},
  enabledMiddleware: {},
  metrics: { sampleRate: 0 },
  legacyVideoPluginsEnabled: false,
  remotePlugins: [],
  analyticsNextEnabled: true,
})

const rudderSettings = (writeKey: string, { grant, source }: Caller) => ({
  source: {
    id: source.id,
    name: source.id,
    writeKey,
    enabled: true,
    workspaceId: grant.workspace,
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
    connections: [],
    destinations: [],
    dataplanes: {},
  },
  updatedAt: '1970-01-01T00:00:00.000Z',
})
