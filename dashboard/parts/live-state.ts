import type {
  LiveDelivery,
  LiveEvent,
  LiveMessage,
  LiveTransition,
  SourceCounts,
} from '../../edge/protocol/live.ts'
import type { Millis } from '../../edge/protocol/time.ts'

/** How much of each stream is kept in the page: enough to look back a little, never growing. */
export const KEPT = { events: 500, transitions: 60, deliveries: 60, samples: 720 } as const

/** A thing that arrived, with a number that names it: two equal events are still two. */
export interface Arrived<T> {
  readonly n: number
  readonly item: T
}

export interface SizeSample {
  readonly at: Millis
  readonly sizes: { readonly [segment: string]: number }
}

/** What the socket has told since the page was opened. Newest first, but `samples` oldest first. */
export interface LiveState {
  readonly population: number | null
  readonly sizes: { readonly [segment: string]: number }
  readonly sources: { readonly [source: string]: SourceCounts }
  readonly samples: readonly SizeSample[]
  readonly events: readonly Arrived<LiveEvent>[]
  readonly transitions: readonly Arrived<LiveTransition>[]
  readonly deliveries: readonly Arrived<LiveDelivery>[]
  readonly next: number
}

export const EMPTY_LIVE: LiveState = {
  population: null,
  sizes: {},
  sources: {},
  samples: [],
  events: [],
  transitions: [],
  deliveries: [],
  next: 1,
}

/** The state after one message that arrived at `at`. */
export function applyLive(state: LiveState, message: LiveMessage, at: Millis): LiveState {
  switch (message.type) {
    case 'state':
      return {
        ...state,
        population: message.population,
        sizes: message.sizes,
        sources: message.sources,
        samples: sampled(state.samples, { at, sizes: message.sizes }),
      }
    case 'sizes': {
      const sizes = { ...state.sizes, ...message.sizes }
      return {
        ...state,
        population: message.population,
        sizes,
        samples: sampled(state.samples, { at, sizes }),
      }
    }
    case 'events':
      return {
        ...state,
        events: arrived(state.events, message.items, state.next, KEPT.events),
        sources: counted(state.sources, message.items),
        next: state.next + message.items.length,
      }
    case 'transitions':
      return {
        ...state,
        transitions: arrived(state.transitions, message.items, state.next, KEPT.transitions),
        next: state.next + message.items.length,
      }
    case 'deliveries':
      return {
        ...state,
        deliveries: arrived(state.deliveries, message.items, state.next, KEPT.deliveries),
        next: state.next + message.items.length,
      }
  }
}

function arrived<T>(
  kept: readonly Arrived<T>[],
  items: readonly T[],
  first: number,
  limit: number,
): readonly Arrived<T>[] {
  const fresh = items.map((item, index) => ({ n: first + index, item })).toReversed()
  return [...fresh, ...kept].slice(0, limit)
}

function sampled(kept: readonly SizeSample[], sample: SizeSample): readonly SizeSample[] {
  return [...kept, sample].slice(-KEPT.samples)
}

const NOTHING: SourceCounts = { accepted: 0, duplicate: 0, rejected: 0, failed: 0, replayed: 0 }

function counted(
  sources: LiveState['sources'],
  events: readonly LiveEvent[],
): LiveState['sources'] {
  const next = new Map(Object.entries(sources))
  for (const { source, verdict, replayOf } of events) {
    const counts = { ...(next.get(source) ?? NOTHING) }
    counts[verdict.status] += 1
    if (replayOf !== undefined) {
      counts[replayOf] -= 1
      counts.replayed += 1
    }
    next.set(source, counts)
  }
  return Object.fromEntries(next)
}
