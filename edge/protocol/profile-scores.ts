import type { ApiProfileAppetence, ProfileAppetence } from './profile-appetence.ts'
import type { AmountFault, RfmScores, RfmValues } from './score.ts'
import type { Millis } from './time.ts'

/** What a person scores now, and what that was made of. What is not known is absent. */
export interface ProfileScores {
  /** With whom they are compared. Absent: nobody has looked yet. */
  readonly population?: {
    readonly version: number
    readonly at: Millis
    readonly customers: number
  }
  readonly orders: {
    readonly count: number
    readonly revenue: number
    readonly currency: string
    /** Amounts that were not counted, by the reason. */
    readonly faults: { readonly [F in AmountFault]?: number }
    readonly first?: Millis
    readonly last?: Millis
  }
  readonly rfm?: {
    readonly values: RfmValues
    readonly scores: RfmScores
    readonly bins: number
    readonly cell: string
    /** When the recency score falls, if there is no other order. */
    readonly recencyUntil?: Millis
  }
  readonly value?: {
    /** Repeat orders, and days from the first order to the last and to now. */
    readonly repeats: number
    readonly lastAt: number
    readonly observed: number
    /** Of a repeat order. */
    readonly mean?: number
    /** Probability that they order again some day. */
    readonly alive: number
    readonly expected: readonly { readonly days: number; readonly orders: number }[]
    /** Within a year. */
    readonly clv?: number
    /** At least so large a share of customers is worth less. */
    readonly above?: number
    /** At least so large a share of customers is likelier to order again. */
    readonly likelier?: number
  }
  readonly engagement: {
    readonly value: number
    readonly halfLife: Millis
    /** At least so large a share of people, of so many who were drawn at random, has less. */
    readonly above?: { readonly share: number; readonly sampled: number }
    readonly parts: readonly {
      readonly event: string
      readonly weight: number
      readonly count: number
      readonly value: number
    }[]
  }
  readonly appetence: ProfileAppetence
}

/** The same with instants and durations as ISO 8601 text. */
export interface ApiProfileScores extends Omit<
  ProfileScores,
  'population' | 'orders' | 'rfm' | 'engagement' | 'appetence'
> {
  readonly population?: Omit<NonNullable<ProfileScores['population']>, 'at'> & {
    readonly at: string
  }
  readonly orders: Omit<ProfileScores['orders'], 'first' | 'last'> & {
    readonly first?: string
    readonly last?: string
  }
  readonly rfm?: Omit<NonNullable<ProfileScores['rfm']>, 'recencyUntil'> & {
    readonly recencyUntil?: string
  }
  readonly engagement: Omit<ProfileScores['engagement'], 'halfLife'> & { readonly halfLife: string }
  readonly appetence: ApiProfileAppetence
}
