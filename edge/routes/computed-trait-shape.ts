import { z } from '@hono/zod-openapi'
import { parseComputedBy } from '../parse/computed-trait.ts'
import type { ApiComputedTrait, ApiProfileTrait } from '../protocol/api-computed-trait.ts'
import {
  COMPUTED_LIMITS,
  COMPUTED_MEASURES,
  type ComputedTrait,
} from '../protocol/computed-trait.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Json } from '../protocol/json.ts'
import { distinct, instant, name, purpose } from './shapes.ts'

type By = Omit<ComputedTrait, 'key'>

const MAX_PURPOSES = 20

/** Traits whose value is an address, which is kept apart. */
export const ADDRESSES = ['email', 'phone']
const KEY = /^[A-Za-z_][\w-]{0,63}$/

export const key = z
  .string('must be text')
  .regex(KEY, 'must be 1 to 64 letters, digits, _ or -, and begin with a letter or _')
  .refine((text) => !ADDRESSES.includes(text), 'is the name of an address')
  .openapi({
    description:
      'Conditions ask for the trait by it. It stands above a trait of that name that is said of people',
    example: 'orders_30d',
  })

const EVENT = {
  type: ['string' as const, 'array' as const],
  items: { type: 'string' as const },
  description: 'The name of an event, or a list of names',
  example: 'Order Completed',
}
const WHERE = {
  type: 'array',
  items: { type: 'object' },
  description: 'Tests of properties that an event must pass, as in a condition',
} as const
const WINDOW = {
  type: 'object',
  description: 'Which events count, as in a condition. Absent: all that are kept',
  example: { last: 'P30D' },
} as const
const MEASURE = {
  type: 'string' as const,
  enum: [...COMPUTED_MEASURES],
  description: `Of the latest ${COMPUTED_LIMITS.events.toLocaleString('en')} events of a person: older ones do not count. A list has each value once, the latest first, and at most ${COMPUTED_LIMITS.list}: of more, those that were there longest ago are not in it. Of values that equally many events have, the most frequent is the one that was there last`,
}
const PROPERTY = {
  type: 'string',
  description: 'By dotted path; of every measure but `count`',
  example: 'revenue',
} as const

/** By what it is computed, in a body: mistakes are told each with its path. */
const told = {
  event: z.unknown().openapi(EVENT),
  where: z.unknown().optional().openapi(WHERE),
  measure: z.unknown().openapi(MEASURE),
  property: z.unknown().optional().openapi(PROPERTY),
  window: z.unknown().optional().openapi(WINDOW),
  purposes: distinct(purpose, MAX_PURPOSES).optional().openapi({
    description:
      'Only events count that were consented to for all of these, and only while they are granted',
  }),
}

/** Undefined: its mistakes were told. */
function read(
  { event, where, measure, property, window, purposes }: { [K in keyof typeof told]?: unknown },
  context: z.core.$RefinementCtx,
): By | undefined {
  const parsed = parseComputedBy({ event, where, measure, property, window })
  if (parsed.ok) {
    return {
      ...parsed.value,
      ...(purposes !== undefined && { purposes: purposes as readonly string[] }),
    }
  }
  for (const { path, reason } of parsed.errors) {
    context.addIssue({ code: 'custom', message: reason, path: path.split('.') })
  }
  return undefined
}

export const by = z
  .strictObject(told)
  .transform((body, context): By => read(body, context) ?? z.NEVER)
  .openapi('ComputedTraitBy')

export const input = z
  .strictObject({ key: key.optional(), name, ...told })
  .transform(({ key: wanted, name: called, ...rest }, context) => {
    const definition = read(rest, context)
    if (definition === undefined) return z.NEVER
    return { ...definition, name: called, ...(wanted !== undefined && { key: wanted }) }
  })
  .openapi('ComputedTraitInput')

const shownBy = {
  event: z.custom<ApiComputedTrait['event']>().openapi(EVENT),
  where: z.custom<ApiComputedTrait['where']>().optional().openapi(WHERE),
  measure: z.enum(COMPUTED_MEASURES).openapi(MEASURE),
  property: z.string().optional().openapi(PROPERTY),
  window: z.custom<ApiComputedTrait['window']>().optional().openapi(WINDOW),
}

export const shown = z
  .object({
    id: z.string(),
    key: z.string(),
    name: z.string(),
    ...shownBy,
    purposes: z.array(z.string()).readonly(),
    segments: z
      .array(z.object({ id: z.custom<SegmentId>().openapi({ type: 'string' }), name: z.string() }))
      .readonly()
      .openapi({ description: 'The segments that ask for it' }),
    createdAt: instant,
    updatedAt: instant,
  })
  .openapi('ComputedTrait')

export const shownValue = z.object({
  value: z
    .custom<Json>()
    .optional()
    .openapi({
      type: ['string', 'number', 'boolean', 'object', 'array'],
      description: 'Absent: there is none',
    }),
  until: instant.optional().openapi({ description: 'When time alone makes it another' }),
  bounded: z.boolean().openapi({
    description: 'There are so many events that the oldest of them do not count',
  }),
})

/** What computed traits are of a person. */
export const shownTraits = z
  .array(z.custom<ApiProfileTrait>())
  .readonly()
  .openapi({
    type: 'array',
    items: { type: 'object' },
    description:
      'Traits that are computed: `id`, `key`, `name`, by what (`event`, `where`, `measure`, `property`, `window`, `purposes`), `value`, `until` when time alone makes it another, and whether older events do not count (`bounded`)',
  })
