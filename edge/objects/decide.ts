import { noChanges } from '../domain/apply-event.ts'
import { rootOf } from '../domain/graph.ts'
import type { Profile } from '../domain/profile.ts'
import { dueAt } from '../domain/standing.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { ProfileShardCalls } from '../protocol/objects.ts'
import type { IngestResult } from '../protocol/shard.ts'
import { personOf } from './admit.ts'
import { componentOf } from './component.ts'
import { answer, answerStranger } from './ingest.ts'
import { refresh } from './refresh.ts'
import type { Shard } from './shard.ts'
import { mayPress } from './show.ts'
import { placeOf } from './subject-place.ts'
import { personHere } from './touch-calls.ts'

/** What a subject may be told and shown, without an event. Creates nothing. */
export async function decideHere(
  shard: Shard,
  { subject, consentMode, placements, pressure }: Parameters<ProfileShardCalls['decide']>[0],
): Promise<IngestResult> {
  const place = placeOf(shard, subject)
  if (place === undefined) return { type: 'unknown' }
  if ('elsewhere' in place) return { type: 'moved', profile: place.elsewhere, verdicts: [] }
  const { id, stored } = place
  if (stored === undefined) return answerStranger(shard, subject, placements)
  const { graph } = componentOf(shard, stored)
  const bearer = personOf(graph, subject)
  // Claimed for this graph once, by somebody who broke off: it is nobody's of these people.
  if (bearer === undefined && subject.type === 'identifier') {
    return answerStranger(shard, subject, placements)
  }
  const person = bearer ?? id
  const found = person === stored.id ? stored : shard.locate(person)
  const present = found !== undefined && 'profile' in found ? found.profile : stored.profile
  const isDue = dueAt(present) <= shard.now() || shard.isOutdated(present)
  const asked = { subject, decide: placements, consentMode, ...(pressure && { pressure }) }
  if (mayPress(shard)) {
    // What is shown takes its place in the transaction in which it is decided.
    return shard.commit.run(() => {
      const here = personHere(shard, present.id)
      if (here === null) return answerStranger(shard, subject, placements)
      if ('type' in here) return { ...here, verdicts: [] }
      if (isDue) shard.save(here.profile, refresh(shard, here.profile, noChanges(), shard.now()))
      return answer(shard, here.profile, rootOf(graph), asked, [])
    })
  }
  const passed = isDue ? await pass(shard, present.id) : present
  return answer(shard, passed ?? present, rootOf(graph), asked, [])
}

/** Lets time pass for one profile whose timer is due but not yet served, or that a switch has not come to yet. */
function pass(shard: Shard, id: ProfileId): Promise<Profile | undefined> {
  return shard.commit.run(() => {
    const found = shard.locate(id)
    if (found === undefined || 'elsewhere' in found || found.saga !== null) return undefined
    const transitions = refresh(shard, found.profile, noChanges(), shard.now())
    shard.save(found.profile, transitions)
    shard.timers.set(id, dueAt(found.profile), true)
    shard.arm()
    return found.profile
  })
}
