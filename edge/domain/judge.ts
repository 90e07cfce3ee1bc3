import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import { accountValue, NO_TRAITS, type AccountLookup } from './account.ts'
import type { Evaluate, Facts } from './condition.ts'
import { expiryOf, grants } from './consent.ts'
import { compareEntries, type Entry } from './entry.ts'
import { occurrenceKey } from './feature.ts'
import type { Profile } from './profile.ts'
import type { Verdict } from './verdict.ts'

const NOTHING: readonly never[] = []

/** What is asked: a condition, and the purposes without which nothing is asked at all. */
export interface Question {
  readonly evaluate: Evaluate
  readonly purposes?: readonly Purpose[] | undefined
}

export type Judge = (question: Question) => Verdict

/**
 * Answers questions about a profile at an instant. A grant that expires takes with it, at that instant, the facts that
 * were kept because of it: that is part of how long an answer stands. `accounts`: what is known of those the profile
 * belongs to.
 */
export function judgeAt(
  profile: Profile,
  lifetime: Millis,
  now: Millis,
  accounts: AccountLookup,
): Judge {
  const facts = factsOf(profile, lifetime, now, accounts)
  const lapse = nextLapse(profile, lifetime, now)
  let later: Judge | undefined
  const ask = ({ evaluate }: Question): Verdict => {
    const verdict = evaluate(facts, now)
    if (lapse >= verdict.until) return verdict
    later ??= judgeAt(profile, lifetime, lapse, accounts)
    const then = later({ evaluate })
    return then.holds === verdict.holds ? then : { holds: verdict.holds, until: lapse }
  }
  return (question) => {
    if (question.purposes === undefined) return ask(question)
    let open = NEVER
    for (const purpose of question.purposes) {
      if (!grants(profile.consent, profile.consentMode, purpose, lifetime, now)) {
        return { holds: false, until: NEVER } // only an event can grant it
      }
      open = Math.min(open, expiryOf(profile.consent, purpose, lifetime))
    }
    const { holds, until } = ask(question)
    return { holds, until: Math.min(until, holds ? open : NEVER) }
  }
}

/** The next instant at which facts of the profile lose the grant they are kept under. */
function nextLapse({ consent, kept }: Profile, lifetime: Millis, now: Millis): Millis {
  let next = NEVER
  for (const purpose of [DEFAULT_PURPOSE, ...kept]) {
    const expiry = expiryOf(consent, purpose, lifetime)
    if (expiry > now) next = Math.min(next, expiry)
  }
  return next
}

/** What may be known of a profile at an instant. */
function factsOf(profile: Profile, lifetime: Millis, now: Millis, accounts: AccountLookup): Facts {
  const { consent, consentMode, kept, occurrences } = profile
  const isOpen = (purpose: Purpose) => now < expiryOf(consent, purpose, lifetime)
  const isAnalyticsOpen = isOpen(DEFAULT_PURPOSE)
  const others = [...kept].filter(isOpen)
  return {
    trait: (name) => {
      const trait = profile.traits.get(name)
      return trait !== undefined && isOpen(trait.purpose ?? DEFAULT_PURPOSE)
        ? (trait.value ?? undefined) // null: it was taken away
        : undefined
    },
    entries: (feature) => {
      const known = isAnalyticsOpen ? (occurrences.get(feature.key) ?? NOTHING) : NOTHING
      if (others.length === 0) return known
      const all = others.flatMap((one): readonly Entry[] => {
        return occurrences.get(occurrenceKey(feature, one)) ?? NOTHING
      })
      return all.length === 0 ? known : [...known, ...all].sort(compareEntries)
    },
    context: isAnalyticsOpen ? profile.context : {},
    ever: (field) => (isAnalyticsOpen ? (profile.ever.get(field) ?? NOTHING) : NOTHING),
    accounts: () =>
      isAnalyticsOpen
        ? [...profile.groups.keys()].map((account) => {
            const traits = accounts(account) ?? NO_TRAITS
            return (name: string) => accountValue(account, traits, name)
          })
        : NOTHING,
    consent: (purpose) => {
      const holds = grants(consent, consentMode, purpose, lifetime, now)
      return { holds, until: holds ? expiryOf(consent, purpose, lifetime) : NEVER }
    },
  }
}
