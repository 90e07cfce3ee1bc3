import { z } from 'zod'
import type { Condition } from '../protocol/condition.ts'
import {
  followedBy,
  lifecycle,
  notFollowedBy,
  performed,
  reaction,
  sequence,
} from './condition-behaviour.ts'
import { KEY_DOCS, TYPE_DOCS } from './condition-docs.ts'
import { account, consent, context, now, segment, trait } from './condition-facts.ts'
import { budget, pressure } from './condition-pressure.ts'
import { score } from './condition-score.ts'

export const TYPES = [
  'all',
  'any',
  'not',
  'trait',
  'account',
  'performed',
  'sequence',
  'followedBy',
  'notFollowedBy',
  'lifecycle',
  'score',
  'pressure',
  'budget',
  'context',
  'now',
  'reaction',
  'segment',
  'consent',
] as const satisfies readonly Condition['type'][]

const conditions = () => z.array(conditionSchema, 'Must be a list of conditions')

/** Every condition there is, by its `type`. Unknown types and keys are refused. */
export const conditionSchema: z.ZodType<Condition> = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('all'),
    get conditions() {
      return conditions()
    },
  }),
  z.strictObject({
    type: z.literal('any'),
    get conditions() {
      return conditions()
    },
  }),
  z.strictObject({
    type: z.literal('not'),
    get condition() {
      return conditionSchema
    },
  }),
  trait,
  account,
  context,
  now,
  consent,
  segment,
  reaction,
  performed,
  sequence,
  followedBy,
  notFollowedBy,
  lifecycle,
  score,
  pressure,
  budget,
]) as unknown as z.ZodType<Condition>

/** JSON Schema (2020-12) of a condition, for editors. What depends on several fields at once it does not say. */
export function conditionJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(conditionSchema, {
    io: 'input',
    reused: 'ref',
    unrepresentable: 'any',
  }) as JsonSchema
  const forms = [...(schema.oneOf ?? []), ...Object.values(schema.$defs ?? {})]
  for (const form of forms) document(form, schema)
  return schema
}

export interface JsonSchema {
  description?: string
  readonly $ref?: string
  readonly const?: unknown
  readonly properties?: { readonly [key: string]: JsonSchema }
  readonly items?: JsonSchema
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly $defs?: { readonly [name: string]: JsonSchema }
}

/** Says of a form and of each of its keys what they mean. */
function document(form: JsonSchema, root: JsonSchema): void {
  const { properties = {}, items, anyOf = [] } = form
  const type = meant(properties['type'], root)?.const
  if (isType(type)) form.description = TYPE_DOCS[type]
  for (const [key, value] of Object.entries(properties)) {
    const description =
      key === 'type' && isType(type)
        ? TYPE_DOCS[type]
        : (KEY_DOCS[`${String(type)}.${key}`] ?? KEY_DOCS[key])
    if (description !== undefined) value.description = description
    document(value, root)
  }
  for (const part of items === undefined ? anyOf : [items, ...anyOf]) document(part, root)
}

const meant = (schema: JsonSchema | undefined, root: JsonSchema): JsonSchema | undefined =>
  schema?.$ref === undefined
    ? schema
    : root.$defs?.[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)]

const isType = (type: unknown): type is Condition['type'] =>
  (TYPES as readonly unknown[]).includes(type)
