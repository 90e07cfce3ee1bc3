import type { LeafCondition, Spelled } from './leaf.ts'
import type { Evaluate, Place, Site } from './condition.ts'
import type { Feature } from './feature.ts'

/**
 * What only the edge can judge. It is handed to whoever compiles there, and so is no part of what browsers load to judge
 * by themselves.
 */
export interface EdgeOnly {
  /** Features that are kept whether or not a condition asks; answers that of orders, where anybody is scored. */
  readonly keep: (place: Place) => Feature | undefined
  /**
   * What is compiled in the place of a condition that names a definition of the edge's, as on the budget of a cap: which
   * limit is for whom, and what is left of it. It is the same whatever a segment that asks rests on. Undefined: it stands
   * for itself.
   */
  readonly spell: (condition: Spelled) => Spelled | undefined
  /** Undefined: it is no condition of these. */
  readonly compile: (condition: LeafCondition, site: Site) => Evaluate | undefined
}
