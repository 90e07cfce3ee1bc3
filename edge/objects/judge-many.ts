import type { Draft } from '../domain/draft.ts'
import type { Profile } from '../domain/profile.ts'
import type { Verdict } from '../domain/verdict.ts'
import type { Millis } from '../protocol/time.ts'
import { readHistories } from '../storage/history-sample.ts'
import type { Shard } from './shard.ts'

/**
 * The verdict of each of some working copies, whose histories are read with one statement where they are asked for.
 * `cost`: what reading them cost, in characters decoded.
 */
export function judgeMany(
  shard: Shard,
  draft: Draft,
  profiles: readonly Profile[],
  now: Millis,
): { readonly verdicts: readonly Verdict[]; readonly cost: number } {
  const asked = profiles.filter((profile) => draft.asksHistory(profile)).map(({ id }) => id)
  const { events, cost } = readHistories(shard.history, asked, draft.question)
  const verdicts = profiles.map((profile) => {
    const history = draft.asksHistory(profile) ? (events.get(profile.id) ?? []) : undefined
    return draft.judge(profile, history, now)
  })
  return { verdicts, cost }
}
