import type { Condition } from './condition.ts'
import type { ExamplePerson } from './example.ts'

/** Of those whom a switch would move: who enters the segment by it, and who leaves it. */
export type Side = 'joiners' | 'leavers'

/** How many of those looked at so far a candidate holds, and whom it holds otherwise than its segment. */
export interface Comparison {
  readonly size: number
  readonly joiners: number
  readonly leavers: number
}

/** A new version of a segment, judged beside the one in force. */
export interface ApiCandidate extends Comparison {
  readonly id: string
  readonly condition: Condition
  readonly purposes: readonly string[]
  readonly minimumStay?: string
  /** `building`: not everybody was looked at yet, so the figures grow. */
  readonly state: 'building' | 'ready'
  /** 0 to 1 while building. */
  readonly progress?: number
  readonly createdAt: string
}

/** Condition and purposes that a segment may be switched to. */
export interface CandidateInput {
  readonly condition: Condition
  readonly minimumStay?: string
  /** People about whom it must be right. Absent: those the segment has. */
  readonly examples?: readonly ExamplePerson[]
  readonly purposes?: readonly string[]
}
