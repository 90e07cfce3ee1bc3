import type {
  AmountFault,
  RfmCell,
  RfmCutPoints,
  RfmScores,
  RfmValues,
  ScoreSettings,
} from './score.ts'
import type {
  AppetenceFacts,
  AppetenceQuestion,
  AppetenceReport,
  AppetenceSpread,
  AppetenceStatistics,
} from './appetence.ts'
import type { ProfileId, WorkspaceId } from './id.ts'
import type { Millis } from './time.ts'

/** There is too little to say a figure: so many of so many. */
export interface Shortage {
  readonly known: number
  readonly needed: number
}

/**
 * A person orders at a rate drawn from a gamma distribution (shape `r`, scale `alpha`) until, after some order, they
 * stop: with a probability drawn from a beta distribution (`a`, `b`). Source: Fader, Hardie and Lee 2005, "Counting Your
 * Customers" the Easy Way.
 */
export interface BgNbd {
  readonly r: number
  readonly alpha: number
  readonly a: number
  readonly b: number
}

/**
 * Amounts of a person's orders vary about a mean, and the means of people about a common one. Source: Fader and Hardie
 * 2013, The Gamma-Gamma Model of Monetary Value. `v` has the unit of the amounts.
 */
export interface GammaGamma {
  readonly p: number
  readonly q: number
  readonly v: number
}

/** Unit of time: days. */
export interface ValueModel {
  readonly buying: BgNbd
  readonly spending: GammaGamma | Shortage
}

/** What was found of a workspace's customers together, and is asked of each of them. */
export interface PopulationFacts {
  /** Grows by one with each that differs. */
  readonly version: number
  /** As of when. */
  readonly at: Millis
  readonly customers: number
  /** Of all amounts of money. Absent: what the workspace counts in. */
  readonly currency?: string
  readonly cutPoints: RfmCutPoints | Shortage
  readonly value: ValueModel | Shortage
  /** Values at nine tenths of customers, in rising order. Absent: not known. */
  readonly clv?: readonly number[]
  readonly churn?: readonly number[]
  /** Absent: nobody has looked at messages yet. */
  readonly appetence?: AppetenceFacts
}

/** How a workspace scores people, and by what. */
export interface Scoring {
  readonly settings: ScoreSettings
  /** Absent: nobody has looked yet. */
  readonly population?: PopulationFacts
}

export const isShort = (one: object | Shortage): one is Shortage => 'needed' in one

/**
 * How the values of a population are spread: distinct values in their order, each with how often it stands for one.
 * Sketches of parts of a population are joined by joining their lists.
 */
export type QuantileSketch = readonly (readonly [value: number, count: number])[]

/** So much of each of something, by the day since 1970 (UTC). */
export type ByDay = readonly (readonly [day: number, count: number])[]

/** What a part of the population adds to what is found of all. */
export interface PopulationStatistics {
  readonly customers: number
  readonly orders: number
  readonly revenue: number
  /** Amounts that were not counted, by the reason. */
  readonly faults: { readonly [F in AmountFault]: number }
  readonly recency: QuantileSketch
  readonly frequency: QuantileSketch
  readonly monetary: QuantileSketch
  /** Customers who buy alike, in whole days: see `BuyingHistory`. */
  readonly histories: readonly (readonly [
    repeats: number,
    lastAt: number,
    observed: number,
    customers: number,
  ])[]
  /** Of each customer with a repeat order: how many, and the mean amount of one. */
  readonly spendings: readonly (readonly [repeats: number, mean: number])[]
  /** First orders, and what these customers ordered again, later than the instant of the statistics too. */
  readonly births: ByDay
  readonly repeats: ByDay
  readonly appetence: AppetenceStatistics
}

/** Customers of one place in the grid. */
export interface GridPlace extends RfmScores {
  readonly customers: number
  readonly orders: number
  readonly revenue: number
}

/** How customers are spread over what was found of all. */
export interface PopulationSpread {
  readonly places: readonly GridPlace[]
  readonly clv: QuantileSketch
  readonly churn: QuantileSketch
  readonly appetence: AppetenceSpread
}

/** What was fitted, with standard errors. */
export interface Fitted<Model> {
  readonly model: Model
  /** Null: the data do not say, because other models fit them as well. */
  readonly errors: { readonly [K in keyof Model]: number | null }
  /** False: the search ended before it found the best. */
  readonly converged: boolean
  readonly logLikelihood: number
  /** Customers it was fitted on. */
  readonly customers: number
}

/** How what the model expects compares with what happened. */
export interface FitPoint {
  readonly actual: number
  readonly expected: number
}

export interface ValueFit {
  readonly buying: Fitted<BgNbd>
  readonly spending: Fitted<GammaGamma> | Shortage
  /** Customers by their repeat orders: 0, 1, … and the last one for so many or more. */
  readonly byCount: readonly FitPoint[]
  /** Repeat orders of these customers up to the end of each week since the first order of all. */
  readonly byWeek: readonly (FitPoint & { readonly at: Millis })[]
}

/** What is found of a workspace's customers together at an instant. */
export interface PopulationReport {
  readonly at: Millis
  readonly customers: number
  readonly orders: number
  /** In `currency`. */
  readonly revenue: number
  readonly currency: string
  readonly faults: PopulationStatistics['faults']
  readonly cutPoints: RfmCutPoints | Shortage
  readonly bins: number
  /** Empty where there are no cut points. */
  readonly places: readonly GridPlace[]
  readonly value: ValueFit | Shortage
  readonly clv?: readonly number[]
  readonly churn?: readonly number[]
  /** Of people drawn at random; absent as of another time. */
  readonly engagement?: SampledEngagement
  /** Absent: of before anybody looked at messages. */
  readonly appetence?: AppetenceReport
}

/** How engagement is spread over people who were drawn at random: `tenths` are its values at nine tenths of them. */
export interface SampledEngagement {
  readonly sampled: number
  readonly tenths: readonly number[]
}

/** Who is scored at an instant by which cut points. */
export interface RfmLook {
  readonly at: Millis
  readonly cutPoints: RfmCutPoints
}

/** Customers who were in one cell and are in another, or in the same. Null: they were, or are, no customers. */
export interface CellMove {
  readonly from: string | null
  readonly to: string | null
  readonly customers: number
  /** What they had ordered as of the first instant, and as of the second. */
  readonly before: number
  readonly after: number
}

/** All customers at one of the two instants. */
export interface MovementSide {
  readonly at: Millis
  readonly customers: number
  readonly revenue: number
  readonly cutPoints: RfmCutPoints | Shortage
}

/** How customers moved between cells. */
export interface RfmMovement {
  readonly from: MovementSide
  readonly to: MovementSide
  readonly currency: string
  /** Keys of the cells, in their order. */
  readonly cells: readonly string[]
  /** Empty where one of the two has no cut points. */
  readonly moves: readonly CellMove[]
}

/** What the object that knows a workspace's customers together answers to calls. */
export interface PopulationCalls {
  /** Looks at all customers and publishes what is found, if it differs. */
  refresh(request: {
    readonly workspace: WorkspaceId
    readonly actor: string
  }): Promise<{ readonly facts: PopulationFacts; readonly report: PopulationReport }>
  /** Looks at all customers as they were at an instant, by cut points of then. Publishes nothing. */
  look(request: { readonly workspace: WorkspaceId; readonly at: Millis }): Promise<PopulationReport>
  /** How customers moved between the cells from one instant to another, both scored by the cut points of then. */
  movement(request: {
    readonly workspace: WorkspaceId
    readonly from: Millis
    readonly to: Millis
  }): Promise<RfmMovement>
  /** The sweeper's call: has the object look once a day. */
  wake(request: { readonly workspace: WorkspaceId }): Promise<void>
  /** Customers are scored in another way from now on: has the object look soon, and answers at once. */
  renew(request: { readonly workspace: WorkspaceId }): Promise<void>
}

/** When it is looked at customers. */
export interface Look {
  readonly at: Millis
  /** Back in time: all orders that are kept until then count, also those that conditions count no more. */
  readonly isPast: boolean
}

/** What a profile shard answers of its customers, by the rules of this version of the catalog or of a newer one. */
export interface ShardPopulationCalls {
  populationStatistics(request: {
    readonly workspace: WorkspaceId
    readonly catalogVersion: number
    readonly look: Look
  }): Promise<PopulationStatistics>
  populationSpread(request: {
    readonly workspace: WorkspaceId
    readonly catalogVersion: number
    readonly look: Look
    readonly facts: Pick<PopulationFacts, 'cutPoints' | 'value'>
    readonly appetence: AppetenceQuestion
  }): Promise<PopulationSpread>
  /** Engagement now of so large a share of the people here, drawn at random. */
  engagementSample(request: {
    readonly workspace: WorkspaceId
    readonly share: number
  }): Promise<readonly number[]>
  populationMoves(request: {
    readonly workspace: WorkspaceId
    readonly catalogVersion: number
    readonly looks: readonly [from: RfmLook, to: RfmLook]
    readonly cells: readonly RfmCell[]
  }): Promise<readonly CellMove[]>
  /** Customers in some places of the grid, by the cut points in force, in the order of ids. */
  customersIn(request: {
    readonly workspace: WorkspaceId
    readonly cell?: string
    readonly recency?: number
    readonly frequency?: number
    readonly after?: ProfileId
    readonly limit: number
  }): Promise<{ readonly items: readonly CustomerView[]; readonly next?: ProfileId }>
}

/** A customer as lists show them. */
export interface CustomerView extends RfmValues {
  readonly profile: ProfileId
}
