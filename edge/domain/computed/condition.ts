import type { ComputedTrait } from '../../protocol/computed-trait.ts'
import { CLOCK_OPERATORS, type ClockTest, type Test } from '../../protocol/condition.ts'
import type { Json } from '../../protocol/json.ts'
import { NEVER } from '../../protocol/time.ts'
import { compileClockTest } from '../clock-test.ts'
import type { Computed, ComputedLookup, Evaluate, Site } from '../condition.ts'
import { compileTest, valueAt, type Accepts } from '../operator.ts'
import { byOf, compileComputed, Reading, type By } from './value.ts'

/** Times at which a trait becomes another, or its date comes nearer, that are looked beyond. */
const MOST_STEPS = 50

/** A trait that is computed, as a condition names it: `path` leads from it to what is asked. */
export interface Named {
  readonly trait: ComputedTrait
  readonly path: readonly string[]
}

/** Finds the computed trait that is named by its key, or by a path below it. */
export function finderOf(traits: readonly ComputedTrait[]): (name: string) => Named | undefined {
  const byKey = new Map(traits.map((trait) => [trait.key, trait]))
  return (name) => {
    const [key = '', ...path] = name.split('.')
    const trait = byKey.get(key)
    return trait && { trait, path }
  }
}

/** What conditions ask that name one of some traits; undefined: there are none. */
export function computedBy(traits: readonly ComputedTrait[] = []): ComputedLookup | undefined {
  if (traits.length === 0) return undefined
  const find = finderOf(traits)
  return (condition): Computed | undefined => {
    if (condition.type !== 'trait') return undefined
    const { trait: name, type: _, ...test } = condition
    const named = find(name)
    if (named === undefined) return undefined
    const { trait, path } = named
    const by = byOf(trait)
    return {
      condition: { type: 'computed', by, path, test },
      purposes: by.purposes ?? [],
      compile: (site) => compileQuestion(by, path, test, site),
    }
  }
}

function compileQuestion(
  by: By,
  path: readonly string[],
  test: Test | ClockTest,
  site: Site,
): Evaluate {
  const below = (value: Json | undefined) => (path.length === 0 ? value : valueAt(value, path))
  if (isClockTest(test)) return compileDated(by, below, test, site)
  const accepts = compileTest(test, site.zone)
  return compileComputed(
    by,
    remembered((value) => accepts(below(value))),
    boundsOf(test),
    site,
  )
}

const isClockTest = (test: Test | ClockTest): test is ClockTest =>
  (CLOCK_OPERATORS as readonly string[]).includes(test.operator)

/** A list stays the same one for long, and is looked at for each event that leaves it. */
function remembered(accepts: Accepts): Accepts {
  let last: Json | undefined
  let answer: boolean | undefined
  return (value) => {
    if (answer !== undefined && value === last) return answer
    last = value
    return (answer = accepts(value))
  }
}

/** The numbers that something is compared with; undefined: something else matters. */
function boundsOf({ operator, value }: Test): readonly number[] | undefined {
  if (operator === 'exists' || operator === 'not_exists') return []
  const all = (Array.isArray(value) ? value : [value]) as readonly (Json | undefined)[]
  return all.every((one) => typeof one === 'number') ? all : undefined
}

/** A date that is compared with now: the date may become another, and it comes nearer. */
function compileDated(
  by: By,
  below: (value: Json | undefined) => Json | undefined,
  test: ClockTest,
  site: Site,
): Evaluate {
  const compare = compileClockTest(test, site.zone)
  const reading = new Reading()
  const ask = compileComputed(by, reading.accepts, undefined, site)
  return (facts, now) => {
    let at = now
    let holds: boolean | undefined
    for (let step = 0; step < MOST_STEPS && at < NEVER; step++) {
      const { value, until } = reading.of(() => ask(facts, at))
      const verdict = compare(below(value), at)
      holds ??= verdict.holds
      if (verdict.holds !== holds) break
      at = Math.min(until, verdict.until)
    }
    return { holds: holds === true, until: at }
  }
}
