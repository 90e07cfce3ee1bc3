import type { LifecycleCondition } from '../../edge/protocol/condition.ts'

/** The line about another habit. What happens for the first time has no periods before. */
export function withHabit(
  leaf: LifecycleCondition,
  is: LifecycleCondition['is'],
): LifecycleCondition {
  const { of: _, ...rest } = leaf
  return is === 'first-time' ? { ...rest, is } : { ...leaf, is }
}
