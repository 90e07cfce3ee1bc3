import type { Membership } from '../protocol/membership.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { Entry } from './entry.ts'
import type { Profile } from './profile.ts'

/** What a newer catalog adds to a profile, beside its state: whoever loads the profile next folds it in. */
export interface Addition extends Pick<Profile, 'version' | 'fingerprint'> {
  /** In the place of what was kept under these keys. */
  readonly occurrences: readonly (readonly [key: string, entries: readonly Entry[]])[]
  /** What leaves stand at; `until` is null where nothing ends it. */
  readonly standing: readonly (readonly [key: string, holds: 0 | 1, until: Millis | null])[]
  readonly memberships: readonly Membership[]
}

type Text = readonly [
  version: number,
  fingerprint: string,
  occurrences: Addition['occurrences'],
  standing: Addition['standing'],
  memberships: Addition['memberships'],
]

export const encodeAddition = (addition: Addition): string => {
  const { version, fingerprint, occurrences, standing, memberships } = addition
  return JSON.stringify([version, fingerprint, occurrences, standing, memberships] satisfies Text)
}

/** Folds an addition into a working copy. */
export function foldAddition(profile: Profile, text: string): void {
  const [version, fingerprint, occurrences, standing, memberships] = JSON.parse(text) as Text
  profile.version = version
  profile.fingerprint = fingerprint
  for (const [key, entries] of occurrences) profile.occurrences.set(key, entries)
  for (const [key, holds, until] of standing) {
    profile.standing.set(key, { holds: holds === 1, until: until ?? NEVER })
  }
  for (const membership of memberships) profile.memberships.set(membership.segment, membership)
}
