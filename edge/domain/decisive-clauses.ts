import type { Condition } from '../protocol/condition.ts'
import type { CompiledSegment } from './compiled-catalog.ts'
import { canonical, type Leaf } from './leaf.ts'

/** Made for a segment when somebody first crosses it. */
const known = new WeakMap<CompiledSegment, ReadonlyMap<Leaf, readonly string[]>>()

/**
 * The clauses that decided a crossing, as paths in the segment's condition, such as `condition.conditions.1`: of the
 * leaves that turned, each without whose turn nothing would have been crossed; all of them where none is such a one.
 */
export function decisiveClauses(
  segment: CompiledSegment,
  turned: readonly Leaf[],
  isHeld: (leaf: Leaf) => boolean,
): readonly string[] {
  const own = turned.filter((leaf) => segment.leaves.has(leaf))
  const after = segment.holds(isHeld)
  const needed = own.filter(
    (leaf) => segment.holds((one) => isHeld(one) !== (one === leaf)) !== after,
  )
  const paths = pathsOf(segment)
  const decisive = needed.length > 0 ? needed : own
  return decisive.flatMap((leaf) => paths.get(leaf) ?? [])
}

/** Where each leaf stands. Those that only ask for the segment's purposes stand nowhere. */
function pathsOf(segment: CompiledSegment): ReadonlyMap<Leaf, readonly string[]> {
  const present = known.get(segment)
  if (present !== undefined) return present
  const byText = new Map([...segment.leaves].map((leaf) => [canonical(leaf.condition), leaf]))
  const paths = new Map<Leaf, string[]>()
  const walk = (condition: Condition, path: string): void => {
    switch (condition.type) {
      case 'all':
      case 'any':
        condition.conditions.forEach((child, index) => walk(child, `${path}.conditions.${index}`))
        return
      case 'not':
        return walk(condition.condition, `${path}.condition`)
      default: {
        const leaf = byText.get(canonical(condition))
        if (leaf !== undefined) paths.set(leaf, [...(paths.get(leaf) ?? []), path])
      }
    }
  }
  walk(segment.definition.condition, 'condition')
  known.set(segment, paths)
  return paths
}
