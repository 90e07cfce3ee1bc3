import type { AppetenceReaction, AppetenceSettings, HourBand, Reactions } from './appetence.ts'
import type { Shortage } from './population.ts'
import type { Millis } from './time.ts'

/** What is foretold, with the bounds of 80 % of what it may be. Absent: nothing is known. */
interface Foretelling {
  readonly probability?: number
  readonly low?: number
  readonly high?: number
}

export interface ProfileChannel extends Foretelling {
  readonly channel: string
  /** The consent that it needs. */
  readonly purpose: string
  readonly isConsented: boolean
  readonly isReachable: boolean
  /** Received, and those reacted to. */
  readonly messages: number
  readonly reacted: number
  /** What these count by now. */
  readonly counted?: Reactions
  readonly reactedAt?: Millis
  /** Too little was sent to everybody to say anything. */
  readonly notEnough?: Shortage
  /** Of somebody who received nothing. */
  readonly population?: number
  /** At least so large a share of people is less likely to react. */
  readonly above?: number
  readonly bands: readonly (Foretelling & {
    readonly band: HourBand
    readonly messages: number
    readonly reacted: number
  })[]
}

/** `only`: no other is open; `latest`: others are as likely, and it was reacted to last. */
export interface BestChannel {
  readonly channel: string
  readonly why: 'likeliest' | 'latest' | 'only'
}

export interface ProfileAppetence {
  readonly channels: readonly ProfileChannel[]
  readonly best?: BestChannel
  /** Absent: messages never lose their worth. */
  readonly halfLife?: Millis
  readonly reactions: readonly AppetenceReaction[]
  readonly prior: AppetenceSettings['prior']
}

/** The same with instants and durations as ISO 8601 text. */
export interface ApiProfileAppetence extends Omit<ProfileAppetence, 'channels' | 'halfLife'> {
  readonly halfLife?: string
  readonly channels: readonly (Omit<ProfileChannel, 'reactedAt'> & {
    readonly reactedAt?: string
  })[]
}
