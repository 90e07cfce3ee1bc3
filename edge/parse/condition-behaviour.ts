import { z } from 'zod'
import {
  CALENDAR_UNITS,
  CONDITION_LIMITS,
  LIFECYCLES,
  MEASURES,
  NUMBER_OPERATORS,
  type Measure,
} from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { REACTIONS } from '../protocol/reaction.ts'
import {
  checkTest,
  duration,
  faultOfValue,
  isPair,
  oneOf,
  refuse,
  testShape,
  text,
  type ShapedTest,
} from './condition-test.ts'

const propertyTest = z.strictObject({ property: text, ...testShape }).check(checkTest)

/** Events by name and properties. */
const eventTest = {
  event: z.union(
    [
      text,
      z
        .array(text)
        .min(1, 'Name at least one event')
        .max(CONDITION_LIMITS.list, `At most ${CONDITION_LIMITS.list} are allowed`),
    ],
    { error: 'Must be the name of an event, or a list of names' },
  ),
  where: z.array(propertyTest, 'Must be a list of property tests').optional(),
}

const instant = z.iso.datetime({
  offset: true,
  error: 'Must be an instant such as 2026-01-31T12:00:00Z',
})
const last = z.strictObject({ last: duration })
const WINDOW =
  'Must be {"last": duration}, {"from": instant, "to": instant}, {"between": [duration, duration]} or {"calendar": day, week, month or year, "offset": 0 or less}'

/** Which of the forms is meant is known by its key, so that faults are told of that one. */
const WINDOWS = {
  last,
  from: z.strictObject({ from: instant, to: instant }).check((context) => {
    const { from, to } = context.value
    if (Date.parse(from) >= Date.parse(to)) refuse(context, ['to'], 'Must be after "from"')
  }),
  between: z
    .strictObject({ between: z.tuple([duration, duration], 'Must be two durations') })
    .check((context) => {
      const [shorter, longer] = context.value.between
      if ((parseDuration(shorter) ?? 0) >= (parseDuration(longer) ?? 0)) {
        refuse(context, ['between'], 'Must be two durations, the shorter first')
      }
    }),
  calendar: z.strictObject({
    calendar: oneOf(CALENDAR_UNITS),
    offset: z
      .int('Must be a whole number')
      .min(-CONDITION_LIMITS.offset, `Must be at least -${CONDITION_LIMITS.offset}`)
      .max(0, 'Must be 0 or less')
      .optional(),
  }),
}
const window = z.union([WINDOWS.last, WINDOWS.from, WINDOWS.between, WINDOWS.calendar], {
  error: WINDOW,
})

const OF_PROPERTY: readonly Measure[] = ['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last']
const WHOLE: readonly Measure[] = ['count', 'distinct']

export const performed = z
  .strictObject({
    type: z.literal('performed'),
    ...eventTest,
    measure: oneOf(MEASURES).optional(),
    property: text.optional(),
    ...testShape,
    window: window.optional(),
  })
  .check((context) => {
    const { measure = 'count', property, window: span } = context.value
    if (OF_PROPERTY.includes(measure) !== (property !== undefined)) {
      const reason = property === undefined ? `${measure} needs one` : `${measure} takes none`
      refuse(context, ['property'], reason)
    }
    const reason = faultOfMeasure(measure, context.value)
    if (reason !== undefined) refuse(context, [reason.at], reason.reason)
    if (measure === 'recency' && span !== undefined && isLate(span)) {
      refuse(context, ['window'], 'recency takes no window whose events begin to count later')
    }
  })

export const reaction = z
  .strictObject({
    type: z.literal('reaction'),
    kind: oneOf(REACTIONS),
    channel: text.optional(),
    campaign: text.optional(),
    measure: oneOf(['count', 'recency']).optional(),
    ...testShape,
    window: window.optional(),
  })
  .check((context) => {
    const { measure = 'count', window: span } = context.value
    const reason = faultOfMeasure(measure, context.value)
    if (reason !== undefined) refuse(context, [reason.at], reason.reason)
    if (measure === 'recency' && span !== undefined && isLate(span)) {
      refuse(context, ['window'], 'recency takes no window whose events begin to count later')
    }
  })

const isLate = (span: z.infer<typeof window>): boolean =>
  'between' in span || ('calendar' in span && (span.offset ?? 0) < 0)

interface At {
  readonly at: 'operator' | 'value'
  readonly reason: string
}

/** What a measure may be compared with. */
function faultOfMeasure(measure: Measure, test: ShapedTest): At | undefined {
  const { operator, value } = test
  if (measure === 'first' || measure === 'last') {
    const reason = faultOfValue(test)
    return reason === undefined ? undefined : { at: 'value', reason }
  }
  if (!(NUMBER_OPERATORS as readonly string[]).includes(operator)) {
    return { at: 'operator', reason: `Must be one of ${NUMBER_OPERATORS.join(', ')}` }
  }
  const values: readonly unknown[] = isPair(value) ? value : [value]
  if (isPair(value) !== (operator === 'between')) {
    return {
      at: 'value',
      reason: operator === 'between' ? 'Must be two values' : 'Must be one value',
    }
  }
  if (measure === 'recency') {
    if (operator === 'equals' || operator === 'not_equals') {
      return { at: 'operator', reason: 'Must be one of gt, gte, lt, lte, between' }
    }
    const spans = values.map((one) => (typeof one === 'string' ? parseDuration(one) : undefined))
    if (spans.includes(undefined)) return { at: 'value', reason: 'Must be a duration such as P7D' }
    return inOrder(spans as number[])
  }
  const isWhole = WHOLE.includes(measure)
  const most = CONDITION_LIMITS.count
  const isFit = (one: unknown): boolean =>
    typeof one === 'number' && (!isWhole || (Number.isInteger(one) && one >= 0 && one <= most))
  if (values.every(isFit)) return inOrder(values as number[])
  return {
    at: 'value',
    reason: isWhole ? `Must be a whole number from 0 to ${most}` : 'Must be a number',
  }
}

const inOrder = ([low = 0, high = low]: readonly number[]): At | undefined =>
  low <= high ? undefined : { at: 'value', reason: 'Must be two values, the lower first' }

const step = z.strictObject({
  ...eventTest,
  within: duration.optional(),
  immediately: z.boolean('Must be true or false').optional(),
})

export const sequence = z.strictObject({
  type: z.literal('sequence'),
  steps: z
    .array(step, 'Must be a list of steps')
    .min(2, 'Must have at least two steps')
    .max(CONDITION_LIMITS.steps, `Must have at most ${CONDITION_LIMITS.steps} steps`)
    .check((context) => {
      const [first] = context.value
      for (const key of ['within', 'immediately'] as const) {
        if (first?.[key] !== undefined)
          refuse(context, [0, key], 'There is no step before the first')
      }
    }),
  window: last.optional(),
  total: duration.optional(),
})

const followedShape = {
  ...eventTest,
  then: z.strictObject({ ...eventTest, same: text.optional() }),
  within: duration,
  since: oneOf(['last', 'any']).optional(),
}
export const followedBy = z.strictObject({ type: z.literal('followedBy'), ...followedShape })
export const notFollowedBy = z.strictObject({ type: z.literal('notFollowedBy'), ...followedShape })

export const lifecycle = z
  .strictObject({
    type: z.literal('lifecycle'),
    ...eventTest,
    is: oneOf(LIFECYCLES),
    period: duration,
    of: z
      .int('Must be a whole number')
      .min(1, 'Must be at least 1')
      .max(CONDITION_LIMITS.periods, `Must be at most ${CONDITION_LIMITS.periods}`)
      .optional(),
  })
  .check((context) => {
    const { is, of } = context.value
    if (is === 'first-time' && of !== undefined) refuse(context, ['of'], 'first-time takes none')
  })
