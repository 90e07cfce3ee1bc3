import { z } from '@hono/zod-openapi'
import { CHANNELS } from '../protocol/reaction.ts'

/** Lone surrogates and NUL: storage would not give them back as they were. */
const NOT_TEXT = /\p{Cs}|\0/u

/** Text a person typed. */
export const text = (max: number) =>
  z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !NOT_TEXT.test(value), 'holds characters that are not text')

export const name = text(200)

export const key = z
  .string('must be text')
  .regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 of a–z, 0–9 and -')

export const placement = z
  .string('must be text')
  .regex(
    /^[A-Za-z0-9][\w.:-]{0,63}$/,
    'must be 1 to 64 letters, digits or . : _ -, and begin with a letter or digit',
  )

export const purpose = z
  .string('must be text')
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'must be 1 to 64 of a–z, 0–9 and -, and begin with a letter')

/** A way to reach people. */
export const channel = z.enum(CHANNELS, `must be one of ${CHANNELS.join(', ')}`)

/** A list without repetitions. */
export const distinct = <Item extends z.ZodType<string>>(item: Item, max: number) =>
  z
    .array(item, 'must be a list')
    .max(max, `must have at most ${max} entries`)
    .refine((list) => new Set(list).size === list.length, 'names something twice')
    .readonly()

export const instant = z.iso.datetime().openapi({ example: '2026-01-31T12:00:00.000Z' })

export const idParam = z.object({
  id: z
    .string()
    .max(100)
    .openapi({ param: { name: 'id', in: 'path' } }),
})

/** 1 to 500, default 100; cursors are opaque. */
export const pageQuery = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(500, 'must be at most 500')
    .default(100),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item).readonly(), cursor: z.string().optional() })

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), reason: z.string() })).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457 problem document' })

const PROBLEMS = {
  400: 'The body or a parameter is not valid: `errors` says where and why',
  401: 'No session, or not a secret key',
  403: 'Proven, and still not allowed',
  404: 'Not in this workspace',
  409: 'In conflict with what exists',
  413: 'Too large',
  422: 'Well-formed, and refused: `errors` says why',
  503: 'Not now: try again',
} as const

/** The refusals a route documents. They are thrown, so no handler returns them. */
export const problems = (...statuses: readonly (keyof typeof PROBLEMS)[]) =>
  Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: PROBLEMS[status],
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const body = <Schema extends z.ZodType>(schema: Schema) => ({
  required: true,
  content: { 'application/json': { schema } },
})

export const iso = (at: number): string => new Date(at).toISOString()
