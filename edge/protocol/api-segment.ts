import type { Condition } from './condition.ts'
import type { ExamplePerson } from './example.ts'

/** Segments as `/api/segments` takes and shows them. */
export interface SegmentInput {
  readonly name: string
  /** `[a-z0-9-]{1,64}`, unique in the workspace. Absent on POST: made from the name. */
  readonly key?: string
  readonly condition: Condition
  readonly public?: boolean
  /** Only events count that were consented to for all of these, and only while they are granted. */
  readonly purposes?: readonly string[]
  /** How long whoever enters stays, ISO 8601. */
  readonly minimumStay?: string
  /** Absent on PUT: those it has stay. */
  readonly examples?: readonly ExamplePerson[]
}
export interface ApiSegment {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly condition: Condition
  readonly public: boolean
  readonly purposes: readonly string[]
  readonly minimumStay?: string
  readonly version: number
  readonly state: 'building' | 'live'
  /** 0 to 1 while building. */
  readonly progress?: number
  readonly size: number
  /** A new version stands beside it. */
  readonly candidate: boolean
  /** Absent in lists. */
  readonly examples?: readonly ExamplePerson[]
  readonly createdAt: string
  readonly updatedAt: string
}

export interface ApiPreview {
  readonly population: number
  /** With a 95 % interval. */
  readonly estimate: { readonly size: number; readonly low: number; readonly high: number }
  readonly exact?: number
}
