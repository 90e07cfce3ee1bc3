import type { Purpose } from './consent.ts'
import type { FitPoint, QuantileSketch, Shortage } from './population.ts'
import type { Reaction } from './reaction.ts'
import type { Millis } from './time.ts'

/** What of a message's fate may count as a reaction to it. */
export const APPETENCE_REACTIONS = [
  'opened',
  'clicked',
  'converted',
  'seen',
] as const satisfies readonly Reaction[]
export type AppetenceReaction = (typeof APPETENCE_REACTIONS)[number]

/** Hours of the day, by the clock of who gets the message: `from` on, and before the next band's. */
export const HOUR_BANDS = [
  { band: 'night', from: 0 },
  { band: 'morning', from: 6 },
  { band: 'afternoon', from: 12 },
  { band: 'evening', from: 18 },
] as const
export type HourBand = (typeof HOUR_BANDS)[number]['band']

/** Pattern of names of channels. */
export const CHANNEL_NAME = '[a-z][a-z0-9-]{0,39}'

/** How people are reached on a channel, and what they must have agreed to. */
export interface ChannelRules {
  readonly purpose: Purpose
  /** Kinds of identifiers and names of traits: one of them is enough. */
  readonly identifiers: readonly string[]
  readonly traits: readonly string[]
}

/** How it is told how likely people react to messages. */
export interface AppetenceSettings {
  /** After so long a message is worth half. Absent: it never loses any of its worth. */
  readonly halfLife?: Millis
  readonly reactions: readonly AppetenceReaction[]
  /** Share of people's messages that go to the channel that was tried least, 0 to 1. */
  readonly exploration: number
  /** `population`: what is known of somebody is held against all others; `none`: it is the plain share. */
  readonly prior: 'population' | 'none'
  readonly channels: { readonly [channel: string]: ChannelRules }
}

export const APPETENCE_SETTINGS: AppetenceSettings = {
  halfLife: 90 * 86_400_000,
  reactions: ['opened', 'clicked', 'converted'],
  exploration: 0.05,
  prior: 'population',
  channels: {
    email: { purpose: 'email', identifiers: ['email'], traits: ['email'] },
    sms: { purpose: 'sms', identifiers: ['phone'], traits: ['phone'] },
    push: { purpose: 'push', identifiers: ['pushToken'], traits: ['pushToken'] },
  },
}

/** Bounds of settings. */
export const APPETENCE_LIMITS = { channels: 10, ways: 10 } as const

/**
 * Messages and those reacted to, of which each counts less with age: as many equal ones as tell as much (Kish's
 * effective sample size), each worth what the latest of them is.
 */
export interface Reactions {
  readonly messages: number
  readonly reacted: number
}

/** How rates of reaction are spread among people: Beta(reacted, ignored), each above 0; both 0 for no prior at all. */
export interface Prior {
  readonly reacted: number
  readonly ignored: number
}

/**
 * What is said of people's probability to react, and what share of them really does: points of a line that rises from
 * (0, 0) to (1, 1), straight between them. Empty: what is said is meant.
 */
export type Calibration = readonly (readonly [said: number, meant: number])[]

/** What was found of a channel. */
export interface ChannelFacts {
  readonly prior: Prior
  /** Absent: what is said is meant. */
  readonly calibration?: Calibration
  /** In the order of `HOUR_BANDS`. */
  readonly bands: readonly Reactions[]
  /** Probabilities at nine tenths of those who received something, in rising order. Absent: not looked for. */
  readonly tenths?: readonly number[]
}

/** By channel, of those on which anything was sent. */
export interface AppetenceFacts {
  readonly [channel: string]: ChannelFacts | Shortage
}

/**
 * People who are alike, those of whom the same is known: sums of their messages, of those reacted to, and of what each of
 * them counts. Lists of parts of a population are joined by adding what has the same cell.
 */
export type ReactionCells = readonly (readonly [
  cell: string,
  people: number,
  messages: number,
  reacted: number,
])[]

/** What a part of the population tells of a channel. */
export interface ChannelStatistics {
  /** Who received something, how many messages, and how many of those were reacted to, each counted as one. */
  readonly people: number
  readonly messages: number
  readonly reacted: number
  readonly cells: ReactionCells
  readonly bands: readonly Reactions[]
  /** The same of `CALIBRATION_SPAN` before. */
  readonly before: {
    readonly messages: number
    readonly cells: ReactionCells
  }
}
export interface AppetenceStatistics {
  readonly [channel: string]: ChannelStatistics
}

/** What was foretold so long ago is compared with what happened since. */
export const CALIBRATION_SPAN: Millis = 30 * 86_400_000

/** What is asked of every person once all are known: by what was found now, and by what was to be found before. */
export interface AppetenceQuestion {
  readonly now: AppetenceFacts
  readonly before: AppetenceFacts
}

/** Messages of which much the same was foretold: how much in all, how many, and how many were reacted to. */
export type Foretold = readonly (readonly [
  place: number,
  messages: number,
  predicted: number,
  reacted: number,
])[]

/** How a channel's people are spread over what was found. */
export interface ChannelSpread {
  readonly probabilities: QuantileSketch
  readonly foretold: Foretold
}
export interface AppetenceSpread {
  readonly [channel: string]: ChannelSpread
}

/** A part of the messages, by what was foretold of them: the share that is expected and the one that was. */
export interface CalibrationPoint extends FitPoint {
  readonly messages: number
}

/** What is told of a channel. */
export interface ChannelReport {
  readonly people: number
  readonly messages: number
  readonly reacted: number
  readonly facts: ChannelFacts | Shortage
  /** People by probability, in twenty equal parts from 0 to 1. */
  readonly histogram: readonly number[]
  /** Tenths of the messages since, from the least likely to the likeliest; fewer where too little was sent. */
  readonly calibration: readonly CalibrationPoint[]
  /** Messages before and since: what was foretold is told of no fewer than `ENOUGH_MESSAGES` of each. */
  readonly compared: { readonly before: number; readonly since: number }
}
export interface AppetenceReport {
  readonly [channel: string]: ChannelReport
}
