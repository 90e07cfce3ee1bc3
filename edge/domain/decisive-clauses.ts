import type { SegmentId } from '../protocol/id.ts'
import type { CompiledCatalog, CompiledSegment } from './compiled-catalog.ts'
import { canonical, type Leaf, type Spelled } from './leaf.ts'

type Compiled = Pick<CompiledCatalog, 'segments' | 'computed' | 'edge'>

const NOWHERE: readonly string[] = []

/** Made for a segment when somebody first crosses it. */
const known = new WeakMap<CompiledSegment, ReadonlyMap<Leaf, readonly string[]>>()

/**
 * The clauses that decided a crossing, as paths in the segment's condition, such as `condition.conditions.1`: of the
 * leaves that turned, each without whose turn nothing would have been crossed; all of them where none is such a one.
 * What turned within another segment is named by the clause that asks for that segment, and what stands for a clause, as
 * on a computed trait or the budget of a cap, by that clause.
 */
export function decisiveClauses(
  segment: CompiledSegment,
  compiled: Compiled,
  turned: readonly Leaf[],
  isHeld: (leaf: Leaf) => boolean,
): readonly string[] {
  const own = turned.length === 1 ? turned : turned.filter((leaf) => segment.leaves.has(leaf))
  const [only] = own
  // Whatever turned alone decided.
  if (only !== undefined && own.length === 1) return pathsOf(segment, compiled).get(only) ?? NOWHERE
  const after = segment.holds(isHeld)
  const needed = own.filter(
    (leaf) => segment.holds((one) => isHeld(one) !== (one === leaf)) !== after,
  )
  const paths = pathsOf(segment, compiled)
  const decisive = needed.length > 0 ? needed : own
  return [...new Set(decisive.flatMap((leaf) => paths.get(leaf) ?? []))]
}

const pathsOf = (
  segment: CompiledSegment,
  compiled: Compiled,
): ReadonlyMap<Leaf, readonly string[]> => known.get(segment) ?? findPaths(segment, compiled)

/** Where each leaf stands. Those that only ask for the segment's purposes or its stay stand nowhere. */
function findPaths(
  segment: CompiledSegment,
  { segments, computed, edge }: Compiled,
): ReadonlyMap<Leaf, readonly string[]> {
  const byText = new Map([...segment.leaves].map((leaf) => [canonical(leaf.condition), leaf]))
  const paths = new Map<Leaf, string[]>()
  const name = (leaf: Leaf, path: string) => {
    const named = paths.get(leaf) ?? []
    if (!named.includes(path)) paths.set(leaf, [...named, path])
  }
  // What stands for a clause is all named by it, however it is made.
  const walk = (condition: Spelled, path: string, isWhole = false): void => {
    const below = (step: string) => (isWhole ? path : `${path}.${step}`)
    switch (condition.type) {
      case 'all':
      case 'any':
        condition.conditions.forEach((child: Spelled, index) =>
          walk(child, below(`conditions.${index}`), isWhole),
        )
        return
      case 'not':
        return walk(condition.condition, below('condition'), isWhole)
      case 'segment':
        for (const leaf of segments.get(condition.segment as SegmentId)?.leaves ?? []) {
          name(leaf, path)
        }
        return
      default: {
        const spelled = edge?.spell(condition)
        if (spelled !== undefined) return walk(spelled, path, true)
        const leaf = byText.get(canonical(computed?.(condition)?.condition ?? condition))
        if (leaf !== undefined) name(leaf, path)
      }
    }
  }
  walk(segment.definition.condition, 'condition')
  known.set(segment, paths)
  return paths
}
