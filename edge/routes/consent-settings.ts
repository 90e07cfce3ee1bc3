import { createRoute, z } from '@hono/zod-openapi'
import type { ApiConsentSettings } from '../protocol/api.ts'
import { GRANT_LIFETIME, type ConsentSettings } from '../protocol/consent.ts'
import { formatDuration, parseDuration } from '../protocol/duration.ts'
import { DAY } from '../protocol/time.ts'
import { findConsent, replaceConsent } from '../storage/consent-settings-store.ts'
import { accept, changeOf } from './changing.ts'
import { resource } from './resource.ts'
import { body, json, problems } from './shapes.ts'

const MIN_LIFETIME = DAY
const MAX_LIFETIME = 3_650 * DAY
const LIFETIME = 'must be an ISO 8601 duration from P1D to P3650D'

const isLifetime = (text: string): boolean => {
  const span = parseDuration(text)
  return span !== undefined && span >= MIN_LIFETIME && span <= MAX_LIFETIME
}

const input = z
  .strictObject({
    grantLifetime: z
      .string(LIFETIME)
      .refine(isLifetime, LIFETIME)
      .optional()
      .openapi({
        description: `A grant stands so long after it was last given. Default ${formatDuration(GRANT_LIFETIME)}`,
      }),
    tcfVendor: z
      .int('must be a whole number')
      .min(1, 'must be at least 1')
      .max(65_535, 'must be at most 65535')
      .nullable()
      .optional()
      .openapi({
        description:
          "Your id in IAB's Global Vendor List: TC strings must disclose and allow it. Null: their purposes suffice",
      }),
  })
  .openapi('ConsentSettingsInput')

const shown = z
  .object({ grantLifetime: z.string(), tcfVendor: z.number().nullable() })
  .openapi('ConsentSettings')

const path = '/api/settings/consent'
const getRoute = createRoute({
  method: 'get',
  path,
  responses: { 200: json(shown, 'How consent is read in this workspace'), ...problems(401) },
})
const putRoute = createRoute({
  method: 'put',
  path,
  description:
    'What is left out has its default again. A shorter lifetime ends older grants at once.',
  request: { body: body(input) },
  responses: { 200: json(shown, 'In force'), ...problems(400, 401) },
})

const show = ({ grantLifetime, tcfVendor }: ConsentSettings): ApiConsentSettings => ({
  grantLifetime: formatDuration(grantLifetime),
  tcfVendor: tcfVendor ?? null,
})

export const consentSettings = resource()
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    return c.json(show(await findConsent(c.env.DB, workspace)), 200)
  })
  .openapi(putRoute, async (c) => {
    const { grantLifetime = '', tcfVendor } = c.req.valid('json')
    const { workspace } = c.get('access')
    const settings: ConsentSettings = {
      grantLifetime: parseDuration(grantLifetime) ?? GRANT_LIFETIME,
      ...(tcfVendor !== undefined && tcfVendor !== null && { tcfVendor }),
    }
    const change = changeOf(c, 'consent.changed', workspace)
    await accept(c, 'workspace', await replaceConsent(c.env.DB, change, settings))
    return c.json(show(settings), 200)
  })
