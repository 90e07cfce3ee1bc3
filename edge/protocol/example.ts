import type { ContextField } from './event.ts'
import type { JsonObject } from './json.ts'

/** Something an example person did. Events that are not a `track` go by their entry of `EVENT_NAMES`. */
export interface ExampleEvent {
  readonly event: string
  /** ISO 8601. */
  readonly timestamp: string
  readonly properties?: JsonObject
  readonly context?: { readonly [field in ContextField]?: string }
}

/** Somebody invented, or taken from a profile without what names them, about whom a segment must be right. */
export interface ExamplePerson {
  readonly name: string
  /** Whether they must be in the segment, or must not. */
  readonly matches: boolean
  /** The instant that is asked about, ISO 8601. What happens later counts for nothing. */
  readonly at: string
  readonly events: readonly ExampleEvent[]
  readonly traits?: JsonObject
  /** Accounts they belong to. */
  readonly accounts?: readonly { readonly id: string; readonly traits?: JsonObject }[]
  /** What they answered, before anything else, by purpose. */
  readonly consent?: { readonly [purpose: string]: boolean }
}

/** What one segment's examples may hold. `events`: of one person. `characters`: of all of them as JSON. */
export const EXAMPLE_LIMITS = {
  people: 20,
  events: 200,
  accounts: 20,
  characters: 200_000,
} as const
