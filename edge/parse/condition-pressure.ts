import { z } from 'zod'
import { NUMBER_OPERATORS } from '../protocol/condition.ts'
import { CHANNELS } from '../protocol/reaction.ts'
import { duration, oneOf, refuse, text } from './condition-test.ts'

const amount = z.number('Must be a number').min(0, 'Must be 0 or more')

const compared = {
  operator: oneOf(NUMBER_OPERATORS),
  value: z.union([amount, z.tuple([amount, amount])], {
    error: 'Must be a number that is 0 or more, or two of them for between',
  }),
}

const checkRange = (context: z.core.ParsePayload<z.infer<z.ZodObject<typeof compared>>>): void => {
  const { operator, value } = context.value
  const isRange = Array.isArray(value)
  if (isRange !== (operator === 'between')) {
    const reason = isRange ? 'Must be one number' : 'Must be two numbers, the lower one first'
    refuse(context, ['value'], reason)
  } else if (isRange && value[0] > value[1]) {
    refuse(context, ['value'], 'Must be two numbers, the lower one first')
  }
}

/** What somebody's messages weigh together in the time just past. */
export const pressure = z
  .strictObject({
    type: z.literal('pressure'),
    channel: oneOf(CHANNELS).optional(),
    tag: text.optional(),
    window: z.strictObject({ last: duration }, 'Must be {"last": duration}'),
    ...compared,
  })
  .check(checkRange)

/** What is left of a cap for somebody. */
export const budget = z
  .strictObject({ type: z.literal('budget'), cap: text, ...compared })
  .check(checkRange)
