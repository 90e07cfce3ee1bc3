import { addressOf } from '../../domain/id.ts'
import { profileShard } from '../../objects/address.ts'
import type { Env } from '../../objects/env.ts'
import type { ProfileShardCalls } from '../../protocol/objects.ts'
import type { WorkspaceId } from '../../protocol/id.ts'
import type { IngestRequest, IngestResult, Subject } from '../../protocol/shard.ts'
import type { Verdict } from '../../protocol/verdict.ts'

/** A profile that moved moves once more at most while we ask; more means that shards disagree. */
const MAX_HOPS = 4

export type Done = Extract<IngestResult, { readonly type: 'done' }>

/** What became of a request: everything done, or as much as could be before the shards gave up. */
export type Sent =
  | { readonly type: 'done'; readonly result: Done }
  | {
      readonly type: 'busy'
      /** Of the events that were handled before. */
      readonly verdicts: readonly Verdict[]
      /** The shard sheds load: retrying at once would make it worse. */
      readonly overloaded: boolean
    }

/** Makes one ingest call at the shard that `home`, a profile's or device's id, names. */
export type IngestCall = (home: string, request: IngestRequest) => Promise<IngestResult>

/** A stub whose call failed stays broken: one for each attempt. */
const shardAt = (env: Env, workspace: WorkspaceId, home: string) => {
  const address = addressOf(home)
  if (address === undefined) throw new Error('A subject without a home')
  return profileShard(env, workspace, address)
}

/** Calls made at once, for requests about one person. */
export const directly =
  (env: Env): IngestCall =>
  (home, request) =>
    shardAt(env, request.workspace, home).ingest(request)

/** Ingests where the subject lives, following it where it moved to. Verdicts are in the order of the events. */
export async function ingest(call: IngestCall, request: IngestRequest): Promise<Sent> {
  const verdicts: Verdict[] = []
  const sent = await follow(request.subject, async (home, subject) => {
    const result = await call(home, {
      ...request,
      subject,
      events: request.events.slice(verdicts.length),
      // Refusals are counted by the first shard that handles anything.
      refused: verdicts.length === 0 ? request.refused : [],
    })
    if (result.type !== 'unknown') verdicts.push(...result.verdicts)
    return result
  })
  return sent.type === 'done'
    ? { type: 'done', result: { ...sent.result, verdicts } }
    : { ...sent, verdicts }
}

/** The decisions for a subject, asked where it lives. */
export const decide = (
  env: Env,
  request: Parameters<ProfileShardCalls['decide']>[0],
): Promise<Sent> =>
  follow(request.subject, (home, subject) =>
    shardAt(env, request.workspace, home).decide({ ...request, subject }),
  )

async function follow(
  first: Subject,
  call: (home: string, subject: Subject) => Promise<IngestResult>,
): Promise<Sent> {
  let subject = first
  let failures = 0
  for (let hop = 0; hop < MAX_HOPS;) {
    try {
      const result = await call(homeOf(subject), subject)
      if (result.type === 'done') return { type: 'done', result }
      subject = next(subject, result)
      hop++
    } catch (error) {
      const overloaded = isOverloaded(error)
      failures++
      // Message ids make the second try safe, whether or not the first one was stored.
      if (overloaded || failures > 1) return { type: 'busy', verdicts: [], overloaded }
    }
  }
  return { type: 'busy', verdicts: [], overloaded: false }
}

/** A hint is asked first; without one a device's own id says where its record is. */
const homeOf = (subject: Subject): string =>
  subject.type === 'device' ? (subject.profile ?? subject.device) : subject.profile

function next(subject: Subject, result: Exclude<IngestResult, Done>): Subject {
  if (result.type === 'moved') return { ...subject, profile: result.profile }
  if (subject.type === 'device') return { type: 'device', device: subject.device }
  return subject
}

/** Workers mark the error of an object that has too much to do. */
const isOverloaded = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'overloaded' in error && error.overloaded === true
