import type { ComputedTrait } from '../../protocol/computed-trait.ts'
import type { Json } from '../../protocol/json.ts'
import { outlasting, type Evaluate, type EvaluateEvents, type Site } from '../condition.ts'
import type { Feature } from '../feature.ts'
import type { Accepts } from '../operator.ts'
import { compileMeasured, keepOf, MAX_ENTRIES, measuredFeature } from '../performed.ts'
import type { Verdict } from '../verdict.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import { computedGauge, computedTail } from './measures.ts'

/** By what a trait is computed, whatever it is called. */
export type By = Omit<ComputedTrait, 'key'>

export const byOf = ({ event, where, measure, property, window, purposes }: By): By => ({
  event,
  measure,
  ...(where !== undefined && { where }),
  ...(property !== undefined && { property }),
  ...(window !== undefined && { window }),
  ...(purposes !== undefined && { purposes }),
})

/**
 * Compiles a question about a computed trait: whether what it is passes. `bounds`: the numbers that matter, of a count
 * that is compared with numbers; undefined: all do.
 */
export function compileComputed(
  by: By,
  accepts: Accepts,
  bounds: readonly number[] | undefined,
  site: Site,
): Evaluate {
  const { purposes = [] } = by
  for (const purpose of purposes) site.reads.purposes.add(purpose)
  const ask = outlasting(by.window, site, (one) => compileAt(by, accepts, bounds, one))
  if (purposes.length === 0) return ask
  return (facts, now) => {
    let open = NEVER
    for (const purpose of purposes) {
      const { holds, until } = facts.consent(purpose)
      if (!holds) return { holds: accepts(undefined), until: NEVER } // only an event can grant it
      open = Math.min(open, until)
    }
    const { holds, until } = ask(facts, now)
    if (until <= open) return { holds, until }
    return { holds, until: accepts(undefined) === holds ? NEVER : open }
  }
}

function compileAt(
  by: By,
  accepts: Accepts,
  bounds: readonly number[] | undefined,
  site: Site,
): EvaluateEvents {
  const { measure, window } = by
  const feature = featureOf(by, bounds, site)
  return compileMeasured(
    feature,
    window,
    {
      tail: (entries) => computedTail(measure, entries),
      gauge: () => computedGauge(measure),
      most: measure === 'count' ? feature.keep : MAX_ENTRIES,
      // An empty sum is 0 as an empty count is.
      accepts: measure === 'sum' ? (value) => accepts(value ?? 0) : accepts,
    },
    site,
  )
}

/** What is kept of events for a computed trait. */
export function featureOf(
  by: By,
  bounds: readonly number[] | undefined,
  site: Pick<Site, 'features' | 'purposes' | 'reads'>,
): Feature {
  const { measure } = by
  const keep =
    measure === 'count' && bounds !== undefined
      ? keepOf({ ...by, measure, value: Math.max(0, ...bounds) })
      : measure === 'last'
        ? keepOf({ ...by, measure })
        : MAX_ENTRIES
  return measuredFeature(by, { measure, keep: Math.min(keep, MAX_ENTRIES) }, site)
}

/** What a trait is when it is asked, and until when. */
export class Reading {
  #value: Json | undefined
  #text: string | undefined
  #isRead = false

  /** The first value that is looked at is what it is now; what comes later is compared with it. */
  readonly accepts: Accepts = (value) => {
    if (!this.#isRead) {
      this.#isRead = true
      this.#value = value
      this.#text = JSON.stringify(value)
      return true
    }
    return value === this.#value || JSON.stringify(value) === this.#text
  }

  /** `ask`: a question that was compiled with `accepts`. */
  of(ask: () => Verdict): { readonly value: Json | undefined; readonly until: Millis } {
    this.#isRead = false
    const { until } = ask()
    return { value: this.#value, until }
  }
}
