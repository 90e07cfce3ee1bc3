import type { Decision, ExperienceDefinition, Variation } from '../protocol/decision.ts'
import type { Catalog } from '../protocol/catalog.ts'
import type { SegmentId } from '../protocol/id.ts'

/**
 * A number in [0, 1) that is the same for the same person and experience for ever: FNV-1a, finished by the mixer of
 * MurmurHash3 so that neighbouring texts fall far apart.
 */
export function bucketOf(experience: string, subject: string): number {
  let hash = 0x811c9dc5
  const text = `${experience}/${subject}`
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

function pick(variations: readonly Variation[], share: number): Variation | undefined {
  const total = variations.reduce((sum, { weight }) => sum + weight, 0)
  let rest = share * total
  for (const variation of variations) {
    rest -= variation.weight
    if (rest < 0) return variation
  }
  return variations.at(-1)
}

/**
 * For each placement the experience of highest priority (then oldest id) whose segment the person is in.
 * Empty `placements` asks for all of them.
 */
export function decide(
  catalog: Pick<Catalog, 'experiences'>,
  isMember: (segment: SegmentId) => boolean,
  subject: string,
  placements: readonly string[],
): Decision[] {
  const wanted = placements.length > 0 ? new Set(placements) : undefined
  const best = new Map<string, ExperienceDefinition>()
  for (const experience of catalog.experiences) {
    const { enabled, placement, segment, priority } = experience
    if (!enabled || (wanted !== undefined && !wanted.has(placement))) continue
    if (segment !== undefined && !isMember(segment)) continue
    const rival = best.get(placement)
    if (rival === undefined || priority > rival.priority) best.set(placement, experience)
  }
  return [...best.values()].map((experience) => decideOne(experience, subject))
}

function decideOne(experience: ExperienceDefinition, subject: string): Decision {
  const { id, key, placement, variations, control, segment } = experience
  // Two independent draws: who is in the control group must not depend on the number of variations.
  if (bucketOf(`${id}/control`, subject) < control) {
    return { placement, experience: key, reason: 'control' }
  }
  const variation = pick(variations, bucketOf(id, subject))
  if (variation === undefined) return { placement, experience: key, reason: 'control' }
  return {
    placement,
    experience: key,
    variation: variation.key,
    content: variation.content,
    reason: segment === undefined && variations.length > 1 ? 'split' : 'targeting-match',
  }
}
