import type { CountedEvent } from '../domain/counted-event.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { JsonObject } from '../protocol/json.ts'

/** A run of somebody's events as a row keeps it: by columns, each as text, so that what nobody asks for stays closed. */
export type SealedRow = {
  /** JSON: the different names of its events. */
  names: string
  /** JSON: `Heads`. */
  heads: string
  /** JSON: message ids. */
  ids: string
  /** Properties of each event as JSON, a line each. */
  properties: string
  /** What else there are of events as JSON, a line for each different one. */
  others: string
}

/** What decides whether an event counts, and all numbers of it. */
type Standing = Pick<CountedEvent, 'consent' | 'implied' | 'purpose' | 'imported' | 'hearsay'>

interface Heads {
  /** Place of each event's name among the names. */
  readonly name: number[]
  /** Milliseconds since the event before it, of the first since 1970. */
  readonly since: number[]
  /** Milliseconds from when it happened until it was received. */
  readonly late: number[]
  /** In its batch. Absent: all were the first. */
  readonly position?: number[] | undefined
  /** Place of each event's standing among the standings. Absent: all are of the first. */
  readonly standing?: number[] | undefined
  readonly standings: Standing[]
  /** Place of what else there is of each event among the others. Absent: all are of the first. */
  readonly other?: number[] | undefined
}

type Other = Omit<
  EventRecord,
  'messageId' | 'name' | 'timestamp' | 'receivedAt' | 'position' | 'properties' | keyof Standing
>

/** Different values in the order in which they come. */
class Dictionary<T> {
  readonly values: T[] = []
  readonly #places = new Map<string, number>()

  constructor(known: readonly T[] = []) {
    for (const value of known) this.placeOf(value)
  }

  placeOf(value: T): number {
    const key = typeof value === 'string' ? value : JSON.stringify(value)
    const known = this.#places.get(key)
    if (known !== undefined) return known
    this.#places.set(key, this.values.length)
    return this.values.push(value) - 1
  }
}

/** A line each. JSON holds no line break of its own. */
export const lined = (lines: readonly string[]): string => lines.join('\n')
export const linesOf = (text: string): string[] => (text === '' ? [] : text.split('\n'))

const numbers = (places: readonly number[]): number[] | undefined =>
  places.every((place) => place === 0) ? undefined : [...places]

/** Events of a row that is there, if there is one, and more behind them, as one row. */
export function sealed(events: readonly EventRecord[], before?: SealedRow): SealedRow {
  const heads = before && (JSON.parse(before.heads) as Heads)
  const count = heads?.name.length ?? 0
  const known = (column?: readonly number[]): number[] => [
    ...(column ?? Array<number>(count).fill(0)),
  ]
  const name = known(heads?.name)
  const since = known(heads?.since)
  const late = known(heads?.late)
  const position = known(heads?.position)
  const standing = known(heads?.standing)
  const other = known(heads?.other)
  const names = new Dictionary<string>(before && (JSON.parse(before.names) as string[]))
  const standings = new Dictionary<Standing>(heads?.standings)
  const others = new Dictionary<string>(before && linesOf(before.others))
  const ids: string[] = before ? (JSON.parse(before.ids) as string[]) : []
  const properties = before ? linesOf(before.properties) : []
  let last = since.reduce((sum, step) => sum + step, 0)
  for (const event of events) {
    const { consent, implied, purpose, imported, hearsay, ...more } = event
    const {
      messageId,
      name: called,
      timestamp,
      receivedAt,
      position: at,
      properties: told,
      ...rest
    } = more
    name.push(names.placeOf(called))
    since.push(timestamp - last)
    last = timestamp
    late.push(receivedAt - timestamp)
    position.push(at ?? 0)
    standing.push(standings.placeOf({ consent, implied, purpose, imported, hearsay }))
    other.push(others.placeOf(JSON.stringify(rest satisfies Other)))
    ids.push(messageId)
    properties.push(JSON.stringify(told))
  }
  const columns: Heads = {
    name,
    since,
    late,
    position: numbers(position),
    standing: numbers(standing),
    standings: standings.values,
    other: numbers(other),
  }
  return {
    names: JSON.stringify(names.values),
    heads: JSON.stringify(columns),
    ids: JSON.stringify(ids),
    properties: lined(properties),
    others: lined(others.values),
  }
}

/** The events of a row, in the order of arrival. */
export function opened(row: SealedRow): EventRecord[] {
  const names = JSON.parse(row.names) as string[]
  const heads = JSON.parse(row.heads) as Heads
  const ids = JSON.parse(row.ids) as string[]
  const properties = linesOf(row.properties)
  // Shared by events of which they are the same: nobody changes an event.
  const others = linesOf(row.others).map((line) => JSON.parse(line) as Other)
  let timestamp = 0
  return heads.name.map((name, place) => {
    timestamp += heads.since[place] ?? 0
    const position = heads.position?.[place] ?? 0
    return {
      messageId: ids[place] ?? '',
      name: names[name] ?? '',
      timestamp,
      receivedAt: timestamp + (heads.late[place] ?? 0),
      ...(position > 0 && { position }),
      properties: JSON.parse(properties[place] ?? '{}') as JsonObject,
      ...(others[heads.other?.[place] ?? 0] as Other),
      ...heads.standings[heads.standing?.[place] ?? 0],
    } as EventRecord
  })
}

/** What a reader of some of the events of a row asks for when it comes to it. */
export interface Columns {
  readonly heads: string
  ids(): string
  properties(): string
  others(): string
}

/** The events of a row that have one of some names; their parts are read when they are first asked for. */
export function* glimpsed(
  names: readonly string[],
  columns: Columns,
  isAsked: (name: string) => boolean,
): Generator<CountedEvent> {
  const asked = names.map(isAsked)
  const heads = JSON.parse(columns.heads) as Heads
  const row = new OpenRow(columns)
  let timestamp = 0
  for (const [place, name] of heads.name.entries()) {
    timestamp += heads.since[place] ?? 0
    if (asked[name] === true) yield new Glimpse(names[name] ?? '', timestamp, place, heads, row)
  }
}

/** Columns as they are opened. */
class OpenRow {
  readonly #columns: Columns
  #ids: readonly string[] | undefined
  #properties: readonly string[] | undefined
  #others: readonly string[] | undefined
  readonly #parsed = new Map<number, Other>()

  constructor(columns: Columns) {
    this.#columns = columns
  }

  id(place: number): string {
    return (this.#ids ??= JSON.parse(this.#columns.ids()) as string[])[place] ?? ''
  }

  properties(place: number): JsonObject {
    const lines = (this.#properties ??= linesOf(this.#columns.properties()))
    return JSON.parse(lines[place] ?? '{}') as JsonObject
  }

  other(place: number): Other {
    const known = this.#parsed.get(place)
    if (known !== undefined) return known
    const lines = (this.#others ??= linesOf(this.#columns.others()))
    const other = JSON.parse(lines[place] ?? '{}') as Other
    this.#parsed.set(place, other)
    return other
  }
}

class Glimpse implements CountedEvent {
  readonly name: string
  readonly timestamp: number
  readonly #place: number
  readonly #heads: Heads
  readonly #row: OpenRow
  #properties: JsonObject | undefined

  constructor(name: string, timestamp: number, place: number, heads: Heads, row: OpenRow) {
    this.name = name
    this.timestamp = timestamp
    this.#place = place
    this.#heads = heads
    this.#row = row
  }

  get receivedAt() {
    return this.timestamp + (this.#heads.late[this.#place] ?? 0)
  }
  get position() {
    return this.#heads.position?.[this.#place] ?? 0
  }
  get messageId() {
    return this.#row.id(this.#place)
  }
  get properties() {
    return (this.#properties ??= this.#row.properties(this.#place))
  }

  get #standing(): Standing {
    return this.#heads.standings[this.#heads.standing?.[this.#place] ?? 0] ?? {}
  }
  get consent() {
    return this.#standing.consent
  }
  get implied() {
    return this.#standing.implied
  }
  get purpose() {
    return this.#standing.purpose
  }
  get imported() {
    return this.#standing.imported
  }
  get hearsay() {
    return this.#standing.hearsay
  }

  get context() {
    return this.#row.other(this.#heads.other?.[this.#place] ?? 0).context
  }
}
