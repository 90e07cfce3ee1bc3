import type { ComputedTrait, ComputedValue } from '../../protocol/computed-trait.ts'
import type { EventRecord } from '../../protocol/event.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { CompiledCatalog } from '../compiled-catalog.ts'
import { noReads, type Evaluate } from '../condition.ts'
import { grantLifetime } from '../consent.ts'
import { instantOf } from '../entry.ts'
import { FeatureSet } from '../feature.ts'
import { judgeAt } from '../judge.ts'
import { MAX_ENTRIES } from '../performed.ts'
import { decodeProfile, encodeProfile, type Profile } from '../profile.ts'
import { rebuildFeatures } from '../rebuild.ts'
import { isInWindow } from '../window.ts'
import { byOf, compileComputed, featureOf, Reading } from './value.ts'

/** What some computed traits are of a person, from their whole history; in the order of the traits. */
export function computedValues(
  person: Profile,
  history: Iterable<EventRecord>,
  traits: readonly ComputedTrait[],
  { catalog, accounts }: CompiledCatalog,
  now: Millis,
): readonly ComputedValue[] {
  if (traits.length === 0) return []
  const { timezone: zone, retention: horizon } = catalog
  const features = new FeatureSet(zone)
  const questions = traits.map((trait) => {
    const by = byOf(trait)
    const { purposes = [], window } = by
    const reading = new Reading()
    const site = { features, horizon, zone, purposes, reads: noReads(), segments: () => undefined }
    const feature = featureOf(by, undefined, site)
    const ask = compileComputed(by, reading.accepts, undefined, site)
    return (judge: ReturnType<typeof judgeAt>): ComputedValue => {
      let bounded = false
      const evaluate: Evaluate = (facts, at) => {
        const entries = facts.entries(feature)
        const [oldest] = entries
        if (at === now && oldest !== undefined && entries.length >= MAX_ENTRIES) {
          bounded = isInWindow(window, instantOf(oldest), now, zone)
        }
        return ask(facts, at)
      }
      const { value, until } = reading.of(() => judge({ evaluate }))
      return {
        bounded,
        ...(value !== undefined && { value }),
        ...(until < NEVER && { until }),
      }
    }
  })
  const copy = decodeProfile(encodeProfile(person))
  rebuildFeatures(copy, history, { features, fingerprint: '' })
  const judge = judgeAt(copy, grantLifetime(catalog), now, accounts)
  return questions.map((question) => question(judge))
}
