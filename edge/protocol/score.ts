import type { AppetenceSettings } from './appetence.ts'
import type { Millis } from './time.ts'

/** What of a workspace's events are orders, and in which money they are counted. */
export interface OrderRules {
  /** Names of events, each of which is an order. */
  readonly completed: readonly string[]
  /** Names of events that give some of an order's amount back, or all of it where they name none. */
  readonly refunded: readonly string[]
  /** Names of events that take a whole order back. */
  readonly cancelled: readonly string[]
  /** Properties that hold the amount: the first that an event has. */
  readonly amount: readonly string[]
  /** ISO 4217 code of the money that all amounts are told in. */
  readonly currency: string
  /** What one unit of another currency is worth in that money. Amounts in any other currency are not counted. */
  readonly rates: { readonly [currency: string]: number }
}

/** Names and properties of Segment's e-commerce events. */
export const ORDER_RULES: OrderRules = {
  completed: ['Order Completed'],
  refunded: ['Order Refunded'],
  cancelled: ['Order Cancelled'],
  amount: ['revenue', 'total', 'value'],
  currency: 'EUR',
  rates: {},
}

/** Why the amount of an order is not known. */
export const AMOUNT_FAULTS = ['missing', 'negative', 'currency'] as const
export type AmountFault = (typeof AMOUNT_FAULTS)[number]

/** What is measured of a customer: whole days since the last order, orders, and what they came to. */
export interface RfmValues {
  readonly recency: number
  readonly frequency: number
  readonly monetary: number
}
export type RfmAxis = keyof RfmValues
export const RFM_AXES: readonly RfmAxis[] = ['recency', 'frequency', 'monetary']

/** Of each axis the values at which the next bin begins, in rising order: one fewer than bins. */
export type RfmCutPoints = { readonly [A in RfmAxis]: readonly number[] }

/** Of each axis a bin from 1, the worst, to the best: the longer ago the worse. */
export type RfmScores = RfmValues

export type BinRange = readonly [from: number, to: number]

/** A named part of the grid: all scores within its ranges, both ends included. */
export interface RfmCell {
  /** Of a built-in one, the key of its texts too. */
  readonly key: string
  /** Absent: the built-in one. */
  readonly name?: string
  /** What it says of those who are in it, and what to do about it. Absent: as built in. */
  readonly meaning?: string
  readonly action?: string
  readonly recency: BinRange
  readonly frequency: BinRange
  readonly monetary: BinRange
}

/**
 * The cells of a new workspace. The first that matches wins: who is in none is in `others`. Source of the ranges: the
 * R package rfm, test-rfm-segment.R.
 */
export const RFM_CELLS: readonly RfmCell[] = [
  { key: 'champions', recency: [4, 5], frequency: [4, 5], monetary: [4, 5] },
  { key: 'loyal', recency: [2, 5], frequency: [3, 5], monetary: [3, 5] },
  { key: 'potential-loyalist', recency: [3, 5], frequency: [1, 3], monetary: [1, 3] },
  { key: 'new', recency: [4, 5], frequency: [1, 1], monetary: [1, 1] },
  { key: 'promising', recency: [3, 4], frequency: [1, 1], monetary: [1, 1] },
  { key: 'need-attention', recency: [2, 3], frequency: [2, 3], monetary: [2, 3] },
  { key: 'about-to-sleep', recency: [2, 3], frequency: [1, 2], monetary: [1, 2] },
  { key: 'at-risk', recency: [1, 2], frequency: [2, 5], monetary: [2, 5] },
  { key: 'cannot-lose', recency: [1, 1], frequency: [4, 5], monetary: [4, 5] },
  { key: 'lost', recency: [1, 2], frequency: [1, 2], monetary: [1, 2] },
]
export const OTHER_CELL = 'others'

export interface RfmSettings {
  /** Orders count for so long. Absent: as long as any event does. */
  readonly window?: Millis
  readonly bins: number
  /** Absent: the quantiles of the population. */
  readonly cutPoints?: RfmCutPoints
  readonly cells: readonly RfmCell[]
}

/** What somebody does, weighted; each event counts half after `halfLife`. */
export interface EngagementSettings {
  /** By the name of the event. */
  readonly weights: { readonly [event: string]: number }
  readonly halfLife: Millis
}

/** How a workspace scores people. */
export interface ScoreSettings {
  readonly orders: OrderRules
  readonly rfm: RfmSettings
  readonly engagement: EngagementSettings
  /** Absent: `APPETENCE_SETTINGS`. */
  readonly appetence?: AppetenceSettings
}

export const SCORE_SETTINGS: ScoreSettings = {
  orders: ORDER_RULES,
  rfm: { bins: 5, cells: RFM_CELLS },
  engagement: {
    weights: {
      'Page Viewed': 1,
      'Product Viewed': 2,
      'Product Added': 5,
      'Checkout Started': 8,
      'Order Completed': 20,
      'Email Link Clicked': 3,
    },
    halfLife: 30 * 86_400_000,
  },
}

/** Bounds of settings. */
export const SCORE_LIMITS = {
  names: 20,
  rates: 200,
  bins: 10,
  cells: 60,
  weights: 30,
} as const
