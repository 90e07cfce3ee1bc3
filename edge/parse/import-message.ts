import { type ColumnMapping, type ImportMapping } from '../protocol/import.ts'
import { MESSAGE_EVENTS, REACTIONS, type Reaction } from '../protocol/reaction.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import { compileCell, readBoolean, type ReadCell } from './import-cell.ts'
import { compileDate, type ReadDate } from './import-date.ts'

/** One row of a file. */
export interface ImportRow {
  /** The heading is row 1. */
  readonly row: number
  /** One a column of the file; empty: nothing is said. */
  readonly cells: readonly string[]
}

/** A message of the Segment Tracking API without its id, and the rows it is made of. */
export interface BuiltMessage {
  readonly message: JsonObject
  /** What makes two messages the same fact: its hash is the message's id. */
  readonly identity: string
  readonly rows: readonly number[]
}

export interface RowFault {
  readonly row: number
  readonly column?: string
  readonly reason: string
}

/** Event names by which conditions and reports know imported facts. */
export const IMPORTED = {
  order: 'Order Completed',
  refund: 'Order Refunded',
  consent: 'Segment Consent Preference Updated',
} as const

/** What tools and people call reactions, without case. */
const REACTION_WORDS: { readonly [word: string]: Reaction } = {
  ...Object.fromEntries(REACTIONS.map((reaction) => [reaction, reaction])),
  send: 'sent',
  targeted: 'sent',
  envoyé: 'sent',
  delivery: 'delivered',
  livré: 'delivered',
  délivré: 'delivered',
  open: 'opened',
  ouvert: 'opened',
  click: 'clicked',
  clic: 'clicked',
  cliqué: 'clicked',
  conversion: 'converted',
  converti: 'converted',
  redeemed: 'converted',
  bounce: 'bounced',
  rebond: 'bounced',
  unsubscribe: 'unsubscribed',
  désabonné: 'unsubscribed',
  désinscrit: 'unsubscribed',
  view: 'seen',
  vu: 'seen',
}

/** What a cell tells of a message, in the words of tools and people; undefined: nothing known. */
export const readReaction = (text: string): Reaction | undefined => {
  const word = text.trim().toLowerCase()
  return Object.hasOwn(REACTION_WORDS, word) ? REACTION_WORDS[word] : undefined
}

interface Column {
  readonly at: number
  readonly mapping: ColumnMapping
  readonly read: ReadCell
  readonly time?: ReadDate
}

/** Facts of one row, before they are a message. */
interface Facts {
  readonly row: number
  readonly identifiers: [kind: string, value: string][]
  readonly traits: { [name: string]: Json }
  readonly properties: { [name: string]: Json }
  readonly item: { [name: string]: Json }
  readonly consent: { [purpose: string]: boolean }
  time?: string
  order?: string
  reaction?: Reaction
}

/** Turns rows into messages by a mapping that `checkMapping` has nothing to say against. */
export class MessageBuilder {
  readonly #mapping: ImportMapping
  readonly #columns: readonly Column[]
  readonly #order: number

  constructor(mapping: ImportMapping, columns: readonly string[]) {
    this.#mapping = mapping
    const { zone } = mapping
    this.#columns = mapping.columns.flatMap((column): Column[] => {
      const at = columns.indexOf(column.column)
      if (at < 0 || column.use === 'ignore') return []
      const as = 'as' in column ? column.as : undefined
      const read = compileCell(as ?? { type: 'text' }, zone)
      const time =
        column.use === 'time'
          ? compileDate({ ...(zone !== undefined && { zone }), type: 'date', ...column.as })
          : undefined
      return read === undefined ? [] : [{ at, mapping: column, read, ...(time && { time }) }]
    })
    this.#order = this.#columns.find(({ mapping }) => mapping.use === 'order')?.at ?? -1
  }

  /** Of an order's line: its order's number. Rows that follow each other with the same one belong together. */
  groupOf({ cells }: ImportRow): string | undefined {
    return this.#order < 0 ? undefined : (cells[this.#order] ?? '').trim()
  }

  /** The message of one row, or of the lines of one order. One bad line makes the whole order bad: half of one is a lie. */
  build(rows: readonly ImportRow[]): BuiltMessage | readonly RowFault[] {
    const faults: RowFault[] = []
    const facts = rows.map((row) => this.#read(row, faults))
    const [first] = facts
    if (first === undefined) return []
    if (faults.length > 0) return spread(faults, rows)
    const message = this.#messageOf(first, facts)
    if ('reason' in message) return rows.map(({ row }) => ({ row, ...message }))
    return { ...message, rows: rows.map(({ row }) => row) }
  }

  #read({ row, cells }: ImportRow, faults: RowFault[]): Facts {
    const facts: Facts = { row, identifiers: [], traits: {}, properties: {}, item: {}, consent: {} }
    for (const column of this.#columns) {
      const text = (cells[column.at] ?? '').trim()
      if (text === '') continue
      const reason = take(facts, column, text)
      if (reason !== undefined) faults.push({ row, column: column.mapping.column, reason })
    }
    return facts
  }

  #messageOf(
    first: Facts,
    facts: readonly Facts[],
  ): { readonly message: JsonObject; readonly identity: string } | { readonly reason: string } {
    const { kind, reaction: fixed, denies = [], constants = {} } = this.#mapping
    const { identifiers, time, order } = first
    if (identifiers.length === 0) return { reason: 'no-identifier' }
    if (facts.some((other) => !sameIdentifiers(identifiers, other.identifiers))) {
      return { reason: 'order-of-several-people' }
    }
    if (kind === 'customers') {
      const consent = answersOf(first.consent)
      const traits = { ...constants, ...first.traits }
      return finish({ type: 'identify', traits }, identifiers, time, consent)
    }
    if (kind === 'consents') {
      const answers = {
        ...Object.fromEntries(denies.map((purpose) => [purpose, false])),
        ...first.consent,
      }
      const consent = answersOf(answers)
      if (consent === undefined) return { reason: 'no-answer' }
      const properties = { ...constants, ...first.properties }
      return finish(
        { type: 'track', event: IMPORTED.consent, properties },
        identifiers,
        time,
        consent,
      )
    }
    if (time === undefined) return { reason: 'no-time' }
    if (kind === 'campaigns') {
      const reaction = first.reaction ?? fixed
      if (reaction === undefined) return { reason: 'no-reaction' }
      const properties = { ...constants, ...first.properties }
      const event = MESSAGE_EVENTS[reaction]
      return finish({ type: 'track', event, properties }, identifiers, time)
    }
    if (order === undefined) return { reason: 'no-order' }
    const { event, properties } = orderOf(order, { ...constants, ...first.properties }, facts)
    const built = finish({ type: 'track', event, properties }, identifiers, time)
    // An order is known by its number: a later export that says more of it does not count it again.
    return { ...built, identity: JSON.stringify(['order', event, order]) }
  }
}

/** A faulty line takes the other lines of its order with it. */
function spread(faults: readonly RowFault[], rows: readonly ImportRow[]): readonly RowFault[] {
  const own = new Map(faults.map((fault) => [fault.row, fault]))
  return rows.map(({ row }) => own.get(row) ?? { row, reason: 'other-line-of-order' })
}

/** Reads one cell into the facts of its row; the answer is why it cannot. */
function take(facts: Facts, { mapping, read, time }: Column, text: string): string | undefined {
  switch (mapping.use) {
    case 'ignore':
      return undefined
    case 'identifier':
      facts.identifiers.push([mapping.kind, text])
      return undefined
    case 'time': {
      const at = time?.(text)
      if (at === undefined) return 'not-a-date'
      facts.time = new Date(at).toISOString()
      return undefined
    }
    case 'order':
      facts.order = text
      return undefined
    case 'reaction': {
      const reaction = readReaction(text)
      if (reaction === undefined) return 'unknown-reaction'
      facts.reaction = reaction
      return undefined
    }
    case 'consent': {
      const answer = readBoolean(text)
      if (answer === undefined) return 'not-a-boolean'
      define(facts.consent, mapping.purpose, answer !== (mapping.inverted === true))
      return undefined
    }
    case 'trait':
    case 'property':
    case 'item': {
      const cell = read(text)
      if (!cell.ok) return cell.reason
      const target = { trait: facts.traits, property: facts.properties, item: facts.item }[
        mapping.use
      ]
      define(target, mapping.name, cell.value)
      return undefined
    }
  }
}

/** As an own property, whatever its name: `__proto__` is data too. */
function define<T>(target: { [name: string]: T }, name: string, value: T): void {
  Object.defineProperty(target, name, {
    value,
    enumerable: true,
    writable: true,
    configurable: true,
  })
}

const sameIdentifiers = (
  one: readonly (readonly [string, string])[],
  other: readonly (readonly [string, string])[],
): boolean => JSON.stringify(one) === JSON.stringify(other)

const answersOf = (consent: { readonly [purpose: string]: boolean }): JsonObject | undefined =>
  Object.keys(consent).length === 0 ? undefined : { categoryPreferences: consent }

/** Puts identifiers, time and consent where the Segment Tracking API has them. */
function finish(
  body: JsonObject,
  identifiers: readonly (readonly [string, string])[],
  time: string | undefined,
  consent?: JsonObject,
): { readonly message: JsonObject; readonly identity: string } {
  const ids: { [name: string]: Json } = {}
  const addresses: { [kind: string]: Json } = {}
  const external: JsonObject[] = []
  for (const [kind, id] of identifiers) {
    if (kind === 'userId' || kind === 'anonymousId') ids[kind] ??= id
    else if (kind === 'email' || kind === 'phone') addresses[kind] ??= id
    else external.push({ type: kind, id })
  }
  const isIdentify = body['type'] === 'identify'
  const hasAddresses = Object.keys(addresses).length > 0
  const traits = isIdentify ? { ...(body['traits'] as JsonObject), ...addresses } : undefined
  const context = {
    ...(!isIdentify && hasAddresses && { traits: addresses }),
    ...(external.length > 0 && { externalIds: external }),
    ...(consent !== undefined && { consent }),
  }
  const message: JsonObject = {
    ...body,
    ...ids,
    ...(traits !== undefined && { traits }),
    ...(time !== undefined && { timestamp: time }),
    ...(Object.keys(context).length > 0 && { context }),
  }
  return { message, identity: JSON.stringify(message) }
}

/** Sums of money in decimal fractions, without the dust of binary ones. */
const round = (amount: number): number => Math.round(amount * 1e6) / 1e6

const numberOf = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined

/**
 * An order with its lines as `products`. Without a column for it, `revenue` is the sum of price × quantity (quantity 1
 * if none is given). An order of negative revenue gives money back: it is a refund, told in positive amounts.
 */
function orderOf(
  order: string,
  properties: JsonObject,
  facts: readonly Facts[],
): { readonly event: string; readonly properties: JsonObject } {
  const products = facts.map(({ item }) => item).filter((item) => Object.keys(item).length > 0)
  const priced = products.filter(({ price }) => numberOf(price) !== undefined)
  const sum = round(
    priced.reduce(
      (total, { price, quantity }) => total + (numberOf(price) ?? 0) * (numberOf(quantity) ?? 1),
      0,
    ),
  )
  const said = numberOf(properties['revenue']) ?? numberOf(properties['total'])
  const revenue = said ?? (priced.length > 0 ? sum : undefined)
  const base = { ...properties, order_id: order }
  if (revenue === undefined || revenue >= 0) {
    return {
      event: IMPORTED.order,
      properties: { ...base, ...(revenue !== undefined && { revenue }), ...listed(products) },
    }
  }
  const total = numberOf(properties['total'])
  return {
    event: IMPORTED.refund,
    properties: {
      ...base,
      revenue: -revenue,
      ...(total !== undefined && { total: Math.abs(total) }),
      ...listed(
        products.map((item) => {
          const quantity = numberOf(item['quantity'])
          return quantity === undefined ? item : { ...item, quantity: -quantity }
        }),
      ),
    },
  }
}

const listed = (products: readonly JsonObject[]) => products.length > 0 && { products }
