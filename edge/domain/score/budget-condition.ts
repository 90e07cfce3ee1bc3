import type { CapDefinition } from '../../protocol/touch.ts'
import type { Evaluate, Site } from '../condition.ts'
import type { EdgeOnly } from '../edge-only.ts'
import type { LeftCondition, Spelled } from '../leaf.ts'
import { SCALE, scaled } from '../measure.ts'
import { compileNumberTest } from '../number-test.ts'
import { courseOf } from './cap-course.ts'
import { touchFeature } from './ledger.ts'

/** Tells what stands for a condition on the budget of one of some caps. Of one that is gone nobody has anything left. */
export function spellingOf(caps: readonly CapDefinition[]): EdgeOnly['spell'] {
  const byId = new Map(caps.map((cap) => [cap.id as string, cap]))
  return (condition) => {
    if (condition.type !== 'budget') return undefined
    const { operator, value } = condition
    const cap = byId.get(condition.cap)
    if (cap === undefined) return any()
    const { channel, tag, window, onSite, enabled, thresholds } = cap
    const of = { ...(channel && { channel }), ...(tag !== undefined && { tag }), window, onSite }
    const left = (most: number | null): LeftCondition => ({
      type: 'left',
      of,
      most,
      operator,
      value,
    })
    if (!enabled) return left(null)
    // The first whose segment somebody is in, as the cap has it.
    return thresholds.reduceRight<Spelled>((otherwise, { segment, most }) => {
      const isIn = { type: 'segment', segment } as const
      return any(all(isIn, left(most)), all({ type: 'not', condition: isIn }, otherwise))
    }, left(cap.most))
  }
}

const any = (...conditions: readonly Spelled[]): Spelled => ({ type: 'any', conditions })
const all = (...conditions: readonly Spelled[]): Spelled => ({ type: 'all', conditions })

/**
 * Compiles a comparison of what is left of a limit. It stands until the instant at which so much has left the stretches
 * that hold the present, or come into one, that it turns.
 */
export function compileLeft({ of, most, ...test }: LeftCondition, site: Site): Evaluate {
  const accepts = compileNumberTest(test, site.zone)
  const limit = most === null ? Number.POSITIVE_INFINITY : scaled(most)
  const standing = courseOf(of, site.horizon)
  const feature = touchFeature(site.features)
  site.reads.features.add(feature)
  return (facts, now) => {
    const { pressure, turns, until } = standing(facts.entries(feature), now)
    const passes = (stands: number) => accepts(Math.max(limit - stands, 0) / SCALE)
    const holds = passes(pressure)
    const turn = turns.find((one) => passes(one.pressure) !== holds)
    return { holds, until: turn?.at ?? until }
  }
}
