import type { CompiledCatalog, CompiledSegment } from './compiled-catalog.ts'
import type { FeatureSet } from './feature.ts'
import { canonical } from './leaf.ts'

/**
 * Whether a catalog only has more segments than another, which ask for nothing but events that none asked for before:
 * whoever did none of these stands as before. `fresh`: what is counted now and was not.
 */
export function onlyAdds(
  before: CompiledCatalog,
  after: CompiledCatalog,
  fresh: FeatureSet,
): boolean {
  if (settingsOf(before) !== settingsOf(after)) return false
  for (const [id, segment] of before.segments) {
    const present = after.segments.get(id)
    if (present === undefined || meaningOf(present, after) !== meaningOf(segment, before)) {
      return false
    }
  }
  for (const [id, segment] of after.segments) {
    if (!before.segments.has(id) && !isOfEventsAlone(segment, before, fresh)) return false
  }
  return true
}

const settingsOf = ({ catalog: { timezone, retention, consent } }: CompiledCatalog): string =>
  canonical([timezone, retention, consent])

/**
 * How somebody scores is asked of the whole population: what is found there is part of what a segment says. So is by what
 * a trait is computed that it names, and what a cap allows whom whose budget it asks for.
 */
function meaningOf(
  { definition: { condition, purposes, minimumStay }, leaves }: CompiledSegment,
  { catalog: { scoring, caps } }: CompiledCatalog,
): string {
  const isScored = [...leaves].some((leaf) => leaf.condition.type === 'score')
  const computed = [...leaves].flatMap((leaf) =>
    leaf.condition.type === 'computed' ? leaf.key : [],
  )
  const isCapped = [...leaves].some((leaf) => leaf.condition.type === 'left')
  return canonical([
    condition,
    purposes,
    minimumStay,
    computed,
    isScored && scoring,
    isCapped && caps,
  ])
}

function isOfEventsAlone(
  { leaves, holds }: CompiledSegment,
  before: CompiledCatalog,
  fresh: FeatureSet,
): boolean {
  for (const { key: leaf, isRestless, reads } of leaves) {
    // What was asked before stands already, though more may be kept for it now: by itself it turns no more.
    if (before.leaves.find(leaf) !== undefined) return false
    const { features, traits, context, purposes, accounts } = reads
    if (isRestless || accounts || traits.size + context.size + purposes.size > 0) return false
    for (const { key } of features) if (!fresh.has(key)) return false
  }
  return !holds(({ blank }) => blank.holds)
}
