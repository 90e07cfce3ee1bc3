import type { TraitCondition } from '../condition.ts'
import type { Named } from '../computed/condition.ts'
import type { Json } from '../../protocol/json.ts'
import type { Flip } from '../../protocol/why.ts'
import { agesIn, MOST_EVENTS, performedFlips, saying, type Ground } from './behaviour-flips.ts'
import { withValueAt } from './witness.ts'

/** Events that may make a computed trait another. `values`: that may turn the comparison with it. */
export function computedFlips(
  { trait, path }: Named,
  { operator, ...rest }: TraitCondition,
  values: readonly (Json | undefined)[],
  ground: Ground,
): readonly Flip[] {
  const { measure, property, window } = trait
  const value = 'value' in rest ? rest.value : undefined
  if (property === undefined || isNumber(measure)) {
    const isPlain = operator !== 'exists' && operator !== 'not_exists'
    return performedFlips(
      {
        ...trait,
        type: 'performed',
        measure: isNumber(measure) ? measure : 'count',
        operator: 'equals',
        value: isPlain ? (value ?? 1) : 1,
      },
      ground,
    )
  }
  // What most events have, some more may make another.
  const most = measure === 'most_frequent' ? MOST_EVENTS : 1
  return agesIn(window, ground).flatMap((ago) =>
    values
      .filter((one): one is Json => one !== undefined)
      .flatMap((one) => {
        const known = withValueAt({}, [...property.split('.'), ...path], one)
        const [said] = saying(trait, ground, ago, known)
        if (said === undefined) return []
        return Array.from({ length: most }, (_, count): Flip => ({
          sayings: Array.from({ length: count + 1 }, () => said),
          wait: 0,
        }))
      }),
  )
}

const NUMBERS = ['count', 'sum', 'avg', 'min', 'max', 'distinct'] as const
const isNumber = (measure: string): measure is (typeof NUMBERS)[number] =>
  (NUMBERS as readonly string[]).includes(measure)
