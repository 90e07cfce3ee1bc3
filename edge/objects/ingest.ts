import { applyEvent, noChanges, type Changes } from '../domain/apply-event.ts'
import { reachOf } from '../domain/channels.ts'
import { decide } from '../domain/experience.ts'
import { identifierKey, mayRead, sight } from '../domain/identity.ts'
import { newProfile, type Profile } from '../domain/profile.ts'
import { earnedBy, rebuildFeatures } from '../domain/rebuild.ts'
import { advance, dueAt, review } from '../domain/review.ts'
import type { ConsentMode } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Identifier } from '../protocol/identifier.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import type { IngestRequest, IngestResult, Subject } from '../protocol/shard.ts'
import type { Millis } from '../protocol/time.ts'
import type { Verdict } from '../protocol/verdict.ts'
import { dropKnown } from './failed-events.ts'
import type { Shard } from './shard.ts'
import { grantedBy } from './subject-place.ts'

/** Message ids a cause names at most. */
const MAX_EVIDENCE = 10
const PREVIEW_CHARACTERS = 2_000

/** What messages are deduplicated by: the device or identifier they came by. */
export const scopeOf = (subject: Subject): string =>
  subject.type === 'device' ? subject.device : identifierKey(subject.identifier)

const bucketFor = (subject: Subject, id: ProfileId): string =>
  subject.type === 'device' ? subject.device : id

/** A profile's working copy, brought up to now: time has passed, and the catalog may be newer than it. */
export function refresh(
  shard: Shard,
  profile: Profile,
  changes: Changes,
  now: Millis,
): Transition[] {
  const { compiled } = shard
  // First of all: a condition that reads what is not counted yet would let go of its members.
  if (profile.fingerprint !== compiled.fingerprint) {
    rebuildFeatures(profile, shard.history.all(profile.id), compiled)
    changes.everything = true
  }
  const transitions = advance(profile, compiled, now)
  if (profile.version === compiled.catalog.version) return transitions
  changes.everything = true
  const { version } = compiled.catalog
  profile.version = version
  const cause: Cause = { type: 'definition', version }
  return [
    ...transitions,
    ...review(profile, compiled, changes, { now, at: now, decidedAt: now, cause }),
  ]
}

/**
 * Admits events of one subject to a profile that lives here: dedupe, apply, evaluate what read something that
 * changed, and save, in the caller's transaction. Undefined: the subject or the profile has moved meanwhile.
 */
export function admit(
  shard: Shard,
  id: ProfileId,
  { subject, source, consentMode, isHistory, replayOf }: IngestRequest,
  events: readonly EventRecord[],
): Verdict[] | undefined {
  const found = shard.locate(id)
  if (found !== undefined && 'elsewhere' in found) return undefined
  const now = shard.now()
  const isNew = found === undefined
  const profile = found?.profile ?? newProfile(id, bucketFor(subject, id), now)
  if (subject.type === 'device') {
    const owner = shard.profiles.deviceOwner(subject.device)
    if (owner !== undefined && owner !== id) return undefined
    if (owner === undefined) shard.profiles.setDevice(subject.device, profile.id)
  }
  const ids = events.map(({ messageId }) => messageId)
  const fresh = shard.seen.admit(scopeOf(subject), source, ids, now, isHistory)
  if (replayOf !== undefined) dropKnown(shard, id, events, fresh)
  const admitted = events.filter((_, index) => fresh[index])
  if (isNew || admitted.length > 0) {
    store(shard, profile, admitted, consentMode, now, grantedBy(shard, subject, profile))
  }
  return events.map(({ messageId }, index) => ({
    messageId,
    status: fresh[index] === true ? 'accepted' : 'duplicate',
  }))
}

function store(
  shard: Shard,
  profile: Profile,
  events: readonly EventRecord[],
  mode: ConsentMode,
  now: Millis,
  granted: Identifier | undefined,
): void {
  const changes = noChanges()
  // A newborn has no verdicts yet.
  if (profile.version === 0) changes.everything = true
  const transitions = profile.version === 0 ? [] : refresh(shard, profile, changes, now)
  profile.version = shard.compiled.catalog.version
  profile.fingerprint = shard.compiled.fingerprint
  let latest = Number.NEGATIVE_INFINITY
  for (const event of events) {
    applyEvent(profile, event, mode, shard.compiled.features, changes)
    sight(profile, event, granted)
    latest = Math.max(latest, event.timestamp)
  }
  shard.history.append(profile.id, events)
  shard.lake.append(profile.id, events, now)
  const messageIds = events.slice(0, MAX_EVIDENCE).map(({ messageId }) => messageId)
  const at = latest > Number.NEGATIVE_INFINITY ? Math.min(latest, now) : now
  transitions.push(
    ...review(profile, shard.compiled, changes, {
      now,
      at,
      decidedAt: now,
      cause: { type: 'event', messageIds },
    }),
  )
  shard.save(profile, transitions, reachOf(events))
}

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
    if (event === undefined) return
    const { type, name, properties } = event
    const preview = JSON.stringify(properties).slice(0, PREVIEW_CHARACTERS)
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
  {
    subject,
    decide: placements,
    consentMode,
  }: Pick<IngestRequest, 'subject' | 'decide' | 'consentMode'>,
  verdicts: readonly Verdict[],
): IngestResult {
  const { compiled } = shard
  const { catalog } = compiled
  const isRestricted = subject.type === 'device' && !mayRead(profile, subject.device, catalog.kinds)
  const visible = isRestricted ? earnedAlone(shard, profile, subject, consentMode) : profile
  const segments: string[] = []
  for (const id of visible.memberships.keys()) {
    const segment = compiled.segments.get(id)
    if (segment?.definition.public === true) segments.push(segment.definition.key)
  }
  const decisions =
    placements === undefined
      ? []
      : decide(catalog, (id) => visible.memberships.has(id), profile.bucket, placements)
  return {
    type: 'done',
    profile: profile.id,
    verdicts,
    segments: segments.sort(),
    decisions,
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
): IngestResult {
  const stranger = newProfile(
    '' as ProfileId,
    subject.type === 'device' ? subject.device : '',
    shard.now(),
  )
  return {
    type: 'done',
    profile: stranger.id,
    verdicts: [],
    segments: [],
    decisions:
      placements === undefined
        ? []
        : decide(shard.compiled.catalog, () => false, stranger.bucket, placements),
    until: dueAt(stranger),
  }
}
