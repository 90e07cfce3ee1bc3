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
export const conditionJsonSchema = () =>
  z.toJSONSchema(conditionSchema, { io: 'input', reused: 'ref', unrepresentable: 'any' })
