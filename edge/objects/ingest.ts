import { mayRead } from '../domain/identity.ts'
import { mayReadAccounts } from '../domain/group.ts'
import { newProfile, type Profile } from '../domain/profile.ts'
import { earnedBy } from '../domain/rebuild.ts'
import { dueAt } from '../domain/standing.ts'
import { budgetsOf, pressedOf } from '../domain/score/cap.ts'
import type { ConsentMode } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { IngestRequest, IngestResult, Subject } from '../protocol/shard.ts'
import type { Verdict } from '../protocol/verdict.ts'
import type { Shard } from './shard.ts'
import { show, showStranger } from './show.ts'

const PREVIEW_CHARACTERS = 2_000

/** Counts a request's events and shows them to whoever watches. */
export function account(
  shard: Shard,
  { source, refused, receivedAt, replayOf }: IngestRequest,
  profile: ProfileId | undefined,
  events: readonly EventRecord[],
  verdicts: readonly Verdict[],
): void {
  shard.failedEvents.add(
    source,
    refused.filter(({ reason }) => reason !== 'no-consent'),
    receivedAt,
  )
  if (replayOf === undefined) {
    shard.counters.add(
      source,
      [...verdicts, ...refused].map(({ status }) => status),
    )
  }
  verdicts.forEach((verdict, index) => {
    const event = events[index]
    // What nobody will be shown costs nothing.
    if (event === undefined || shard.reporter.isFull) return shard.reporter.touch()
    const { type, name, properties } = event
    // Nothing of what may not be kept is shown either.
    const isKept = verdict.status !== 'failed'
    const preview = JSON.stringify(isKept ? properties : {}).slice(0, PREVIEW_CHARACTERS)
    shard.reporter.addEvent({
      source,
      ...(profile !== undefined && { profile }),
      type,
      name,
      receivedAt,
      verdict,
      preview,
      ...(replayOf !== undefined && { replayOf }),
    })
  })
  for (const { messageId, status, reason, path, raw } of refused) {
    const verdict: Verdict = { messageId, status, reason, ...(path !== undefined && { path }) }
    shard.reporter.addEvent({
      source,
      type: typeof raw?.['type'] === 'string' ? raw['type'] : '',
      name: typeof raw?.['event'] === 'string' ? raw['event'] : '',
      receivedAt,
      verdict,
      preview: raw === undefined ? '' : JSON.stringify(raw).slice(0, PREVIEW_CHARACTERS),
    })
  }
}

/** What the subject may be told of a profile: its public segments and what to show. */
export function answer(
  shard: Shard,
  profile: Profile,
  root: ProfileId,
  {
    subject,
    decide: placements,
    consentMode,
    pressure,
  }: Pick<IngestRequest, 'subject' | 'decide' | 'consentMode' | 'pressure'>,
  verdicts: readonly Verdict[],
): IngestResult {
  const { compiled } = shard
  const { catalog } = compiled
  const isRestricted =
    subject.type === 'device' &&
    !(
      mayRead(profile, subject.device, catalog.kinds) &&
      mayReadAccounts(profile, subject.device, compiled)
    )
  const visible = isRestricted ? earnedAlone(shard, profile, subject, consentMode) : profile
  const decisions =
    placements === undefined
      ? []
      : show(shard, profile, (id) => visible.memberships.has(id), placements)
  const segments: string[] = []
  for (const id of visible.memberships.keys()) {
    const segment = compiled.segments.get(id)
    if (segment?.definition.public === true) segments.push(segment.definition.key)
  }
  const now = shard.now()
  return {
    type: 'done',
    profile: profile.id,
    root,
    verdicts,
    segments: segments.sort(),
    decisions,
    ...(pressure === true &&
      !isRestricted && { pressure: budgetsOf(pressedOf(profile, compiled, now), now) }),
    until: dueAt(profile),
  }
}

function earnedAlone(
  shard: Shard,
  profile: Profile,
  subject: Subject & { type: 'device' },
  mode: ConsentMode,
): Profile {
  const own = shard.history.ofDevice(profile.id, subject.device)
  return earnedBy(profile, own, shard.compiled, mode, shard.now())
}

/** The answer for a browser nobody knows yet: what everybody sees. */
export function answerStranger(
  shard: Shard,
  subject: Subject,
  placements: readonly string[] | undefined,
  verdicts: readonly Verdict[] = [],
): IngestResult {
  const stranger = newProfile(
    '' as ProfileId,
    subject.type === 'device' ? subject.device : '',
    shard.now(),
  )
  return {
    type: 'done',
    profile: stranger.id,
    root: stranger.id,
    verdicts,
    segments: [],
    decisions: placements === undefined ? [] : showStranger(shard, stranger, placements),
    until: dueAt(stranger),
  }
}
