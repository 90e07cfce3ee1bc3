import { deviceDigest } from '../../crypto/device-digest.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { deviceIdOf } from '../../domain/id.ts'
import type { Env } from '../../objects/env.ts'
import { parseEntries, type Batch } from '../../parse/batch.ts'
import type { Message, ParseOptions } from '../../parse/event.ts'
import type { DeviceId } from '../../protocol/id.ts'
import type { Claims, IngestRequest, Subject } from '../../protocol/shard.ts'
import { NEVER } from '../../protocol/time.ts'
import type { RefusedEvent, Verdict } from '../../protocol/verdict.ts'
import { aliasOf, refuseConflicts } from './alias.ts'
import { isOwnDevice } from './browser.ts'
import { claimForNewborn } from './claims.ts'
import {
  partiesOf,
  subjectIdentifier,
  subjectOf,
  type Found,
  type Placed,
  type Run,
} from './parties.ts'
import { Recorder } from './record.ts'
import { originOf } from './origin.ts'
import { hideRefusals } from './refusals.ts'
import { ingest, type Sent } from './send.ts'
import { ShardCalls } from './shard-calls.ts'
import type { Caller } from './source.ts'
import { verdictsOf } from './verdicts.ts'
import type { TokenClaims } from './user-token.ts'
import { visitorOf, type Visitor } from './visitor.ts'

export interface Ingested {
  readonly verdicts: readonly Verdict[]
  /** Absent: everything was handled. */
  readonly trouble?: 'busy' | 'overloaded'
}

/** How events that are replayed came the first time. */
export interface Replay {
  readonly of: 'rejected' | 'failed'
  readonly visitor: Visitor
  readonly proof?: TokenClaims
}

/** Takes in a batch of messages about any number of people. `replay`: they were refused before. */
export async function ingestBatch(
  env: Env,
  request: Request,
  caller: Caller,
  keys: WorkspaceKeys,
  batch: Batch,
  options: ParseOptions,
  replay?: Replay,
): Promise<Ingested> {
  const { catalog, grant, source } = caller
  const entries = await refuseConflicts(env, caller, batch, parseEntries(batch, options))
  const visitor = replay?.visitor ?? visitorOf(request)
  const recorder = new Recorder(caller, keys, visitor, options, replay?.proof)
  const placed = await Promise.all(
    entries.flatMap((entry) => (entry.ok ? [place(recorder, entry.message, catalog.shards)] : [])),
  )
  const calls = new ShardCalls(env, grant.workspace, catalog.shards)
  // What is refused again is kept already.
  const refusing = replay === undefined ? entries : []
  const origin = originOf(caller, visitor, options)
  let refused = await hideRefusals(keys, recorder, refusing, origin)
  const verdicts = new Map<number, Verdict>()
  let trouble: Ingested['trouble']

  const send = async (
    subject: Subject,
    events: readonly Placed[],
    claims?: Claims,
  ): Promise<Sent> => {
    // The first call that is made carries the refusals of the whole batch.
    const carried: readonly RefusedEvent[] = refused
    refused = []
    const sent = await ingest((home, wanted) => calls.ingest(home, wanted), {
      workspace: grant.workspace,
      catalogVersion: catalog.version,
      source: source.id,
      consentMode: source.consent,
      subject,
      events: events.map(({ event }) => event),
      ...(claims !== undefined && { claims }),
      refused: carried,
      verdictsOnly: true,
      receivedAt: options.receivedAt,
      ...(options.retention === NEVER && { isHistory: true }),
      ...(replay !== undefined && { replayOf: replay.of }),
    } satisfies IngestRequest)
    const answered = sent.type === 'done' ? sent.result.verdicts : sent.verdicts
    answered.forEach((verdict, at) => verdicts.set(events[at]?.index ?? -1, verdict))
    return sent
  }
  const sendRun = async (run: Run, known?: Found): Promise<boolean> => {
    try {
      const found = known ?? (await subjectOf(calls, catalog.shards, run))
      if (found === undefined) {
        // Nobody is known by that: there is nobody whose answer it could be.
        for (const { index, event } of run.events) {
          const { messageId } = event
          const verdict = { messageId, status: 'failed', reason: 'no-consent' } as const
          refused = [...refused, { ...verdict, index }]
          verdicts.set(index, verdict)
        }
        return true
      }
      const { subject, isNew } = found
      const claims = isNew ? await claimForNewborn(calls, subject, run) : undefined
      const sent = await send(subject, run.events, claims)
      if (sent.type === 'busy') trouble = sent.overloaded ? 'overloaded' : (trouble ?? 'busy')
      return sent.type === 'done'
    } catch {
      trouble ??= 'busy'
      return false
    }
  }
  const parties = partiesOf(placed)
  // All are looked for before any is sent: calls to the same shard then travel together.
  const found = await Promise.allSettled(
    parties.map(([first]) => first && subjectOf(calls, catalog.shards, first)),
  )
  await Promise.all(
    parties.map(async (party, index) => {
      const first = found[index]
      // The identity shard could not be reached: these events are answered `busy`, others go on.
      if (first?.status !== 'fulfilled') return (trouble ??= 'busy')
      for (const [at, run] of party.entries()) {
        // What comes after a failure of the same person waits for the retry, or it would come before.
        if (!(await sendRun(run, at === 0 ? first.value : undefined))) return
      }
    }),
  )
  if (refused.length > 0) await send({ type: 'device', device: await nobody(caller, keys) }, [])
  return {
    verdicts: verdictsOf(entries, verdicts),
    ...(trouble !== undefined && { trouble }),
  }
}

/** A message as an event, its browser found: by `anonymousId`, or for an alias by the id it had before. */
async function place(recorder: Recorder, message: Message, shards: number): Promise<Placed> {
  const claimed = message.identifiers.find(({ kind }) => kind === 'anonymousId')?.value
  const own = claimed !== undefined && isOwnDevice(claimed, shards) ? claimed : undefined
  const alias = aliasOf(message, shards)
  const device: DeviceId | undefined = own ?? (alias.type === 'device' ? alias.device : undefined)
  const identifiers =
    alias.type === 'anonymous' && claimed === undefined
      ? [...message.identifiers, { kind: 'anonymousId', value: alias.value }]
      : message.identifiers
  const event = await recorder.record({ ...message, identifiers }, device)
  if (event.carried !== true) return { index: message.index, event }
  // Of a refused event no more is looked at than whose its answers are.
  const subject = subjectIdentifier(event)
  return {
    index: message.index,
    event: { ...event, identifiers: subject === undefined ? [] : [subject] },
  }
}

/** Where the refusals of a batch are kept of which no event could be: one shard a source. */
async function nobody({ catalog, source }: Caller, keys: WorkspaceKeys): Promise<DeviceId> {
  return deviceIdOf(await deviceDigest(keys, `refused ${source.id}`), catalog.shards)
}
