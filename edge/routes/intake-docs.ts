import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi'
import type { Env as HonoEnv } from 'hono'

const WRITE_KEY = [{ writeKey: [] }]

const ANSWERS = {
  200: { description: '`{success, verdicts}`: one verdict a message, in order' },
  400: { description: 'Malformed: `errors` says where and why' },
  401: { description: 'No source has this key' },
  413: { description: 'More than 500 KB, as sent or unpacked' },
  429: { description: 'Too much at once: again after `Retry-After` seconds' },
  503: { description: 'Again after `Retry-After` seconds; what is repeated is kept once' },
}

const SEGMENT = `Messages of the Segment Tracking API, for its clients and RudderStack's: host and key are all that is
changed. The key is the Basic user name, a Bearer, \`X-Write-Key\`, or \`writeKey\` in the body; a secret key proves what
it says. gzip and deflate are known by their first bytes, whatever the headers say. \`context.externalIds\`
\`[{type, id}]\` identifies by the kinds of the identity settings. \`integrations\` is kept with the event: \`All\` and
destinations by their names, on or off; those of the batch hold for each of its messages, whose own win. A
destination that is off is not told of the entries that the message causes; exits are told.

\`context.consent\` is what the person answered, a closed shape: \`categoryPreferences\` (\`{purpose: true | false}\`),
\`tcf\` (a TC string of v2.3), \`gpp\` with \`gppSid\` (the sections that apply), \`gcm\` (states of Google's consent mode,
\`granted\` or \`denied\`), \`gpc\` (\`true\`; browsers say it by \`Sec-GPC: 1\`). Another key is refused (\`unknown-key\`).
Purposes are \`necessary analytics personalization advertising email sms\` and your own. Where signals disagree the
denial wins; junk and outdated strings grant nothing. A message needs \`analytics\`, unless its source maps its name to
another purpose; else, or when its person has withdrawn that purpose since, it fails with \`no-consent\` and only its
answers are kept. \`Segment Consent Preference Updated\` tells a changed answer and is always taken in if it denies.
Other events carry answers along: a denial is heard from them too, but a grant gets no younger by it. RudderStack's
\`context.consentManagement\` (\`allowedConsentIds\`, \`deniedConsentIds\`) is read as \`categoryPreferences\` are.`

const SNOWPLOW = `For Snowplow's trackers. The app id (\`aid\`) is the write key, unless a header has one; one request may
speak for ten apps. \`uid\` is the userId, \`duid\` (else the session's user, else the network user) the anonymousId,
\`eid\` the message id. A page view is a page, a screen view a screen. A structured event is a track by its action;
e-commerce actions and old transactions have Segment's names (\`Product Viewed\`, \`Order Completed\`); other
self-describing events have their schema's name. The site's own entities are properties, named as in a Snowplow
warehouse (\`contexts_vendor_name_1\`). Page pings are answered and not kept; no cookie is set.`

const MATOMO = `For Matomo's trackers, by query, form, or in bulk (\`{requests, token_auth?}\`). The key is \`token_auth\`, else
\`idsite\`, unless a header has one. \`uid\` is the userId, \`cid\` or \`_id\` the anonymousId: a request with neither is
refused. A visit is a page, an event a track by its action; orders, carts, product pages, searches, goals, downloads,
outgoing links and content have names of their own; dimensions are properties. A request with \`rand\` or \`cdt\` that
comes again is kept once. Heartbeats are answered and not kept.`

const JITSU = `For Jitsu's SDKs. The key is \`X-Write-Key\`, as \`id:key\`. Messages are Segment's; \`event\` leaves the type to
the message. Below \`/api/s/s2s\` a server speaks for somebody: place and device are what the message says.`

const post = (path: string, summary: string, description: string): RouteConfig => ({
  method: 'post',
  path,
  summary,
  description,
  security: WRITE_KEY,
  responses: ANSWERS,
})

const get = (path: string, summary: string, description: string, answer: string): RouteConfig => ({
  method: 'get',
  path,
  summary,
  description,
  security: [],
  responses: { 200: { description: answer }, 400: ANSWERS[400], 401: ANSWERS[401] },
})

const IMAGE = 'A transparent image'

const ROUTES: readonly RouteConfig[] = [
  post('/v1/batch', 'Messages about anybody; `/v1/b` is the same', SEGMENT),
  post(
    '/v1/{type}',
    'One message: `track`, `page`, `screen`, `identify`, `group`, `alias`, or their first letter',
    SEGMENT,
  ),
  post('/v1/import', 'Messages of the past', `Needs a secret key. ${SEGMENT}`),
  get(
    '/v1/pixel/{type}',
    'One message by showing an image',
    'For mails and pages without scripts. `data` is the message as JSON in base64, with its `writeKey`.',
    IMAGE,
  ),
  get(
    '/v1/projects/{writeKey}/settings',
    "The settings that Segment's browser library loads",
    'Set its `cdnURL` to this origin: it learns here where to send.',
    'Prisme is the only destination',
  ),
  get(
    '/analytics.js/v1/{writeKey}/analytics.min.js',
    "The library that Segment's snippet loads",
    'Put this origin in the place of `https://cdn.segment.com` in the snippet: nothing else changes.',
    'The library of its makers (MIT)',
  ),
  get(
    '/sourceConfig/',
    "The settings that RudderStack's browser library loads",
    'Set its `configUrl` and data plane to this origin.',
    'An enabled source without destinations',
  ),
  post('/api/s/{type}', 'One message from a Jitsu SDK', JITSU),
  post('/api/s/s2s/{type}', 'One message from a server with a Jitsu SDK', JITSU),
  post('/com.snowplowanalytics.snowplow/tp2', 'Payloads of Snowplow trackers', SNOWPLOW),
  get('/i', 'One payload of a Snowplow tracker', SNOWPLOW, IMAGE),
  post('/matomo.php', 'Requests of Matomo trackers; `/piwik.php` is the same', MATOMO),
  get('/matomo.php', 'One request of a Matomo tracker', MATOMO, IMAGE),
]

/** Writes the ways in into the document of the interface. They are served by routes of their own. */
export function describeIntake<E extends HonoEnv>(app: OpenAPIHono<E>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'writeKey', {
    type: 'http',
    scheme: 'basic',
    description: 'A write key (`pk_…`), or a secret key, as user name',
  })
  for (const route of ROUTES) app.openAPIRegistry.registerPath(route)
}
