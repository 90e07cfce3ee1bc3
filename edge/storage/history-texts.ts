import type { EventRecord } from '../protocol/event.ts'
import { linesOf, sealed, type SealedRow } from './sealed-chunk.ts'

/** A row must stay under 2 MB of UTF-8, also when it is quoted once more on its way to another shard. */
const CHUNK_CHARACTERS = 200_000
/** A sealed row takes in more until it has so many events. */
const SEALED_EVENTS = 128
/** More names than these are not looked for one by one. */
const MOST_LOOKED_FOR = 16

/** Names of events; undefined: any. */
export type Names = ReadonlySet<string> | undefined

/** Events of a tail; those are left out that bear none of some names. */
export function eventsOf(tail: string, asked?: Names): EventRecord[] {
  return linesOf(tail)
    .filter((line) => mayName(line, asked))
    .map((line) => JSON.parse(line) as EventRecord)
}

/** A few names are looked for in the text, which is quicker than to read all of it. */
export function mayName(text: string, asked: Names): boolean {
  if (asked === undefined || asked.size > MOST_LOOKED_FOR) return true
  for (const name of asked) if (text.includes(`"name":${JSON.stringify(name)}`)) return true
  return false
}

export const named = (events: readonly EventRecord[], asked: Names): readonly EventRecord[] =>
  asked === undefined ? events : events.filter(({ name }) => asked.has(name))

/** Events as rows: as many as have room in the last one there is, and new ones. */
export function* rowsOf(
  events: readonly EventRecord[],
  last?: SealedRow & { readonly events: number },
): Generator<{
  readonly row: SealedRow
  /** The events that are new in it. */
  readonly some: readonly EventRecord[]
  readonly isMore: boolean
}> {
  if (events.length === 0) return
  const room = SEALED_EVENTS - (last?.events ?? 0)
  if (room <= 0) return yield* rowsOf(events)
  const some = events.slice(0, room)
  const row = sealed(some, last)
  const taken = some.length
  if (lengthOf(row) <= CHUNK_CHARACTERS || (taken === 1 && last === undefined)) {
    yield { row, some, isMore: last !== undefined }
    return yield* rowsOf(events.slice(taken))
  }
  if (last !== undefined) return yield* rowsOf(events)
  const half = taken >> 1
  yield* rowsOf(events.slice(0, half))
  yield* rowsOf(events.slice(half))
}

const lengthOf = (row: SealedRow): number =>
  row.names.length + row.heads.length + row.properties.length + row.ids.length + row.others.length

/** Events as texts of a limited size, each a list of some. */
export function* textsOf(events: Iterable<EventRecord>): Generator<string> {
  let chunk: string[] = []
  let size = 0
  for (const event of events) {
    const text = JSON.stringify(event)
    if (size > 0 && size + text.length > CHUNK_CHARACTERS) {
      yield `[${chunk.join()}]`
      chunk = []
      size = 0
    }
    chunk.push(text)
    size += text.length
  }
  if (chunk.length > 0) yield `[${chunk.join()}]`
}
