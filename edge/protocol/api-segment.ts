import type { ExitCount } from './segment-report.ts'
import type { Condition } from './condition.ts'
import type { ExamplePerson } from './example.ts'
import type { ApiReason } from './why.ts'

/** Segments as `/api/segments` takes and shows them. */
export interface SegmentInput {
  readonly name: string
  /** `[a-z0-9-]{1,64}`, unique in the workspace. Absent on POST: made from the name. */
  readonly key?: string
  readonly condition: Condition
  readonly public?: boolean
  /** Pages may judge it by themselves before consent: refused where a part of it needs more than a page's own events. */
  readonly onDevice?: boolean
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
  readonly onDevice: boolean
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
  /** How many were looked at. */
  readonly sampled: number
  /** With a 95 % interval. */
  readonly estimate: { readonly size: number; readonly low: number; readonly high: number }
  /** If everybody was looked at. */
  readonly exact?: number
  /** Some of those it holds for, and why. */
  readonly members: readonly ApiPreviewMember[]
}

export interface ApiPreviewMember {
  readonly profile: string
  readonly reasons: readonly ApiReason[]
}

/** What became of a segment in a range of time: `GET /api/segments/{id}/report`. */
export interface ApiSegmentReport {
  readonly by: 'hour' | 'day'
  readonly from: string
  readonly to: string
  /** IANA name, of the days. */
  readonly timezone: string
  readonly entered: number
  readonly exited: number
  /** Oldest first, without gaps; `causes` are those of the exits. */
  readonly periods: readonly {
    readonly at: string
    readonly size: number
    readonly entered: number
    readonly exited: number
    readonly causes: { readonly [cause: string]: number }
  }[]
  /** Why people left, the most frequent first. */
  readonly exits: readonly ExitCount[]
}
