import type { ExperienceId, SegmentId } from './id.ts'
import type { JsonObject } from './json.ts'

export interface Variation {
  readonly key: string
  /** Share of the traffic among the variations, any positive number. */
  readonly weight: number
  /** Data for the placement, inserted as text: never markup. */
  readonly content: JsonObject
}

/** What one placement of a page shows to members of a segment. */
export interface ExperienceDefinition {
  readonly id: ExperienceId
  readonly key: string
  readonly name: string
  readonly placement: string
  /** Absent: everybody. */
  readonly segment?: SegmentId
  readonly variations: readonly Variation[]
  /** Share of people, 0 to 1, who see the page's own content, so that the effect can be measured. */
  readonly control: number
  /** Among experiences that apply to a placement the highest wins. */
  readonly priority: number
  readonly enabled: boolean
}

export interface Decision {
  readonly placement: string
  readonly experience: string
  /** Absent in the control group. */
  readonly variation?: string
  readonly content?: JsonObject
  readonly reason: 'targeting-match' | 'split' | 'control'
}
