import { noChanges } from '../domain/apply-event.ts'
import { budgetsOf, pressedOf, questionOf } from '../domain/score/cap.ts'
import type { LedgerTouch } from '../domain/score/ledger.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { PersonTouches, StandingTouch, TouchAnswer, TouchAsk } from '../protocol/touch.ts'
import type { StoredProfile } from '../storage/profile-store.ts'
import { refresh } from './refresh.ts'
import { Held } from './separate.ts'
import type { Shard } from './shard.ts'
import { TouchBook } from './touches.ts'

type Moved = { readonly type: 'moved'; readonly profile: ProfileId }

/** Somebody who lives here and is not about to move; else where they are. Null: nobody knows them. */
export function personHere(shard: Shard, id: ProfileId): StoredProfile | Moved | null {
  const found = shard.locate(id)
  if (found === undefined) return null
  if ('elsewhere' in found) return { type: 'moved', profile: found.elsewhere }
  if (found.saga !== null) throw new Held(found.saga)
  return found
}

/**
 * Takes the place of a message, now or for when it is planned, if no cap speaks against it. Asked again it is answered
 * as before, but one that was planned is decided at its instant. Call it in a transaction.
 */
export function askHere(shard: Shard, { profile }: StoredProfile, ask: TouchAsk): TouchAnswer {
  const now = shard.now()
  const asked = questionOf(ask, now)
  // First of all: what was said of messages may be kept in another way by now.
  const passed = refresh(shard, profile, noChanges(), now)
  const before = standingOf(shard, profile, ask.messageId, now)
  const isAsBefore =
    before?.state === 'planned' &&
    asked.isPlanned &&
    before.at === asked.at &&
    before.weight === asked.weight &&
    before.channel === asked.channel
  if (before !== undefined && (before.state === 'sent' || isAsBefore)) {
    return { type: 'allowed', touch: shown(before), isNew: false }
  }
  const book = new TouchBook(shard, profile, now)
  const refusal = book.take(asked)
  // It was planned for now, and is not to be sent: its place is another's. One that is to come keeps it.
  const isOver =
    refusal !== undefined && before !== undefined && !asked.isPlanned && before.at <= now
  if (isOver) book.release(ask.messageId, 'refused')
  const transitions = [...passed, ...book.close()]
  if (refusal === undefined || isOver || transitions.length > 0) {
    shard.save(profile, transitions)
    shard.arm()
  }
  if (refusal !== undefined) return { type: 'refused', refusal }
  const touch = standingOf(shard, profile, ask.messageId, now)
  if (touch === undefined) throw new Error('A touch that was allowed does not stand')
  return { type: 'allowed', touch: shown(touch), isNew: true }
}

/** Gives the place of a planned message back. Call it in a transaction. */
export function cancelHere(
  shard: Shard,
  { profile }: StoredProfile,
  messageId: string,
): 'released' | 'sent' | 'unknown' {
  const now = shard.now()
  const transitions = refresh(shard, profile, noChanges(), now)
  const touch = standingOf(shard, profile, messageId, now)
  if (touch === undefined) return 'unknown'
  if (touch.state === 'sent') return 'sent'
  const book = new TouchBook(shard, profile, now)
  book.release(messageId, 'cancelled')
  shard.save(profile, [...transitions, ...book.close()])
  shard.arm()
  return 'released'
}

/** What takes its place, newest first, and how each cap stands. */
export function touchesOf(shard: Shard, { profile }: StoredProfile, limit: number): PersonTouches {
  const now = shard.now()
  const pressed = pressedOf(profile, shard.compiled, now)
  const { sent, planned } = pressed.ledger
  const touches = [...sent, ...planned].sort((a, b) => b.at - a.at).slice(0, limit)
  return { touches: touches.map(shown), budgets: budgetsOf(pressed, now) }
}

const standingOf = (
  shard: Shard,
  profile: StoredProfile['profile'],
  messageId: string,
  now: number,
): LedgerTouch | undefined => pressedOf(profile, shard.compiled, now).ledger.byId.get(messageId)

const shown = ({
  messageId,
  channel,
  weight,
  tags,
  at,
  state,
  counts,
}: LedgerTouch): StandingTouch => ({
  ...(messageId !== undefined && { messageId }),
  channel,
  weight,
  tags,
  at,
  state,
  counts,
})
