import type { ParseOptions } from '../../parse/event.ts'
import type { Origin } from '../../protocol/failed-event.ts'
import { NEVER } from '../../protocol/time.ts'
import type { Caller } from './source.ts'
import type { Visitor } from './visitor.ts'

/** Longer ones are attacks: nothing of them is looked at. */
const MAX_USER_AGENT = 500

/** What a request says of all its events, kept with those that are refused. */
export const originOf = (
  { grant, source }: Caller,
  visitor: Visitor,
  { gpc, retention }: ParseOptions,
): Origin => ({
  ...(grant.kind === 'secret' && { isSecret: true }),
  // A server speaks for somebody else: what it is called from says nothing.
  ...(source.kind === 'browser' && { sighting: cut(visitor) }),
  ...(gpc && { gpc: true }),
  ...(retention === NEVER && { isHistory: true }),
})

function cut(visitor: Visitor): Visitor {
  const userAgent = visitor.agent.userAgent?.slice(0, MAX_USER_AGENT)
  return userAgent === undefined ? visitor : { ...visitor, agent: { ...visitor.agent, userAgent } }
}
