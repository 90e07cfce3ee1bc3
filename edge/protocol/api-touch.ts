import type { Channel } from './reaction.ts'
import type { PressureLevels } from './touch.ts'

/** The rule that a touch would break. */
export interface ApiTouchRefusal {
  /** Key of the cap. */
  readonly cap: string
  readonly name: string
  readonly most: number
  readonly pressure: number
  readonly weight: number
  /** Null: never. */
  readonly freeAt: string | null
}

export interface CapInput {
  readonly name: string
  readonly key?: string
  readonly channel?: Channel | null
  readonly tag?: string | null
  /** ISO 8601, `P365D` at most. */
  readonly window: string
  /** 0: none is allowed. */
  readonly most: number
  readonly thresholds?: readonly { readonly segment: string; readonly most: number }[]
  readonly onSite?: boolean
  readonly enabled?: boolean
}

export interface ApiCap {
  readonly id: string
  readonly key: string
  readonly name: string
  readonly channel: Channel | null
  readonly tag: string | null
  readonly window: string
  readonly most: number
  readonly thresholds: readonly { readonly segment: string; readonly most: number }[]
  readonly onSite: boolean
  readonly enabled: boolean
  /** What it comes to, in a sentence. */
  readonly meaning: string
  readonly createdAt: string
  readonly updatedAt: string
}

/** A message that takes a place, or is to. */
export interface ApiTouch {
  /** Null: it was told without one. */
  readonly messageId: string | null
  readonly channel: string
  readonly weight: number
  readonly tags: readonly string[]
  readonly at: string
  readonly state: 'sent' | 'planned'
  /** False: no cap counts it. */
  readonly counts: boolean
}

export interface ApiTouches {
  readonly items: readonly ApiTouch[]
  /** How each cap stands. */
  readonly pressure: readonly ApiPressure[]
}

/** `GET /api/reports/pressure` */
export interface ApiPressureReport {
  readonly at: string
  readonly days: number
  readonly population: number
  /** How many people were looked at. */
  readonly sampled: number
  readonly caps: readonly {
    readonly id: string
    readonly key: string
    readonly name: string
    readonly allowed: number
    readonly refused: number
    /** Null: it is switched off. */
    readonly people: PressureLevels | null
  }[]
}

export interface ApiPressure {
  readonly cap: string
  readonly name: string
  /** What it allows this person. */
  readonly most: number
  /** What stands in the fullest stretch that holds the present. */
  readonly pressure: number
  readonly remaining: number
  /** When a touch of weight 1 has room; null: never; absent: now. */
  readonly freeAt?: string | null
}
