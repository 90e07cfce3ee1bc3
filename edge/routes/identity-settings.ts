import { createRoute, z } from '@hono/zod-openapi'
import { KIND_NAME, normaliseId } from '../parse/identifiers.ts'
import { formatDuration, parseDuration } from '../protocol/duration.ts'
import {
  DEFAULT_IDENTITY,
  type BlockedValue,
  type IdentifierKind,
  type IdentitySettings,
} from '../protocol/identifier.ts'
import { findIdentity, replaceIdentity } from '../storage/identity-settings-store.ts'
import { accept, changeOf } from './changing.ts'
import { refuseField } from './problem.ts'
import { resource } from './resource.ts'
import { body, json, problems, text } from './shapes.ts'

const LEVELS = ['person', 'device', 'cookie'] as const
const KINDS = 30
const BLOCKED = 1_000
const POLICIES = ['most-recent', 'oldest', 'sum', 'union', 'max'] as const

const kindName = z
  .string('must be text')
  .regex(KIND_NAME, 'must be 1 to 64 letters, digits or . _ -, and begin with a letter')

const kind = z.strictObject({
  kind: kindName,
  level: z.enum(LEVELS, 'must be "person", "device" or "cookie"'),
  unique: z.boolean('must be true or false').optional().openapi({
    description: 'At most one value a person: two values are two people',
  }),
  limit: z
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(1_000, 'must be at most 1000')
    .optional()
    .openapi({ description: 'At most so many values a person; those seen longest ago go first' }),
  period: z
    .string('must be an ISO 8601 duration such as P365D')
    .refine(
      (value) => parseDuration(value) !== undefined,
      'must be an ISO 8601 duration such as P365D',
    )
    .optional()
    .openapi({ description: 'The limit counts values seen within so long of the latest' }),
})

const blocked = z.union(
  [text(256), z.strictObject({ kind: kindName, value: text(256) })],
  'must be a value, or {kind, value}',
)

export const settingsInput = z
  .strictObject({
    kinds: z
      .array(kind, 'must be a list of kinds, or null for the default')
      .min(1, 'must have at least one kind')
      .max(KINDS, `must have at most ${KINDS} kinds`)
      .nullable()
      .openapi({ description: 'Most trusted first. All are replaced; null restores the default' }),
    sharedDevice: z
      .enum(['last-login-owns', 'nobody-owns'], 'must be "last-login-owns" or "nobody-owns"')
      .optional(),
    blocked: z
      .array(blocked, 'must be a list')
      .max(BLOCKED, `must have at most ${BLOCKED} values`)
      .optional()
      .openapi({ description: 'Values that identify no one, of any kind or of one' }),
    traits: z
      .record(text(200), z.enum(POLICIES, `must be one of ${POLICIES.join(', ')}`))
      .optional()
      .openapi({
        description:
          'How the values that several identifiers brought become one; default most-recent',
      }),
  })
  .openapi('IdentitySettingsInput')

export const settingsShape = z
  .object({
    kinds: z.array(kind).readonly(),
    sharedDevice: z.enum(['last-login-owns', 'nobody-owns']),
    blocked: z
      .array(z.union([z.string(), z.object({ kind: z.string(), value: z.string() })]))
      .readonly(),
    traits: z.record(z.string(), z.enum(POLICIES)),
  })
  .openapi('IdentitySettings')

const getRoute = createRoute({
  method: 'get',
  path: '/api/settings/identity',
  responses: { 200: json(settingsShape, 'Who is one person in this workspace'), ...problems(401) },
})
const putRoute = createRoute({
  method: 'put',
  path: '/api/settings/identity',
  description:
    'Holds for what is sent from then on. What was sent before is looked at anew by POST /api/settings/identity/switch, or by a rehearsal and its switch.',
  request: { body: body(settingsInput) },
  responses: { 200: json(settingsShape, 'In force'), ...problems(400, 401, 409) },
})

type Input = z.infer<typeof settingsInput>

/**
 * People above devices above cookies: else a cookie could take a name from its person.
 * @param within the path of the settings in the body, with its last dot
 */
export function parseIdentitySettings(
  { kinds, sharedDevice = 'last-login-owns', blocked: values = [], traits = {} }: Input,
  within = '',
): IdentitySettings {
  return {
    kinds: kinds === null ? DEFAULT_IDENTITY.kinds : parseKinds(kinds, within),
    sharedDevice,
    blocked: values.map(parseBlocked),
    traits,
  }
}

function parseKinds(kinds: NonNullable<Input['kinds']>, within: string): IdentifierKind[] {
  const seen = new Set<string>()
  let depth = 0
  for (const [index, { kind: own, level, period, limit }] of kinds.entries()) {
    if (seen.has(own)) throw refuseField(`${within}kinds.${index}.kind`, 'is named twice')
    seen.add(own)
    const rank = LEVELS.indexOf(level)
    if (rank < depth) {
      throw refuseField(
        `kinds.${index}.level`,
        'comes after a less personal one: people stand above devices, devices above cookies',
      )
    }
    depth = rank
    if (period !== undefined && limit === undefined) {
      throw refuseField(`${within}kinds.${index}.period`, 'needs a limit')
    }
    if (own === 'anonymousId' && level === 'person') {
      throw refuseField(
        `${within}kinds.${index}.level`,
        'must be "device" or "cookie": it is a browser’s',
      )
    }
  }
  if (!seen.has('anonymousId')) {
    throw refuseField(`${within}kinds`, 'must have "anonymousId": browsers are known by it')
  }
  return kinds.map(({ period, kind: own, level, unique, limit }) => {
    const span = period === undefined ? undefined : parseDuration(period)
    return {
      kind: own,
      level,
      ...(unique !== undefined && { unique }),
      ...(limit !== undefined && { limit }),
      ...(span !== undefined && { period: span }),
    }
  })
}

/** In the form in which values are compared; one that can never identify is kept as it is. */
function parseBlocked(
  entry: string | { readonly kind: string; readonly value: string },
): BlockedValue {
  if (typeof entry === 'string') return { value: entry.normalize('NFC') }
  return { kind: entry.kind, value: normaliseId(entry.kind, entry.value) ?? entry.value }
}

/** Durations in ISO 8601. */
export const showSettings = ({
  kinds,
  sharedDevice,
  blocked: values,
  traits,
}: IdentitySettings) => ({
  kinds: kinds.map(({ period, ...rest }) => ({
    ...rest,
    ...(period !== undefined && { period: formatDuration(period) }),
  })),
  sharedDevice,
  blocked: values.map(({ kind: own, value }) => (own === undefined ? value : { kind: own, value })),
  traits: { ...traits },
})

export const identitySettings = resource()
  .openapi(getRoute, async (c) => {
    const { workspace } = c.get('access')
    return c.json(showSettings(await findIdentity(c.env.DB, workspace)), 200)
  })
  .openapi(putRoute, async (c) => {
    const settings = parseIdentitySettings(c.req.valid('json'))
    const { workspace } = c.get('access')
    const change = changeOf(c, 'identity.changed', workspace)
    await accept(c, 'workspace', await replaceIdentity(c.env.DB, change, settings))
    return c.json(showSettings(settings), 200)
  })
