import type { PressureCondition } from '../../protocol/condition.ts'
import { parseDuration } from '../../protocol/duration.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { Evaluate, Site } from '../condition.ts'
import { instantOf, placeOf } from '../entry.ts'
import { SCALE, scaled } from '../measure.ts'
import { compileNumberTest } from '../number-test.ts'
import type { Accepts } from '../operator.ts'
import type { Verdict } from '../verdict.ts'
import { ledgerAt, touchFeature, type LedgerTouch } from './ledger.ts'

/**
 * Compiles a comparison of what a person's messages weigh together in a window. It stands until the instant at which so
 * much of them has left the window that it turns.
 */
export function compilePressure(condition: PressureCondition, site: Site): Evaluate {
  const { channel, tag } = condition
  const span = parseDuration(condition.window.last) ?? NEVER
  const accepts = compileNumberTest(condition, site.zone)
  const feature = touchFeature(site.features, site.purposes)
  site.reads.features.add(feature)
  const isMeant = (touch: LedgerTouch): boolean =>
    touch.counts &&
    (channel === undefined || touch.channel === channel) &&
    (tag === undefined || touch.tags.includes(tag))
  return (facts, now) => {
    const entries = facts.entries(feature)
    const leaving = ledgerAt(entries, now)
      .sent.filter(isMeant)
      .map(({ at, keptFrom, weight }) => ({
        at: Math.min(at + span, keptFrom + site.horizon),
        weight: scaled(weight),
      }))
      .filter(({ at }) => at > now)
      .sort((a, b) => a.at - b.at)
    const { holds, until } = untilLeft(leaving, accepts)
    // Clocks may be set back: what is said of a message later than now counts from then on.
    const next = entries[placeOf(entries, now + 1)]
    return { holds, until: next === undefined ? until : Math.min(until, instantOf(next)) }
  }
}

/** The verdict on a sum whose parts leave it one after the other. */
function untilLeft(
  leaving: readonly { readonly at: Millis; readonly weight: number }[],
  accepts: Accepts,
): Verdict {
  let sum = leaving.reduce((all, { weight }) => all + weight, 0)
  const holds = accepts(sum / SCALE)
  for (const [place, { at, weight }] of leaving.entries()) {
    sum -= weight
    if (leaving[place + 1]?.at === at) continue
    if (accepts(sum / SCALE) !== holds) return { holds, until: at }
  }
  return { holds, until: NEVER }
}
