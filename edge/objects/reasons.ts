import { reasonsOf } from '../domain/why/explain.ts'
import type { Condition } from '../protocol/condition.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { PreviewMember } from '../protocol/preview.ts'
import type { Shard } from './shard.ts'

/** Why a condition that no segment has holds for some people; who is not here any more is left out. */
export function reasonsHere(
  shard: Shard,
  condition: Condition,
  purposes: readonly Purpose[],
  profiles: readonly ProfileId[],
): readonly PreviewMember[] {
  const { catalog, accounts } = shard.compiled
  const now = shard.now()
  return profiles.flatMap((id) => {
    const found = shard.profiles.find(id)
    if (found === undefined || 'forward' in found) return []
    const history = [...shard.history.all(id)]
    const draft = { condition, purposes }
    const reasons = reasonsOf(draft, catalog, found.profile, history, now, accounts)
    return [{ profile: id, reasons }]
  })
}
