import type { ComputedTrait } from './computed-trait.ts'
import type { SegmentId } from './id.ts'
import type { Json } from './json.ts'

/** A computed trait as the administration shows it. */
export interface ApiComputedTrait extends Omit<ComputedTrait, 'purposes'> {
  readonly id: string
  readonly name: string
  readonly purposes: readonly string[]
  /** The segments that ask for it. */
  readonly segments: readonly { readonly id: SegmentId; readonly name: string }[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** What a computed trait is of a person now. */
export interface ApiComputedValue {
  /** Absent: there is none. */
  readonly value?: Json
  /** When time alone makes it another. */
  readonly until?: string
  readonly bounded: boolean
}

/** A computed trait of a person, with what it is made of. */
export interface ApiProfileTrait
  extends
    ApiComputedValue,
    Pick<
      ApiComputedTrait,
      'id' | 'key' | 'name' | 'event' | 'where' | 'measure' | 'property' | 'window'
    > {
  readonly purposes?: readonly string[]
}

/** What a definition would say of some people. */
export interface ApiComputedPreview {
  /** How many people were looked at, drawn at random. */
  readonly sampled: number
  /** How many of them have a value that is neither 0 nor absent. */
  readonly known: number
  /** Some of these. */
  readonly people: readonly (ApiComputedValue & { readonly profile: string })[]
}
