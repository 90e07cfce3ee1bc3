import { compile } from '../domain/condition.ts'
import { FeatureSet } from '../domain/feature.ts'
import { base32 } from '../domain/id.ts'
import type { Profile } from '../domain/profile.ts'
import { rebuildFeatures } from '../domain/rebuild.ts'
import { grantLifetime } from '../domain/consent.ts'
import { judgeAt } from '../domain/judge.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { Condition } from '../protocol/condition.ts'
import type { SegmentId } from '../protocol/id.ts'
import { randomBytes, type Shard } from './shard.ts'

/**
 * Evaluates a condition that is not saved over at most `sample` profiles, from their kept history. Ids are random,
 * so a run of neighbours from a random place on is a random sample.
 */
export function preview(
  shard: Shard,
  condition: Condition,
  purposes: readonly Purpose[],
  sample: number,
): { population: number; sampled: number; matched: number } {
  const population = shard.profiles.population()
  const features = new FeatureSet(shard.compiled.catalog.timezone)
  const { catalog } = shard.compiled
  const lifetime = grantLifetime(catalog)
  const place = {
    features,
    horizon: catalog.retention,
    zone: catalog.timezone,
    segments: (id: SegmentId) => shard.compiled.segments.get(id)?.definition,
  }
  const { evaluate } = compile(condition, place, purposes)
  const compiled = { ...shard.compiled, features, fingerprint: '' }
  const now = shard.now()
  const isMember = (profile: Profile): boolean => {
    rebuildFeatures(profile, shard.history.all(profile.id), compiled)
    return judgeAt(profile, lifetime, now, shard.compiled.accounts)({ evaluate, purposes }).holds
  }
  const start = population <= sample ? '' : `prf_${base32(randomBytes())}`
  const profiles = shard.profiles.page(start, sample)
  if (start !== '' && profiles.length < sample) {
    const known = new Set(profiles.map(({ id }) => id))
    const wrapped = shard.profiles.page('', sample - profiles.length)
    profiles.push(...wrapped.filter(({ id }) => !known.has(id)))
  }
  return { population, sampled: profiles.length, matched: profiles.filter(isMember).length }
}
