import type { ExperienceId, SegmentId } from './id.ts'
import type { JsonObject } from './json.ts'
import type { TouchDetails } from './touch.ts'

export interface Variation {
  readonly key: string
  /** Share of the traffic among the variations, any positive number. */
  readonly weight: number
  /** Data for the placement, inserted as text: never markup. */
  readonly content: JsonObject
}

/** An experience that presses on people like a message. */
export interface ExperienceTouch extends Omit<TouchDetails, 'transactional'> {
  /** Key of the variation that is shown once a cap is full: it presses on nobody. Absent: the page's own content. */
  readonly fallback?: string
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
  /** Caps that count what pages show count it. Absent: they do not. */
  readonly touch?: ExperienceTouch
  readonly enabled: boolean
}

export interface Decision {
  readonly placement: string
  readonly experience: string
  /** Absent in the control group. */
  readonly variation?: string
  readonly content?: JsonObject
  readonly reason: 'targeting-match' | 'split' | 'control' | 'capped'
  /** Key of the cap because of which something else is shown. */
  readonly cap?: string
  /** What it is known by in the person's history, if it presses on them. */
  readonly messageId?: string
}
