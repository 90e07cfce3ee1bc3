import { NEVER, type Millis } from '../../protocol/time.ts'
import { entryKeptFrom, instantOf, valueOf, type Entry } from '../entry.ts'
import type { ReceivedMessage } from './appetence.ts'
import type { MessageFact } from './message-fact.ts'

/** A message that reached somebody: sent or delivered, and not sent back. */
export interface Message extends ReceivedMessage {
  /** Of the latest reaction. Absent: there was none. */
  readonly reactedAt?: Millis
  /** IANA name, as the event of its sending told it. */
  readonly zone?: string
}

export interface Messages {
  /** In order of time. */
  readonly messages: readonly Message[]
  /** When there is other news by itself: something ceases to count, or is no longer of the future. */
  readonly until: Millis
}

/** Made once of each list while all of it counts: lists of entries never change. */
const known = new WeakMap<readonly Entry[], readonly Message[]>()

/**
 * A person's messages on a channel as they stand at an instant, by what was said until then. `horizon`: how long what was
 * said counts.
 */
export function messagesAt(entries: readonly Entry[], now: Millis, horizon: Millis): Messages {
  let until = NEVER
  const counted = entries.filter((entry) => {
    const [at, leaves] = [instantOf(entry), entryKeptFrom(entry) + horizon]
    // Clocks may be set back: what is said of later than now counts from then on.
    if (at > now) until = Math.min(until, at)
    else if (leaves > now) until = Math.min(until, leaves)
    return at <= now && leaves > now
  })
  if (counted.length < entries.length) return { messages: madeOf(counted), until }
  let made = known.get(entries)
  if (made === undefined) known.set(entries, (made = madeOf(entries)))
  return { messages: made, until }
}

interface Told {
  at: Millis | undefined
  zone: string | undefined
  isBounced: boolean
  reactedAt: Millis | undefined
}

const untold = (): Told => ({
  at: undefined,
  zone: undefined,
  isBounced: false,
  reactedAt: undefined,
})

/** Entries are in order of time: what is said of a message first is when it was sent. */
function madeOf(entries: readonly Entry[]): readonly Message[] {
  const facts = entries.map((entry) => ({
    at: instantOf(entry),
    fact: valueOf(entry) as unknown as MessageFact,
  }))
  // Without a name the sending is the message; on some channels nothing but the arrival is told.
  const isSentTold = facts.some(({ fact: [act, name] }) => act === 's' && (name ?? null) === null)
  const named = new Map<string, Told>()
  const unnamed: Told[] = []
  for (const { at, fact } of facts) {
    const [act, name] = fact
    if (name === undefined || name === null) {
      if (act === (isSentTold ? 's' : 'd')) unnamed.push(toldBy(untold(), at, fact))
      // Whatever else is said without a name is said of the latest.
      else if (act !== 's' && act !== 'd') toldBy(unnamed.at(-1) ?? untold(), at, fact)
      continue
    }
    let told = named.get(name)
    if (told === undefined) named.set(name, (told = untold()))
    toldBy(told, at, fact)
  }
  return [...named.values(), ...unnamed]
    .flatMap(({ at, zone, isBounced, reactedAt }): readonly Message[] =>
      at === undefined || isBounced
        ? []
        : [
            {
              at,
              reacted: reactedAt !== undefined,
              ...(reactedAt !== undefined && { reactedAt }),
              ...(zone !== undefined && { zone }),
            },
          ],
    )
    .sort((a, b) => a.at - b.at)
}

function toldBy(told: Told, at: Millis, [act, , zone]: MessageFact): Told {
  if (act === 'b') told.isBounced = true
  else if (act === 'r') told.reactedAt = at
  else {
    told.zone ??= zone
    told.at ??= at
  }
  return told
}
