import type { CapId, SegmentId } from './id.ts'
import type { Channel } from './reaction.ts'
import { DAY, type Millis } from './time.ts'

/** Events of touches beside what becomes of messages: one that is to come, and one that will not. */
export const TOUCH_EVENTS = { planned: 'Message Planned', released: 'Message Released' } as const

/** What a touch weighs that says nothing of it, and what it may weigh at most. */
export const DEFAULT_WEIGHT = 1
export const MAX_WEIGHT = 100
export const MAX_TAGS = 10

/** What a cap may allow, and over how long: within it all that is said of messages is kept. */
export const MAX_MOST = 200
export const MAX_CAP_WINDOW: Millis = 365 * DAY

/** What somebody who may be sent something wants to send. */
export interface TouchDetails {
  /** Above 0, `MAX_WEIGHT` at most. Absent: 1. */
  readonly weight?: number
  readonly tags?: readonly string[]
  /** Ignores caps, and does not count for them. */
  readonly transactional?: boolean
}

/** Of a cap with thresholds the first whose segment somebody is in stands in the place of `most`. */
export interface CapThreshold {
  readonly segment: SegmentId
  readonly most: number
}

/** At most `most` weight in any stretch of time of the length `window`. */
export interface CapDefinition {
  readonly id: CapId
  readonly key: string
  readonly name: string
  /** Absent: all channels. */
  readonly channel?: Channel
  /** Only messages that bear it. Absent: all. */
  readonly tag?: string
  /** ISO 8601, `P365D` at most. */
  readonly window: string
  /** 0: none is allowed. */
  readonly most: number
  readonly thresholds: readonly CapThreshold[]
  /** What pages show counts, and is refused. */
  readonly onSite: boolean
  readonly enabled: boolean
}

/** The rule that a touch would break. */
export interface TouchRefusal {
  /** Key of the cap. */
  readonly cap: string
  readonly name: string
  /** What it allows this person. */
  readonly most: number
  /** What stands where it would be most. */
  readonly pressure: number
  /** Of what was refused. */
  readonly weight: number
  /** When it would be allowed if nothing else happened. Absent: never. */
  readonly freeAt?: Millis
}

/** Asks whether a message may be sent, and takes its place if it may. */
export interface TouchAsk extends TouchDetails {
  /** On whose behalf, as conditions on reactions know it. */
  readonly campaign?: { readonly id: string; readonly name: string }
  readonly messageId: string
  readonly channel: Channel
  /** In the future: planned. */
  readonly at?: Millis
}

/** Ids of messages: printable ASCII. */
export const ACCEPTED_ID = /^[!-~]{1,100}$/

/** How a cap stands for somebody. */
export interface CapBudget {
  readonly id: CapId
  readonly cap: string
  readonly name: string
  readonly most: number
  /** What stands in the fullest stretch that holds the present. */
  readonly pressure: number
  readonly remaining: number
  /** When a touch of weight 1 has room. Null: never. Absent: now. */
  readonly freeAt?: Millis | null
}

export const PRESSURE_LEVELS = ['none', 'low', 'high', 'full'] as const

/** People by how much of what a cap allows stands: nothing, less than half, less than all, all. */
export type PressureLevels = { readonly [Level in (typeof PRESSURE_LEVELS)[number]]: number }

/** How often a cap was asked with which end. */
export interface CapTally {
  readonly cap: CapId
  readonly allowed: number
  readonly refused: number
}

/** What a shard knows of caps: of so many of its people, drawn at random. */
export interface ShardPressure {
  readonly population: number
  readonly sampled: number
  readonly tallies: readonly CapTally[]
  readonly levels: readonly { readonly cap: CapId; readonly people: PressureLevels }[]
}

/** What takes its place of somebody, newest first, and how each cap stands. */
export interface PersonTouches {
  readonly touches: readonly StandingTouch[]
  readonly budgets: readonly CapBudget[]
}

/** A touch as it stands. */
export interface StandingTouch {
  readonly messageId?: string
  readonly channel: string
  readonly weight: number
  readonly tags: readonly string[]
  readonly at: Millis
  readonly state: 'sent' | 'planned'
  /** False: no cap counts it. */
  readonly counts: boolean
}

export type TouchAnswer =
  | { readonly type: 'allowed'; readonly touch: StandingTouch; readonly isNew: boolean }
  | { readonly type: 'refused'; readonly refusal: TouchRefusal }
