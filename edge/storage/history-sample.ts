import type { CountedEvent } from '../domain/counted-event.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { HistoryStore } from './history-store.ts'
import type { Question } from './read-ahead.ts'

/** What an event that is read costs, as characters of text that are decoded. */
const EVENT_CHARACTERS = 300

export interface HistoriesRead {
  /** Of whoever has some: in any order, which changes nobody. */
  readonly events: ReadonlyMap<ProfileId, readonly CountedEvent[]>
  /** What it cost, in characters decoded. */
  readonly cost: number
}

/** The kept events of many profiles that a question is about, read with a few statements. */
export function readHistories(
  history: HistoryStore,
  profiles: readonly ProfileId[],
  question: Question,
): HistoriesRead {
  const events = new Map<ProfileId, CountedEvent[]>()
  const { names } = question
  let cost = 0
  if (profiles.length === 0 || names?.size === 0) return { events, cost }
  for (const [id, chunks] of history.chunksOfAll(profiles, question)) {
    const own = chunks.flatMap((chunk) => [...chunk.events(names)])
    events.set(id as ProfileId, own)
    cost += own.length * EVENT_CHARACTERS
  }
  return { events, cost }
}
