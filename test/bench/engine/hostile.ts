import type { Condition, EventTest } from '../../../edge/protocol/condition.ts'
import type { EventRecord } from '../../../edge/protocol/event.ts'
import type { JsonObject } from '../../../edge/protocol/json.ts'
import { DAY, HOUR, MINUTE, type Millis } from '../../../edge/protocol/time.ts'
import { track } from '../../domain/build.ts'
import { median } from '../statistics.ts'
import { compileConditions, Person } from './person.ts'
import { exponent, seeded, timed } from './rounds.ts'

const SEGMENTS = 500
const NAMES = ['Product Viewed', 'Product Added', 'Order Completed', 'Page Viewed'] as const
const CATEGORIES = 40
const SIZES = [125, 250, 500, 1_000, 2_000] as const
/** Events whose cost is looked at, once the history has its size. */
const LOOKED_AT = 60
const START: Millis = Date.parse('2026-01-01T00:00:00Z')

const nameOf = (index: number) => NAMES[index % NAMES.length] ?? NAMES[0]
const categoryOf = (index: number) => `category ${index % CATEGORIES}`
const list = Array.from({ length: 1_000 }, (_, index) => `item ${index}`)

/** One of each kind of condition over some events; those of one kind differ by `turn`. */
const KINDS: readonly ((events: EventTest, turn: number) => Condition)[] = [
  (events, turn) => ({ ...counted(events), value: 1 + (turn % 20) }),
  (events, turn) => ({ ...counted(events), measure: 'sum', property: 'price', value: 500 * turn }),
  (events, turn) => ({
    ...counted(events),
    measure: 'distinct',
    property: 'cart',
    value: 3 + turn,
  }),
  (events, turn) => ({ ...counted(events), measure: 'max', property: 'price', value: 100 + turn }),
  (events, turn) => ({
    ...counted(events),
    value: 1 + (turn % 9),
    window: { between: [`P${1 + (turn % 5)}D`, `P${20 + turn}D`] },
  }),
  (events, turn) => ({
    ...counted(events),
    measure: 'avg',
    property: 'price',
    value: 40 + turn,
    window: { calendar: 'day', offset: -(turn % 24) },
  }),
  (events, turn) => ({
    type: 'sequence',
    steps: [
      events,
      ...Array.from({ length: 1 + (turn % 9) }, () => ({ ...events, within: 'P1D' })),
    ],
    total: 'P9D',
  }),
  (events, turn) => ({
    type: 'sequence',
    steps: [events, { ...events, event: nameOf(turn), immediately: true }],
  }),
  (events, turn) => ({
    type: turn % 2 === 0 ? 'followedBy' : 'notFollowedBy',
    ...events,
    then: { event: nameOf(turn), same: 'cart' },
    within: 'PT2H',
    since: turn % 4 < 2 ? 'any' : 'last',
  }),
  (events, turn) => ({
    type: 'lifecycle',
    ...events,
    is: (['regular', 'stopped', 'returned', 'first-time'] as const)[turn % 4] ?? 'regular',
    period: `PT${6 + turn}H`,
    of: 20,
  }),
]

function counted(events: EventTest) {
  const shared = { type: 'performed', operator: 'gte', window: { last: 'P90D' } } as const
  return { ...shared, ...events }
}

/** Some ask for all events of a name, most for a category, some for what is costly to compare. */
const CONDITIONS: readonly Condition[] = Array.from({ length: SEGMENTS }, (_, index): Condition => {
  const turn = Math.floor(index / KINDS.length)
  const kind = KINDS[index % KINDS.length]
  const event = nameOf(index + turn)
  const where = [
    [],
    [{ property: 'category', operator: 'equals', value: categoryOf(index) } as const],
    [{ property: 'items', operator: 'in', value: [...list, `of ${index}`] } as const],
    [{ property: 'text', operator: 'contains', value: `é ${index}`, ignoreCase: true } as const],
    [{ property: 'category', operator: 'equals', value: categoryOf(turn) } as const],
  ][turn % 5]
  return kind?.(
    { event, ...(where !== undefined && where.length > 0 && { where }) },
    turn,
  ) as Condition
})

type Stream = (index: number) => EventRecord

const common = (index: number): JsonObject => ({
  category: categoryOf(0),
  cart: `cart ${index % 7}`,
  price: 10 + (index % 50),
})
const at = (name: string, when: Millis, properties: JsonObject, arrived = when): EventRecord =>
  track(name, when, properties, { receivedAt: arrived })

function ordinary(): Stream {
  const random = seeded(7)
  return (index) =>
    at(nameOf(Math.floor(random() * 4)), START + index * 20 * MINUTE, {
      category: categoryOf(Math.floor(random() * CATEGORIES)),
      cart: `cart ${Math.floor(index / 10)}`,
      price: Math.floor(random() * 100),
      text: 'a short text',
    })
}

const STREAMS: { readonly [name: string]: () => Stream } = {
  'all at one instant': () => (index) => at(NAMES[0], START, common(index), START + index),
  'one name, ever faster': () => (index) =>
    at(NAMES[0], START + index * 1_000, { ...common(index), price: index }),
  'two names by turns': () => (index) => at(nameOf(index), START + index * MINUTE, common(index)),
  'a new cart each time': () => (index) =>
    at(nameOf(index), START + index * MINUTE, { ...common(index), cart: `cart ${index}` }),
  'each before all others': () => (index) =>
    at(NAMES[0], START - index * MINUTE, common(index), START + index),
  'values that turn': () => (index) =>
    at(NAMES[0], START + index * HOUR, { ...common(index), price: (index % 2) * 10_000 }),
  'once in each period': () => (index) => at(NAMES[2], START + index * 7 * HOUR, common(index)),
  'once in two periods': () => (index) => at(NAMES[2], START + index * 13 * HOUR, common(index)),
  'once a day': () => (index) => at(NAMES[0], START + index * DAY, common(index)),
  'long texts': () => (index) =>
    at(NAMES[0], START + index * MINUTE, { ...common(index), text: 'É e\u0301 '.repeat(1_500) }),
  'long lists': () => (index) =>
    at(NAMES[0], START + index * MINUTE, { ...common(index), items: list }),
}

export interface HostileFigure {
  readonly history: string
  /** Median of one event at each size of the history, in microseconds. */
  readonly times: readonly number[]
  /** The dearest of these, against the median event of the ordinary history. */
  readonly ratio: number
  /** What one event costs grows as the size of the history to the power of it. */
  readonly exponent: number
}

/** What one event costs somebody whose history was made to be dear, under 500 segments of all kinds. */
export function benchHostile(rounds: number): readonly HostileFigure[] {
  const compiled = compileConditions(CONDITIONS)
  const streams = Object.entries({ ordinary, ...STREAMS })
  const times = streams.map(() => SIZES.map((): number[] => []))
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    for (const [row, [, make]] of streams.entries()) {
      const person = new Person(compiled, START - 10 * DAY)
      const stream = make()
      let next = 0
      for (const [column, size] of SIZES.entries()) {
        while (next < size - LOOKED_AT) person.take(stream(next++))
        while (next < size) {
          const event = stream(next++)
          times[row]?.[column]?.push(timed(() => void person.take(event)))
        }
      }
    }
  }
  const medians = times.map((columns) => columns.map(median))
  const usual = median(medians[0] ?? [])
  return streams.map(([history], row) => {
    const own = medians[row] ?? []
    const points = SIZES.map((size, column) => [size, own[column] ?? 1] as const)
    return { history, times: own, ratio: Math.max(...own) / usual, exponent: exponent(points) }
  })
}

export { SIZES as HISTORY_SIZES }
