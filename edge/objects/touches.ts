import { effectsOf, type Effect } from '../domain/activation.ts'
import { applyEvent, noChanges, type Changes } from '../domain/apply-event.ts'
import type { Reach } from '../domain/channels.ts'
import { base32, deliveryIdOf } from '../domain/id.ts'
import type { Profile } from '../domain/profile.ts'
import { review } from '../domain/review.ts'
import {
  askedCaps,
  pressedOf,
  questionOf,
  refusedBy,
  type TouchQuestion,
} from '../domain/score/cap.ts'
import { refusalText } from '../domain/score/refusal-text.ts'
import { releaseEvent, touchEvent } from '../domain/score/touch-event.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { DeliveryId, ProfileId } from '../protocol/id.ts'
import type { Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import { DEFAULT_WEIGHT, type TouchAsk, type TouchRefusal } from '../protocol/touch.ts'
import { refresh } from './refresh.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'

/** What is sent may have somebody enter what sends more. Nobody means more turns than that: then it is refused. */
const MAX_TURNS = 20

/**
 * Writes what is to be sent because of transitions into the outbox. What reaches the person takes its place in their
 * history, or is refused by a cap, in the same transaction. Answers all transitions: to be written to may have somebody
 * enter or leave.
 */
export function sendBecause(
  shard: Shard,
  profile: Profile,
  transitions: readonly Transition[],
  now: Millis,
  reach?: Reach,
): readonly Transition[] {
  const all = [...transitions]
  let fresh: readonly Transition[] = transitions
  for (let turn = 0; fresh.length > 0; turn++) {
    const effects = effectsOf(profile, fresh, shard.compiled, now, reach)
    const book = new TouchBook(shard, profile, now)
    enqueue(shard, profile, effects, { book, now, isInTime: turn < MAX_TURNS })
    fresh = book.close()
    all.push(...fresh)
  }
  return all
}

/** Takes touches into a profile's history, and what they count for. */
export class TouchBook {
  readonly #shard: Shard
  readonly #profile: Profile
  readonly #now: Millis
  readonly #changes: Changes = noChanges()
  readonly #events: EventRecord[] = []

  constructor(shard: Shard, profile: Profile, now: Millis) {
    this.#shard = shard
    this.#profile = profile
    this.#now = now
  }

  /** The rule that a touch would break; undefined: it has its place from now on. */
  take(asked: TouchQuestion): TouchRefusal | undefined {
    const { compiled } = this.#shard
    const pressed = pressedOf(this.#profile, compiled, this.#now)
    const refusal = refusedBy(asked, pressed, this.#now)
    const end = refusal === undefined ? 'allowed' : 'refused'
    this.#shard.capTally.add(askedCaps(asked, pressed, refusal), end, this.#now)
    if (refusal !== undefined) return refusal
    // What was released in this very moment is sent after that.
    const at = Math.max(this.#now, (pressed.ledger.released.get(asked.messageId) ?? 0) + 1)
    const { kinds } = compiled.catalog
    this.#note(touchEvent(this.#profile, kinds, asked, at, eventId()))
    return undefined
  }

  /** What takes its place no more. */
  release(messageId: string, reason: string): void {
    const { kinds } = this.#shard.compiled.catalog
    this.#note(releaseEvent(this.#profile, kinds, messageId, this.#now, eventId(), reason))
  }

  #note(event: EventRecord): void {
    const { features, catalog } = this.#shard.compiled
    const position = this.#events.length
    const placed = { ...event, ...(position > 0 && { position }) }
    this.#events.push(placed)
    applyEvent(this.#profile, placed, 'opt-in', features, this.#changes, catalog.traitPolicies)
  }

  get isEmpty(): boolean {
    return this.#events.length === 0
  }

  /** Writes them. Answers what became of the person because of them. */
  close(): readonly Transition[] {
    const messageIds = this.#events.map(({ messageId }) => messageId)
    if (messageIds.length === 0) return []
    const { history, lake, compiled } = this.#shard
    const now = this.#now
    history.append(this.#profile.id, this.#events)
    lake.append(this.#profile.id, this.#events, now)
    const moment = { now, at: now, decidedAt: now, cause: { type: 'event', messageIds } } as const
    return review(this.#profile, compiled, this.#changes, moment)
  }
}

const eventId = (): string => `tch_${base32(randomBytes())}`

/** Exits for those who may be told no more: they reach nobody. */
export function tellFarewells(
  shard: Shard,
  profile: Profile,
  effects: readonly Effect[],
  now: Millis,
): void {
  for (const effect of effects) {
    const id = deliveryIdOf(shard.address, randomBytes())
    addRow(shard, profile, effect, { id, ask: undefined, refused: undefined }, now)
  }
}

interface Refused {
  readonly reason: string
  readonly refusal?: TouchRefusal
}

/** A touch of an effect: its destination reaches people, and it is not told of an exit. */
function askOf(
  { activation, destination, transition }: Effect,
  id: DeliveryId,
): TouchAsk | undefined {
  const { channel } = destination
  if (channel === undefined || transition.type !== 'entered') return undefined
  const campaign = { id: activation.id, name: activation.name }
  return { messageId: id, channel, campaign, ...activation.touch }
}

interface Turn {
  readonly book: TouchBook
  readonly now: Millis
  /** False: what is sent has caused what is sent for too long. */
  readonly isInTime: boolean
}

function enqueue(
  shard: Shard,
  profile: Profile,
  effects: readonly Effect[],
  { book, now, isInTime }: Turn,
): void {
  const sendings = effects.map((effect) => {
    const id = deliveryIdOf(shard.address, randomBytes())
    return { effect, id, ask: askOf(effect, id) }
  })
  const refused = new Map<Effect, Refused>()
  const weightOf = ({ ask }: (typeof sendings)[number]): number => ask?.weight ?? DEFAULT_WEIGHT
  // The heaviest first: what is left is for the others.
  for (const { effect, ask } of sendings.toSorted((a, b) => weightOf(b) - weightOf(a))) {
    if (ask === undefined) continue
    if (!isInTime) {
      refused.set(effect, { reason: 'activations-cause-each-other' })
      continue
    }
    const refusal = book.take(questionOf(ask, now))
    if (refusal !== undefined) refused.set(effect, { reason: refusalText(refusal), refusal })
  }
  for (const { effect, id, ask } of sendings) {
    addRow(shard, profile, effect, { id, ask, refused: refused.get(effect) }, now)
  }
  keepUnused(profile, effects, refused)
}

/** What was to be sent once, and was not sent at all, may be another time. */
function keepUnused(
  { used, chosen }: Profile,
  effects: readonly Effect[],
  refused: ReadonlyMap<Effect, Refused>,
): void {
  const sent = new Set(
    effects.filter((effect) => !refused.has(effect)).map((one) => one.activation),
  )
  for (const { activation } of refused.keys()) if (!sent.has(activation)) used.delete(activation.id)
  // Whoever was not told of the entry needs not be told of the exit.
  for (const { activation, destination } of refused.keys()) {
    const told = chosen.get(activation.id)
    if (told !== undefined) {
      chosen.set(
        activation.id,
        told.filter((id) => id !== destination.id),
      )
    }
  }
}

function addRow(
  shard: Shard,
  profile: Profile,
  { activation, destination, transition, choice }: Effect,
  {
    id,
    ask,
    refused,
  }: {
    readonly id: DeliveryId
    readonly ask: TouchAsk | undefined
    readonly refused: Refused | undefined
  },
  now: Millis,
): void {
  const { outbox, reporter } = shard
  const { segment, type, at, decidedAt, cause, clauses } = transition
  const row = {
    id,
    profile: profile.id,
    destination: destination.id,
    activation: activation.id,
    segment,
    type,
    at,
    decidedAt,
    cause,
    ...(clauses !== undefined && { clauses }),
    ...(choice !== undefined && { choice }),
    ...(ask !== undefined && { touch: ask }),
    ...(refused?.refusal !== undefined && { refusal: refused.refusal }),
    nextAt: now,
    createdAt: now,
  }
  if (refused === undefined) return outbox.add(row)
  const { reason } = refused
  outbox.addRefused(row, { at: now, duration: 0, reason })
  const outcome = { type: 'refused', reason } as const
  reporter.addDelivery({
    id,
    destination: destination.id,
    segment,
    type,
    attempt: 1,
    at: now,
    outcome,
  })
}

/**
 * Has a message that was given up take its place no more. Where its person does not live here any more, or is about to
 * move, it keeps its place: less is sent than might be, never more. Call it in a transaction.
 */
export function releaseHere(shard: Shard, id: ProfileId, messageId: string, reason: string): void {
  const found = shard.locate(id)
  if (found === undefined || 'elsewhere' in found || found.saga !== null) return
  const now = shard.now()
  const { profile } = found
  const transitions = refresh(shard, profile, noChanges(), now)
  const book = new TouchBook(shard, profile, now)
  book.release(messageId, reason)
  shard.save(profile, [...transitions, ...book.close()])
}
