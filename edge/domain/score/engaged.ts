import type { EventRecord } from '../../protocol/event.ts'
import type { EngagementSettings } from '../../protocol/score.ts'
import type { Millis } from '../../protocol/time.ts'
import type { CompiledCatalog } from '../compiled-catalog.ts'
import type { Facts } from '../condition.ts'
import { grantLifetime } from '../consent.ts'
import { FeatureSet, type Feature } from '../feature.ts'
import { KnownFacts } from '../known-facts.ts'
import { decodeProfile, encodeProfile, type Profile } from '../profile.ts'
import { rebuildFeatures } from '../rebuild.ts'
import { contributionsOf, engagementAt, engagementFeature, standing } from './engagement.ts'

/** What one kind of event adds to somebody's engagement. */
export interface Engaged {
  readonly event: string
  readonly weight: number
  readonly count: number
  readonly value: number
}

interface Kind {
  readonly event: string
  readonly weight: number
  readonly feature: Feature
}

/** `zone`: IANA name, in which days begin. */
export const kindsOf = (
  { weights }: EngagementSettings,
  features: FeatureSet,
  zone: string,
): readonly Kind[] =>
  Object.entries(weights).map(([event, weight]) => ({
    event,
    weight,
    feature: engagementFeature(features, event, zone),
  }))

/** By kind of event, from what is kept of each. */
export const engagedAt = (
  facts: Pick<Facts, 'entries'>,
  kinds: readonly Kind[],
  { halfLife }: EngagementSettings,
  { timezone, retention }: CompiledCatalog['catalog'],
  now: Millis,
): readonly Engaged[] =>
  kinds.map(({ event, weight, feature }) => {
    const all = contributionsOf(facts.entries(feature), weight, timezone)
    const own = standing(all, retention, now)
    return { event, weight, count: own.length, value: engagementAt(own, halfLife, now) }
  })

/** Somebody's engagement, from their whole history. */
export function engagementFrom(
  person: Profile,
  history: Iterable<EventRecord>,
  compiled: CompiledCatalog,
  settings: EngagementSettings,
  now: Millis,
): number {
  const { catalog, accounts } = compiled
  const features = new FeatureSet(catalog.timezone)
  const kinds = kindsOf(settings, features, catalog.timezone)
  const copy = decodeProfile(encodeProfile(person))
  rebuildFeatures(copy, history, { features, fingerprint: '' })
  const facts = new KnownFacts(copy, grantLifetime(catalog), now, accounts)
  return engagedAt(facts, kinds, settings, catalog, now).reduce((sum, { value }) => sum + value, 0)
}
