import { z } from 'zod'
import { CHANNEL_NAME } from '../protocol/appetence.ts'
import {
  isAppetence,
  NUMBER_OPERATORS,
  SCORES,
  type Operator,
  type Score,
} from '../protocol/condition.ts'
import { faultOfValue, refuse, testShape, type ShapedTest } from './condition-test.ts'

const PRESENCE: readonly Operator[] = ['exists', 'not_exists']
const OF_NUMBER: readonly Operator[] = [...NUMBER_OPERATORS, ...PRESENCE]
const OF_NAME: readonly Operator[] = ['equals', 'not_equals', 'in', 'not_in', ...PRESENCE]
/** Scores that are names, and of what. */
const NAMED: { readonly [S in Score]?: string } = {
  'rfm.cell': 'the key of a cell',
  'best-channel': 'the name of a channel',
}

const NO_SCORE = `Must be one of ${SCORES.join(', ')}, or appetence.<channel>`
const ofChannel = z.string(NO_SCORE).regex(new RegExp(`^appetence\\.${CHANNEL_NAME}$`), NO_SCORE)
const name = z.union([z.enum(SCORES), ofChannel], { error: NO_SCORE })

export const score = z
  .strictObject({ type: z.literal('score'), score: name, ...testShape })
  .check((context) => {
    const { operator, value, ignoreCase } = context.value
    const of = context.value.score as Score
    const operators = NAMED[of] === undefined ? OF_NUMBER : OF_NAME
    if (ignoreCase !== undefined) refuse(context, ['ignoreCase'], 'Scores have no case')
    if (!operators.includes(operator)) {
      refuse(context, ['operator'], `Must be one of ${operators.join(', ')}`)
      return
    }
    const reason = faultOfValue({ operator, value }) ?? faultOfScore(of, { operator, value })
    if (reason !== undefined) refuse(context, ['value'], reason)
  })

/** What a score may be compared with. */
function faultOfScore(of: Score, { operator, value }: ShapedTest): string | undefined {
  if (PRESENCE.includes(operator)) return undefined
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const named = NAMED[of]
  if (named !== undefined) {
    return values.every((one) => typeof one === 'string') ? undefined : `Must be ${named}`
  }
  if (!values.every((one): one is number => typeof one === 'number')) return 'Must be a number'
  const isProbability = of === 'churn' || isAppetence(of)
  return isProbability && values.some((one) => one < 0 || one > 1)
    ? 'Must be a probability, from 0 to 1'
    : undefined
}
