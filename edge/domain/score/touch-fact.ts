import type { Json } from '../../protocol/json.ts'
import { CHANNEL_EVENTS, MESSAGE_EVENTS, ONSITE, type Reaction } from '../../protocol/reaction.ts'
import { MAX_TAGS, MAX_WEIGHT, TOUCH_EVENTS } from '../../protocol/touch.ts'
import type { CountedEvent } from '../counted-event.ts'
import { isHearsay } from './hearsay.ts'

/** What an event says of a message: it reached its person, it is to, or it does not take its place any more. */
export type TouchKind = 'sent' | 'planned' | 'released'

/** What is kept of such an event. Null: not told. */
export type TouchFact = readonly [
  kind: TouchKind,
  messageId: string | null,
  channel: string | null,
  weight: number | null,
  tags: readonly string[],
  counts: boolean,
  plannedFor: number | null,
]

const KIND_OF: { readonly [R in Reaction]?: TouchKind } = {
  sent: 'sent',
  delivered: 'sent',
  seen: 'sent',
  bounced: 'released',
}

interface Known {
  readonly kind: TouchKind
  /** Null: the event says it. */
  readonly channel: string | null
}

const BY_NAME: ReadonlyMap<string, Known> = new Map<string, Known>([
  [TOUCH_EVENTS.planned, { kind: 'planned', channel: null }],
  [TOUCH_EVENTS.released, { kind: 'released', channel: null }],
  ...Object.entries(KIND_OF).flatMap(([reaction, kind]) => [
    [MESSAGE_EVENTS[reaction as Reaction], { kind, channel: null }] as const,
    ...Object.entries(CHANNEL_EVENTS).flatMap(([channel, events]) =>
      (events[reaction as Reaction] ?? []).map((name) => [name, { kind, channel }] as const),
    ),
  ]),
])

/** Names of the events that say something of a touch. */
export const TOUCH_EVENT_NAMES: readonly string[] = [...BY_NAME.keys()]

/** What providers call a message's id, in the order in which they are looked for. */
const ID_PROPERTIES = ['message_id', 'messageId', 'email_id']
const MAX_ID = 100
const MAX_TAG = 64

/**
 * What an event says of a touch. Undefined: nothing, as a message that is released or planned and has no id. What was
 * seen without a channel was seen on the site.
 */
export function touchFactOf(event: CountedEvent): Json | undefined {
  const { name, properties } = event
  const known = BY_NAME.get(name)
  if (known === undefined) return undefined
  const { kind } = known
  const id = textOf(ID_PROPERTIES.map((one) => properties[one]).find((one) => textOf(one) !== null))
  if (id === null && kind !== 'sent') return undefined
  const told = textOf(properties['channel'])?.toLowerCase() ?? null
  const channel = known.channel ?? told ?? (name === MESSAGE_EVENTS.seen ? ONSITE : null)
  if (isHearsay(event, channel)) return undefined
  const { weight, tags, planned_for: plannedFor } = properties
  const fact: TouchFact = [
    kind,
    id,
    channel,
    typeof weight === 'number' && weight > 0 ? Math.min(weight, MAX_WEIGHT) : null,
    Array.isArray(tags) ? tags.filter(isTag).slice(0, MAX_TAGS) : [],
    properties['transactional'] !== true,
    typeof plannedFor === 'number' ? plannedFor : null,
  ]
  return kind === 'planned' && fact[6] === null ? undefined : (fact as unknown as Json)
}

const isTag = (tag: Json): tag is string =>
  typeof tag === 'string' && tag.length > 0 && tag.length <= MAX_TAG

const textOf = (value: Json | undefined): string | null =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'
    ? String(value).slice(0, MAX_ID)
    : null
