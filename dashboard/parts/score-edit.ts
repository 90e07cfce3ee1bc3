import {
  isAppetence,
  NUMBER_OPERATORS,
  SCORES,
  type AppetenceScore,
  type Operator,
  type Score,
  type ScoreCondition,
} from '../../edge/protocol/condition.ts'
import { withOperator } from './test-value.ts'

const PRESENCE: readonly Operator[] = ['exists', 'not_exists']

/** How a score may be compared. */
export const operatorsOf = (score: Score): readonly Operator[] =>
  isNamed(score)
    ? ['in', 'not_in', ...PRESENCE]
    : [...NUMBER_OPERATORS.filter((operator) => operator !== 'not_equals'), ...PRESENCE]

/** It is a name, not a number. */
export const isNamed = (score: Score): boolean => score === 'rfm.cell' || score === 'best-channel'

const START: {
  readonly [S in Exclude<Score, AppetenceScore>]: Pick<ScoreCondition, 'operator' | 'value'>
} = {
  'rfm.recency': { operator: 'gte', value: 4 },
  'rfm.frequency': { operator: 'gte', value: 4 },
  'rfm.monetary': { operator: 'gte', value: 4 },
  'rfm.cell': { operator: 'in', value: ['champions'] },
  clv: { operator: 'gte', value: 100 },
  churn: { operator: 'gte', value: 0.5 },
  engagement: { operator: 'gte', value: 10 },
  'best-channel': { operator: 'in', value: ['email'] },
}
const startsAt = (score: Score) =>
  isAppetence(score) ? ({ operator: 'gte', value: 0.3 } as const) : START[score]

/** A line about a score, before anybody edits it. */
export const startOf = (score: Score): ScoreCondition => ({
  type: 'score',
  score,
  ...startsAt(score),
})

/** The same line by another operator. */
export function comparedBy(leaf: ScoreCondition, operator: Operator): ScoreCondition {
  const next = withOperator(leaf, operator)
  return next.value === undefined && !PRESENCE.includes(operator)
    ? { ...next, value: startsAt(leaf.score).value ?? 0 }
    : next
}

/** Scores to choose from: of appetence those of the channels that a workspace has. */
export const scoresOf = (channels: readonly string[]): readonly Score[] => [
  ...SCORES,
  ...channels.map((channel): AppetenceScore => `appetence.${channel}`),
]
