import { admissible } from '../../domain/admissible.ts'
import { identifierKey } from '../../domain/identity.ts'
import type { ClaimedIdentifier } from '../../protocol/identifier.ts'
import type { Claims, Subject } from '../../protocol/shard.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Run } from './parties.ts'
import type { ShardCalls } from './shard-calls.ts'

/**
 * Claims for somebody nobody knew whatever else their first events call them. Their shard would do so itself; done
 * here, the claims of all who are new in a batch travel together. What somebody else holds is left for the shard.
 */
export async function claimForNewborn(
  calls: ShardCalls,
  subject: Subject,
  { events }: Run,
): Promise<Claims | undefined> {
  if (subject.type !== 'identifier') return undefined
  const { profile } = subject
  const open = new Map<string, { readonly claim: ClaimedIdentifier; at: Millis }>()
  const found = identifierKey(subject.identifier)
  // Of whoever is new no answer is known but these.
  for (const event of admissible(
    new Map(),
    events.map((one) => one.event),
  )) {
    if (event === undefined || event.carried === true) continue
    for (const claim of event.identifiers) {
      const key = identifierKey(claim)
      const known = open.get(key)
      if (known !== undefined) known.at = Math.max(known.at, event.timestamp)
      else if (key !== found) open.set(key, { claim, at: event.timestamp })
    }
  }
  if (open.size === 0) return undefined
  const keys = await Promise.all(
    [...open].map(async ([key, { claim, at }]) => {
      const answer = await calls.resolve(claim, profile, claim.proven, at)
      return answer.owner === profile && answer.erasedAt === undefined ? [key] : []
    }),
  )
  return { root: profile, keys: keys.flat() }
}
