import { type Entry, excess, nextBatch } from './bounds.ts'
import type { Outbox, StoredEntry } from './outbox.ts'
import { outcomeOf, waitBeforeRetry } from './retry.ts'
import { timeOf } from './random-id.ts'
import type { Reply } from './transport.ts'
import { guard } from './guard.ts'
import type { CollectResponse } from '../edge/protocol/collect.ts'

/** Events that happen together travel together. */
const GATHER_WAIT = 300
const GATHER_MAX = 30
/** A page first sends its own. */
const RESCUE_WAIT = 2_000
/** Another tab may be sending an event itself for as long as this; younger ones are left to it. */
const ABANDONED_AFTER = 30_000

export interface Sender {
  readonly add: (entry: Entry) => void
  /** Looks, a little later, after what earlier pages and closed tabs have left. */
  readonly rescue: () => void
  /** Sends what waits, now. */
  readonly flush: () => void
  /** The page may be about to end: sends what waits without asking storage or other tabs first. */
  readonly leave: () => void
  /** Tries again at once: the network is back. */
  readonly retry: () => void
  /** Forgets everything, here and in storage. */
  readonly drop: () => void
}

/** What the sender needs of its surroundings. */
export interface SenderPorts {
  readonly outbox: Outbox
  /** One request; must be on its way before the first await. */
  readonly send: (batch: readonly Entry[]) => Promise<Reply>
  /** Whether anything may be sent by now. */
  readonly permitted: () => boolean
  /** One tab at a time; `undefined` if another has it. */
  readonly alone: (work: () => Promise<boolean>) => Promise<boolean | undefined>
  readonly onLost: (events: number) => void
}

/**
 * Delivers entries in order. A first try goes straight from the page's memory. Once one has failed, all of this page's
 * entries are free for any tab, and are sent by whoever holds the lock, from what storage then still has: so two tabs
 * neither lose nor double.
 */
export function createSender({ outbox, send, permitted, alone, onLost }: SenderPorts): Sender {
  /** Not yet taken by the edge, in order, by key. */
  const own = new Map<string, Entry>()
  const inFlight = new Set<string>()
  let failures = 0
  let busy = false
  let rescue = false
  let timer: ReturnType<typeof setTimeout> | undefined

  const waiting = (): readonly Entry[] => [...own.values()].filter(({ key }) => !inFlight.has(key))

  const settle = (batch: readonly Entry[]): void => {
    for (const { key } of batch) own.delete(key)
    if (batch.length > 0) outbox.remove(batch)
  }
  const discard = (surplus: readonly Entry[]): void => {
    settle(surplus)
    onLost(surplus.length)
  }

  /** True: go on with the next batch. */
  const attempt = async (batch: readonly Entry[]): Promise<boolean> => {
    for (const { key } of batch) inFlight.add(key)
    const reply = await send(batch)
    for (const { key } of batch) inFlight.delete(key)
    if (!permitted()) return false
    const outcome = outcomeOf(reply.status)
    const again = outcome === 'retry' ? batch : outcome === 'sent' ? busyEntries(batch, reply) : []
    settle(batch.filter((entry) => !again.includes(entry)))
    if (outcome === 'refused') onLost(batch.length)
    if (again.length === 0) {
      failures = 0
      return true
    }
    if (failures === 0) outbox.put([...own.values()], true)
    failures += 1
    schedule(waitBeforeRetry(failures, reply.retryAfter, Math.random()))
    return false
  }

  const sendAll = async (entries: readonly Entry[]): Promise<boolean> => {
    let rest = entries.filter(({ key }) => !inFlight.has(key))
    while (rest.length > 0) {
      const batch = nextBatch(rest)
      if (!(await attempt(batch))) return false
      rest = rest.slice(batch.length)
    }
    return true
  }

  const drain = async (): Promise<boolean> => {
    const mine = waiting()
    const stored = await outbox.list().catch(() => undefined)
    if (!stored) return sendAll(waiting())
    const kept = new Set(stored.map(({ key }) => key))
    for (const { key } of mine) if (!kept.has(key)) own.delete(key) // another tab has sent it
    const surplus = stored.slice(0, excess(stored))
    discard(surplus)
    const rest = stored.slice(surplus.length)
    const mayTake = ({ key, free }: StoredEntry): boolean =>
      free || own.has(key) || Math.abs(Date.now() - timeOf(key)) > ABANDONED_AFTER
    const taken = rest.filter(mayTake)
    if (taken.length < rest.length) later(ABANDONED_AFTER)
    return sendAll(taken)
  }

  const flush = guard(async () => {
    if (busy || !permitted()) return
    busy = true
    stop()
    try {
      if (failures || rescue) {
        rescue = false
        if ((await alone(drain)) === undefined) later(RESCUE_WAIT)
      }
      while (!failures && waiting().length > 0) {
        if (!(await sendAll(waiting()))) break
      }
    } finally {
      busy = false
      if (rescue && !failures) schedule(GATHER_WAIT)
    }
  })

  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const schedule = (wait: number): void => {
    stop()
    timer = setTimeout(() => {
      timer = undefined
      flush()
    }, wait)
  }
  const later = (wait: number): void => {
    setTimeout(() => {
      rescue = true
      if (!failures) flush() // else the retry that is due looks after what was left, too
    }, wait)
  }

  return {
    rescue: () => later(RESCUE_WAIT),
    add: (entry) => {
      own.set(entry.key, entry)
      const all = [...own.values()]
      discard(all.slice(0, excess(all)))
      outbox.put([entry], failures > 0)
      if (!failures) {
        if (own.size >= GATHER_MAX) flush()
        else if (!timer) schedule(GATHER_WAIT)
      }
    },
    flush: () => {
      if (!failures) flush()
    },
    leave: () => {
      // While the edge is down and storage holds everything, the next page does better than a last try.
      if (!permitted() || (failures && outbox.durable())) return
      const batch = nextBatch(waiting())
      if (batch.length > 0) guard(attempt)(batch)
    },
    retry: () => {
      if (failures) schedule(0)
    },
    drop: () => {
      stop()
      own.clear()
      failures = 0
    },
  }
}

/** Events that the edge could not take just now, though it took the request. */
const busyEntries = (batch: readonly Entry[], { body }: Reply): readonly Entry[] => {
  const verdicts = (body as Partial<CollectResponse> | undefined)?.verdicts
  if (!Array.isArray(verdicts)) return []
  return batch.filter((_, i) => verdicts[i]?.reason === 'busy')
}
