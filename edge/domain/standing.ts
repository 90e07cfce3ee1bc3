import type { Membership } from '../protocol/membership.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import type { Leaf } from './leaf.ts'
import type { Profile } from './profile.ts'
import type { Verdict } from './verdict.ts'

/** What a leaf stands at, as it was last asked. */
export const standingOf = ({ standing }: Profile, { key, blank }: Leaf): Verdict =>
  standing.get(key) ?? blank

/** Notes what a leaf stands at by now. True: it holds where it did not, or no longer does. */
export function stand(profile: Profile, leaf: Leaf, verdict: Verdict): boolean {
  const { key, blank } = leaf
  const before = standingOf(profile, leaf)
  const { holds, until } = verdict
  if (before.holds === holds && before.until === until) return false
  if (holds === blank.holds && until === blank.until) profile.standing.delete(key)
  else profile.standing.set(key, verdict)
  if (profile.due !== undefined) {
    if (until < profile.due) profile.due = until
    else if (before.until === profile.due) profile.due = undefined
  }
  return before.holds !== holds
}

/** Forgets a leaf that nothing reads any more. */
export function forget(profile: Profile, key: string): void {
  profile.standing.delete(key)
  profile.due = undefined
}

/** The earliest instant at which something of the profile lapses by itself. */
export function dueAt(profile: Profile): Millis {
  if (profile.due !== undefined) return profile.due
  let due = NEVER
  for (const { until } of profile.standing.values()) due = Math.min(due, until)
  profile.due = due
  return due
}

/** The memberships of a profile, each with when time alone will end it. */
export function membershipsOf(profile: Profile, { segments }: CompiledCatalog): Membership[] {
  return [...profile.memberships.values()].map((membership) => {
    const segment = segments.get(membership.segment)
    const until = segment?.verdict((leaf) => standingOf(profile, leaf)).until ?? NEVER
    return until < NEVER ? { ...membership, until } : membership
  })
}
