import type { AppetenceSettings, CalibrationPoint, HourBand, Prior } from './appetence.ts'
import type {
  BgNbd,
  CellMove,
  FitPoint,
  Fitted,
  GammaGamma,
  GridPlace,
  Shortage,
} from './population.ts'
import type {
  AmountFault,
  EngagementSettings,
  OrderRules,
  RfmCutPoints,
  RfmSettings,
} from './score.ts'

/** Durations are ISO 8601. */
export interface ApiScoreSettings {
  readonly orders: OrderRules
  readonly rfm: Omit<RfmSettings, 'window' | 'cutPoints'> & {
    readonly window: string | null
    readonly cutPoints: RfmCutPoints | null
  }
  readonly engagement: Omit<EngagementSettings, 'halfLife'> & { readonly halfLife: string }
  readonly appetence: Omit<AppetenceSettings, 'halfLife'> & { readonly halfLife: string | null }
}

type Deep<T> = { readonly [K in keyof T]?: Partial<T[K]> }
/** What is left out has its default. */
export type ScoreSettingsInput = Deep<ApiScoreSettings>

/** There is too little to say a figure. */
export interface ApiShortage extends Shortage {
  readonly detail: string
}

interface ApiReport {
  readonly asOf: string
  /** Of what is published. */
  readonly version: number | null
  readonly currency: string
  readonly customers: number
  readonly orders: number
  readonly revenue: number
  readonly faults: { readonly [F in AmountFault]: number }
}

export interface ApiRfmCell {
  readonly key: string
  readonly customers: number
  readonly orders: number
  readonly revenue: number
  /** Of the revenue, 0 to 1. */
  readonly share: number
}

export interface ApiRfmReport extends ApiReport {
  readonly bins: number
  readonly cutPoints: RfmCutPoints | null
  readonly notEnough?: ApiShortage | undefined
  readonly cells: readonly ApiRfmCell[]
  readonly places: readonly GridPlace[]
  /** Customers of each cell in the latest versions, oldest first. */
  readonly history: readonly {
    readonly at: string
    readonly version: number
    readonly cells: { readonly [cell: string]: number }
  }[]
}

/** All customers at one end of a movement. */
export interface ApiMovementSide {
  readonly asOf: string
  readonly customers: number
  readonly revenue: number
  /** Those of then. */
  readonly cutPoints: RfmCutPoints | null
  readonly notEnough?: ApiShortage | undefined
}

/** Who was in which cell and is in which. */
export interface ApiRfmMovement {
  readonly currency: string
  readonly from: ApiMovementSide
  readonly to: ApiMovementSide
  /** Keys, in the order of cells. */
  readonly cells: readonly string[]
  readonly moves: readonly CellMove[]
}

export interface ApiValueReport extends ApiReport {
  readonly notEnough?: ApiShortage | undefined
  readonly buying?: Fitted<BgNbd> | undefined
  readonly spending?: Fitted<GammaGamma> | undefined
  readonly spendingNotEnough?: ApiShortage | undefined
  readonly byCount?: readonly FitPoint[] | undefined
  readonly byWeek?: readonly (FitPoint & { readonly at: string })[] | undefined
  readonly clv?: readonly number[] | undefined
  readonly churn?: readonly number[] | undefined
}

/** How likely people react to messages on a channel. */
export interface ApiChannel {
  readonly channel: string
  readonly purpose: string | null
  /** Who received something, how many messages, and how many of those were reacted to. */
  readonly people: number
  readonly messages: number
  readonly reacted: number
  readonly notEnough?: ApiShortage | undefined
  /** As rates are spread among people, with its mean. Absent: too little is known, or none is wanted. */
  readonly prior?: (Prior & { readonly mean: number }) | undefined
  /** How what comes of it is set right: of so much said so much is meant. */
  readonly meant?: readonly { readonly said: number; readonly meant: number }[] | undefined
  /** Probabilities at nine tenths of people, in rising order. */
  readonly tenths?: readonly number[] | undefined
  /** People by probability, in twenty equal parts from 0 to 1. */
  readonly histogram: readonly number[]
  /** What messages count by now. */
  readonly bands: readonly {
    readonly band: HourBand
    readonly messages: number
    readonly reacted: number
  }[]
  /** What was foretold `from` an instant on and what happened, from the least likely messages to the likeliest. */
  readonly calibration: {
    readonly from: string
    readonly messages: number
    /** Messages of before, from which it was foretold. */
    readonly before: number
    readonly notEnough?: ApiShortage | undefined
    readonly points: readonly CalibrationPoint[]
    /** Mean of how far off what was foretold is, weighted by messages. */
    readonly error?: number | undefined
    /** How much likelier than all messages those of the last tenth were reacted to. */
    readonly lift?: number | undefined
  }
}

export interface ApiAppetenceReport {
  readonly asOf: string
  /** Of what is published. */
  readonly version: number | null
  readonly halfLife: string | null
  readonly reactions: readonly string[]
  readonly channels: readonly ApiChannel[]
}

export interface ApiCustomer {
  readonly profile: string
  /** Days since the last order, orders, and what they came to. */
  readonly recency: number
  readonly frequency: number
  readonly monetary: number
}
