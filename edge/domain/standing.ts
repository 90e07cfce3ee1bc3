import type { Membership } from '../protocol/membership.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { Deadlines } from './deadlines.ts'
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
  profile.deadlines?.note(key, until, before.until)
  return before.holds !== holds
}

export const deadlinesOf = (profile: Profile): Deadlines =>
  (profile.deadlines ??= new Deadlines(profile.standing))

/** The earliest instant at which something of the profile lapses by itself. */
export const dueAt = (profile: Profile): Millis => deadlinesOf(profile).next

/** The memberships of a profile, each with when time alone will end it. */
export function membershipsOf(profile: Profile, { segments }: CompiledCatalog): Membership[] {
  return [...profile.memberships.values()].map((membership) => {
    const segment = segments.get(membership.segment)
    const until = segment?.verdict((leaf) => standingOf(profile, leaf)).until ?? NEVER
    return until < NEVER ? { ...membership, until } : membership
  })
}
