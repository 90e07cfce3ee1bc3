import type { Condition } from './condition.ts'
import type { ExamplePerson } from './example.ts'

export const TRADES = ['shop', 'media', 'travel', 'b2b'] as const
export type Trade = (typeof TRADES)[number]

export const WORD_LANGUAGES = ['en', 'fr'] as const
export type WordLanguage = (typeof WORD_LANGUAGES)[number]
/** The same in each language. */
export type Words = { readonly [language in WordLanguage]: string }

/** What must be collected so that a condition can hold of anybody. */
export interface Needs {
  readonly events: readonly string[]
  /** Properties of these events. */
  readonly properties: readonly string[]
  readonly traits: readonly string[]
  /** Traits of accounts. */
  readonly accountTraits: readonly string[]
  /** Keys of other ready segments that it is made of. */
  readonly segments: readonly string[]
}

/** A value of the condition that each workspace sets for itself. */
export interface ReadyParameter {
  /** Place in the condition, such as `condition.conditions.0.value`. */
  readonly path: string
  readonly name: Words
}

/** A segment as `GET /api/segment-library` shows it: its condition and examples can be posted as they are. */
export interface ApiReadySegment {
  readonly key: string
  readonly trade: Trade
  readonly name: string
  /** What it is for. */
  readonly purpose: string
  readonly needs: Needs
  readonly parameters: readonly { readonly path: string; readonly name: string }[]
  readonly condition: Condition
  readonly examples: readonly ExamplePerson[]
}
