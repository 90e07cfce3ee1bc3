import { z } from 'zod'
import {
  CLOCK_OPERATORS,
  CONDITION_LIMITS,
  OPERATORS,
  type Operator,
} from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'

/** Lone surrogates are changed by storage, so they can never match what they were meant to. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)

export const oneOf = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names as readonly [Name, ...Name[]], { error: `Must be one of ${names.join(', ')}` })

export const text = z
  .string('Must be a text that is not empty')
  .min(1, 'Must be a text that is not empty')
  .max(CONDITION_LIMITS.text, `Has at most ${CONDITION_LIMITS.text} characters`)
  .refine(isWellFormed, 'Holds half a character')

export const duration = z
  .string(durationError())
  .refine((value) => parseDuration(value) !== undefined, durationError())
  .meta({ format: 'duration', examples: ['P30D', 'PT30M'] })

function durationError(): string {
  return 'Must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as P30D or PT30M'
}

const scalar = z.union([
  z.string().max(CONDITION_LIMITS.text).refine(isWellFormed),
  z.number(),
  z.boolean(),
])
type Scalar = z.infer<typeof scalar>

export const OPERATORS_AND_CLOCK = [...OPERATORS, ...CLOCK_OPERATORS] as const

export const testShape = {
  operator: oneOf(OPERATORS),
  value: z
    .union([scalar, z.array(scalar)], {
      error: 'Must be a text, a number, true or false, or a list of them',
    })
    .optional(),
  ignoreCase: z.boolean('Must be true or false').optional(),
}

export interface ShapedTest {
  readonly operator: Operator
  readonly value?: Scalar | readonly Scalar[] | undefined
  readonly ignoreCase?: boolean | undefined
}

/** Says of a test what is wrong with its value; undefined: nothing. */
export function faultOfValue({ operator, value }: ShapedTest): string | undefined {
  switch (operator) {
    case 'exists':
    case 'not_exists':
      return value === undefined ? undefined : `${operator} takes no value`
    case 'in':
    case 'not_in':
      if (!Array.isArray(value)) return 'Must be a list'
      return value.length <= CONDITION_LIMITS.list
        ? undefined
        : `At most ${CONDITION_LIMITS.list} are allowed`
    case 'between': {
      const [low, high] = isPair(value) ? value : []
      const isRange = low !== undefined && typeof low === typeof high && typeof low !== 'boolean'
      return isRange && high !== undefined && low <= high
        ? undefined
        : 'Must be two numbers or two texts, the lower first'
    }
    case 'before':
    case 'after':
      return isDate(value) ? undefined : 'Must be a day or an instant such as 2026-01-31'
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return typeof value === 'string' && value !== ''
        ? undefined
        : 'Must be a text that is not empty'
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof value === 'number' || typeof value === 'string'
        ? undefined
        : 'Must be a number or a text'
    case 'equals':
    case 'not_equals':
      return value === undefined || Array.isArray(value)
        ? 'Must be a text, a number, true or false'
        : undefined
  }
}

const DATE = z.union([z.iso.date(), z.iso.datetime({ offset: true, local: true })])
const isDate = (value: unknown): boolean => DATE.safeParse(value).success

export const isPair = <T>(value: T | readonly T[] | undefined): value is readonly [T, T] =>
  Array.isArray(value) && value.length === 2

export const checkTest = (context: z.core.ParsePayload<ShapedTest>): void => {
  const reason = faultOfValue(context.value)
  if (reason !== undefined) refuse(context, ['value'], reason)
}

/** Adds a fault at a path below what is parsed. */
export function refuse<T>(
  context: z.core.ParsePayload<T>,
  path: readonly (string | number)[],
  message: string,
): void {
  context.issues.push({ code: 'custom', path: [...path], message, input: context.value })
}
