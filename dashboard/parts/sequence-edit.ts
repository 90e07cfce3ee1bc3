import type { SequenceCondition, SequenceStep } from '../../edge/protocol/condition.ts'

/** The line with other steps. There is nothing before the first: it loses what it says of the step before. */
export function withSteps(
  leaf: SequenceCondition,
  [first, ...rest]: readonly SequenceStep[],
): SequenceCondition {
  if (first === undefined) return { ...leaf, steps: [] }
  const { within: _, immediately: __, ...start } = first
  return { ...leaf, steps: [start, ...rest] }
}

/** A bound of the line or of a step, or without it. */
export function withBound<T extends object, K extends keyof T>(
  whole: T,
  key: K,
  value: T[K] | undefined,
): T {
  const { [key]: _, ...rest } = whole
  return (value === undefined ? rest : { ...rest, [key]: value }) as T
}
