import { z } from 'zod'
import {
  CLOCK_OPERATORS,
  CONDITION_LIMITS,
  SCOPES,
  WEEKDAYS,
  type ClockOperator,
} from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { COMPARED_FIELDS } from '../protocol/event.ts'
import { DAY } from '../protocol/time.ts'
import {
  checkTest,
  faultOfValue,
  oneOf,
  OPERATORS_AND_CLOCK,
  refuse,
  testShape,
  text,
  type ShapedTest,
} from './condition-test.ts'

/** An anniversary is near for less than a year. */
const LONGEST_ANNIVERSARY = 365 * DAY

const isClock = (operator: string): operator is ClockOperator =>
  (CLOCK_OPERATORS as readonly string[]).includes(operator)

/** Says what is wrong with the value that a date is compared with; undefined: nothing. */
function faultOfClock(operator: ClockOperator, value: unknown): string | undefined {
  if (operator === 'anniversary' && value === undefined) return undefined
  const span = typeof value === 'string' ? parseDuration(value) : undefined
  if (span === undefined) return 'Must be a duration such as P7D'
  return operator === 'anniversary' && span >= LONGEST_ANNIVERSARY
    ? 'Must be shorter than a year'
    : undefined
}

const traitShape = { trait: text, ...testShape, operator: oneOf(OPERATORS_AND_CLOCK) }
type TraitTest = z.infer<z.ZodObject<typeof traitShape>>

const checkTraitTest = (context: z.core.ParsePayload<TraitTest>): void => {
  const { operator, value, ignoreCase } = context.value
  if (!isClock(operator)) return checkTest(context as z.core.ParsePayload<ShapedTest>)
  const reason = faultOfClock(operator, value)
  if (reason !== undefined) refuse(context, ['value'], reason)
  if (ignoreCase !== undefined) refuse(context, ['ignoreCase'], 'Dates have no case')
}

export const trait = z
  .strictObject({ type: z.literal('trait'), ...traitShape })
  .check(checkTraitTest)
export const account = z
  .strictObject({ type: z.literal('account'), ...traitShape })
  .check(checkTraitTest)

const degrees = (most: number) =>
  z
    .number(`Must be a number of degrees from -${most} to ${most}`)
    .min(-most, `Must be at least -${most} degrees`)
    .max(most, `Must be at most ${most} degrees`)

const near = z.strictObject(
  {
    lat: degrees(90),
    lon: degrees(180),
    km: z
      .number('Must be a number of kilometres')
      .positive('Must be more than 0 kilometres')
      .max(20_000, 'Must be at most 20000 kilometres'),
  },
  'Must be {"lat": degrees, "lon": degrees, "km": kilometres}',
)

/** One of two forms: a field that is compared, or a place that is near. */
export const context = z
  .strictObject({
    type: z.literal('context'),
    field: oneOf(COMPARED_FIELDS).optional(),
    near: near.optional(),
    scope: oneOf(SCOPES).optional(),
    ...testShape,
    operator: testShape.operator.optional(),
  })
  .check((payload) => {
    const { field, near: place, operator, value, ignoreCase } = payload.value
    if ((field === undefined) === (place === undefined)) {
      refuse(payload, ['field'], 'Name a field, or where it is near: one of the two')
    } else if (place !== undefined) {
      for (const [key, said] of Object.entries({ operator, value, ignoreCase })) {
        if (said !== undefined) refuse(payload, [key], 'A place that is near takes none')
      }
    } else if (operator === undefined) {
      refuse(payload, ['operator'], 'Is missing')
    } else {
      const reason = faultOfValue({ operator, value })
      if (reason !== undefined) refuse(payload, ['value'], reason)
    }
  })

const timeOfDay = z
  .string('Must be a time of day such as 09:30')
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'Must be a time of day such as 09:30')

export const now = z
  .strictObject({
    type: z.literal('now'),
    weekdays: z
      .array(oneOf(WEEKDAYS), 'Must be a list of weekdays')
      .min(1, 'Name at least one weekday')
      .max(WEEKDAYS.length, `At most ${WEEKDAYS.length} are allowed`)
      .optional(),
    from: timeOfDay.optional(),
    to: timeOfDay.optional(),
  })
  .check((payload) => {
    const { weekdays, from, to } = payload.value
    if (weekdays === undefined && from === undefined && to === undefined) {
      refuse(payload, ['weekdays'], 'Name weekdays, or from when to when, or both')
    }
    if (from !== undefined && from === to) refuse(payload, ['to'], 'Must differ from "from"')
  })

export const consent = z.strictObject({ type: z.literal('consent'), purpose: text })

export const segment = z.strictObject({
  type: z.literal('segment'),
  segment: text.max(CONDITION_LIMITS.text),
})
