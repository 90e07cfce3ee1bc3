import type { DeviceId } from '../protocol/id.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { SourceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import type { Profile } from './profile.ts'

/**
 * Whether a device may be told what follows from the person's accounts, of which others told as well: anybody can say
 * with a public key that they belong to one. Its sign-in was proven, or nothing a browser is told asks for accounts.
 */
export const mayReadAccounts = (
  { groups, devices }: Profile,
  device: DeviceId,
  { leaves }: CompiledCatalog,
): boolean =>
  groups.size === 0 ||
  devices.some(({ id, proven }) => id === device && proven) ||
  leaves.ofAccounts.length === 0

/** No person belongs to so many accounts; those seen the longest ago go first. */
export const MAX_GROUPS = 100

/** That a person belongs to an account, and since when. */
export interface KnownGroup {
  readonly firstSeen: Millis
  readonly lastSeen: Millis
  /** Who told of it first. */
  readonly source: SourceId
}

/** Notes the account that an event names. The order of arrival changes nothing but `firstSeen` of groups let go. */
export function seeGroup(groups: Map<string, KnownGroup>, event: EventRecord): void {
  const { group, timestamp, source } = event
  if (group === undefined) return
  const known = groups.get(group)
  const isFirst =
    known === undefined ||
    timestamp < known.firstSeen ||
    (timestamp === known.firstSeen && source < known.source)
  groups.set(group, {
    firstSeen: isFirst ? timestamp : known.firstSeen,
    lastSeen: Math.max(timestamp, known?.lastSeen ?? timestamp),
    source: isFirst ? source : known.source,
  })
  if (groups.size > MAX_GROUPS) groups.delete(longestUnseen(groups))
}

function longestUnseen(groups: ReadonlyMap<string, KnownGroup>): string {
  const [[oldest] = ['']] = [...groups].sort(
    ([a, one], [b, other]) => one.lastSeen - other.lastSeen || (a < b ? -1 : 1),
  )
  return oldest
}
