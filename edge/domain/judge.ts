import { DEFAULT_PURPOSE, type Purpose } from '../protocol/consent.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { AccountLookup } from './account.ts'
import type { Evaluate } from './condition.ts'
import { expiryOf, grants } from './consent.ts'
import { KnownFacts } from './known-facts.ts'
import type { Profile } from './profile.ts'
import type { Verdict } from './verdict.ts'

/** What is asked: a condition, and the purposes without which nothing is asked at all. */
export interface Question {
  readonly evaluate: Evaluate
  readonly purposes?: readonly Purpose[] | undefined
}

const NO_PURPOSES: readonly Purpose[] = []

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
  const facts = new KnownFacts(profile, lifetime, now, accounts)
  const lapse = nextLapse(profile, lifetime, now)
  let later: Judge | undefined
  return ({ evaluate, purposes = NO_PURPOSES }) => {
    let open = NEVER
    for (const purpose of purposes) {
      if (!grants(profile.consent, profile.consentMode, purpose, lifetime, now)) {
        return { holds: false, until: NEVER } // only an event can grant it
      }
      open = Math.min(open, expiryOf(profile.consent, purpose, lifetime))
    }
    let verdict = evaluate(facts, now)
    if (lapse < verdict.until) {
      later ??= judgeAt(profile, lifetime, lapse, accounts)
      const then = later({ evaluate })
      verdict = then.holds === verdict.holds ? then : { holds: verdict.holds, until: lapse }
    }
    const { holds, until } = verdict
    return holds && open < until ? { holds, until: open } : verdict
  }
}

/** The next instant at which facts of the profile lose the grant they are kept under. */
function nextLapse({ consent, kept }: Profile, lifetime: Millis, now: Millis): Millis {
  if (consent.size === 0) return NEVER
  let next = NEVER
  for (const purpose of [DEFAULT_PURPOSE, ...kept]) {
    const expiry = expiryOf(consent, purpose, lifetime)
    if (expiry > now) next = Math.min(next, expiry)
  }
  return next
}
