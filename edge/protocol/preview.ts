import type { ComputedValue } from './computed-trait.ts'
import type { ProfileId } from './id.ts'
import type { Reason } from './why.ts'

/** What one shard's part of a sample says of a condition. */
export interface ShardPreview {
  readonly population: number
  /** Of profiles drawn at random, in the order of drawing: fewer than asked for if their histories are long. */
  readonly verdicts: readonly boolean[]
  /** Some of those that match. */
  readonly members: readonly ProfileId[]
}

/** What one shard's part of a sample says of a computed trait. */
export interface ShardComputed {
  readonly sampled: number
  /** Of how many it is neither 0 nor absent. */
  readonly known: number
  /** Some of these. */
  readonly people: readonly (ComputedValue & { readonly profile: ProfileId })[]
}

/** Somebody whom a condition holds for, and because of which parts of it. */
export interface PreviewMember {
  readonly profile: ProfileId
  readonly reasons: readonly Reason[]
}
