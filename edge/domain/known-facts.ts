import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import type { ContextField, EventContext } from '../protocol/event.ts'
import type { SegmentId } from '../protocol/id.ts'
import type { Json } from '../protocol/json.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { accountValue, NO_TRAITS, type AccountLookup } from './account.ts'
import type { Facts } from './condition.ts'
import { expiryOf, grants } from './consent.ts'
import { compareEntries, type Entry } from './entry.ts'
import { occurrenceKey, type Feature } from './feature.ts'
import type { Profile } from './profile.ts'
import type { Verdict } from './verdict.ts'

const NOTHING: readonly never[] = []
const NOWHERE: EventContext = {}

/** What may be known of a profile at an instant, under the grants that stand then. */
export class KnownFacts implements Facts {
  readonly #profile: Profile
  readonly #lifetime: Millis
  readonly #now: Millis
  readonly #accounts: AccountLookup
  readonly #isAnalyticsOpen: boolean
  /** What else facts are kept for and is open. */
  readonly #others: readonly Purpose[]
  #gathered: Map<Feature, readonly Entry[]> | undefined

  constructor(profile: Profile, lifetime: Millis, now: Millis, accounts: AccountLookup) {
    this.#profile = profile
    this.#lifetime = lifetime
    this.#now = now
    this.#accounts = accounts
    this.#isAnalyticsOpen = this.#isOpen(DEFAULT_PURPOSE)
    const { kept } = profile
    this.#others = kept.size === 0 ? NOTHING : [...kept].filter((one) => this.#isOpen(one))
  }

  #isOpen(purpose: Purpose): boolean {
    return this.#now < expiryOf(this.#profile.consent, purpose, this.#lifetime)
  }

  trait(name: string): Json | undefined {
    const trait = this.#profile.traits.get(name)
    if (trait === undefined) return undefined
    const { purpose = DEFAULT_PURPOSE, value } = trait
    const isOpen = purpose === DEFAULT_PURPOSE ? this.#isAnalyticsOpen : this.#isOpen(purpose)
    return isOpen ? (value ?? undefined) : undefined // null: it was taken away
  }

  entries(feature: Feature): readonly Entry[] {
    if (this.#others.length > 0) return this.#ofAllPurposes(feature)
    if (!this.#isAnalyticsOpen) return NOTHING
    return this.#profile.occurrences.get(feature.key) ?? NOTHING
  }

  /** Of all purposes together, put in order once. */
  #ofAllPurposes(feature: Feature): readonly Entry[] {
    this.#gathered ??= new Map()
    const known = this.#gathered.get(feature)
    if (known !== undefined) return known
    const { occurrences } = this.#profile
    const own = this.#isAnalyticsOpen ? (occurrences.get(feature.key) ?? NOTHING) : NOTHING
    const more = this.#others.flatMap((one): readonly Entry[] => {
      return occurrences.get(occurrenceKey(feature, one)) ?? NOTHING
    })
    const all = more.length === 0 ? own : [...own, ...more].sort(compareEntries)
    this.#gathered.set(feature, all)
    return all
  }

  get imported(): boolean {
    return this.#profile.imported === true
  }

  get context(): EventContext {
    return this.#isAnalyticsOpen ? this.#profile.context : NOWHERE
  }

  ever(field: ContextField): readonly Json[] {
    return this.#isAnalyticsOpen ? (this.#profile.ever.get(field) ?? NOTHING) : NOTHING
  }

  accounts(): readonly ((trait: string) => Json | undefined)[] {
    if (!this.#isAnalyticsOpen) return NOTHING
    return [...this.#profile.groups.keys()].map((account) => {
      const traits = this.#accounts(account) ?? NO_TRAITS
      return (name: string) => accountValue(account, traits, name)
    })
  }

  identifies(kind: string): boolean {
    return this.#profile.identifiers.some((identifier) => identifier.kind === kind)
  }

  staysUntil(segment: SegmentId): Millis | undefined {
    return this.#profile.memberships.get(segment)?.staysUntil
  }

  consent(purpose: Purpose): Verdict {
    const { consent, consentMode } = this.#profile
    const holds = grants(consent, consentMode, purpose, this.#lifetime, this.#now)
    return { holds, until: holds ? expiryOf(consent, purpose, this.#lifetime) : NEVER }
  }
}
