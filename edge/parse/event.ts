import {
  CONSENT_EVENT,
  DEFAULT_PURPOSE,
  type ConsentAnswers,
  type ConsentMode,
  type EventPurpose,
  type Purpose,
} from '../protocol/consent.ts'
import {
  EVENT_NAMES,
  EVENT_TYPES,
  LIMITS,
  type Channels,
  type EventType,
} from '../protocol/event.ts'
import type { BlockedValue, Identifier, IdentifierKind } from '../protocol/identifier.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import type { RefusalReason, RefusedEvent } from '../protocol/verdict.ts'
import { consentOf, permits, type ConsentRules, type Said } from './consent.ts'
import { normaliseId, parseId, parseIdentifiers } from './identifiers.ts'
import { channelsOf } from './integrations.ts'
import { inspect, isObject, textBytes, type Fault } from './inspect.ts'
import { standalone } from './standalone.ts'
import { correctInstant, parseInstant } from './timestamp.ts'

/** What the parser must know of the request and its workspace. */
export interface ParseOptions extends ConsentRules {
  /** An event older than this is refused. `Infinity`: history is welcome. */
  readonly retention: Millis
  readonly consentMode: ConsentMode
  /** Events that the source collects for another purpose than analytics. */
  readonly purposes: readonly EventPurpose[]
  /** The workspace's kinds of identifier, most trusted first. */
  readonly kinds: readonly IdentifierKind[]
  /** Values that identify no one in this workspace. */
  readonly blocked?: readonly BlockedValue[]
  /** The request itself says which browser it is: `anonymousId` is then no identifier, and none is needed. */
  readonly device: boolean
  /** Makes the id of a message that came without one. */
  readonly newMessageId: () => string
}

/** What a batch says once for all its events. */
export interface BatchDefaults {
  readonly context?: JsonObject
  readonly integrations?: Channels
  readonly sentAt?: Millis
  /** What is wrong with that context: it is wrong with every event that shares it. */
  readonly fault?: Fault
}

/** A well-formed message. Its identifiers and traits hold readable addresses: it is not to be stored as it is. */
export interface Message {
  /** Position in the batch. */
  readonly index: number
  readonly messageId: string
  readonly type: EventType
  /** `event` of a track, else the entry of `EVENT_NAMES`. */
  readonly name: string
  readonly timestamp: Millis
  readonly identifiers: readonly Identifier[]
  /** Identifiers of kinds the workspace does not know, or blocked by it. Absent: none. */
  readonly dormant?: readonly Identifier[]
  /** Of an alias: the id its person had before. */
  readonly previousId?: string
  readonly properties: JsonObject
  /** The account it is told of, unless its id means nobody's. */
  readonly group?: string
  /** Of identify and group. */
  readonly traits?: JsonObject
  readonly context: JsonObject
  /** Destinations it may cause messages to. */
  readonly integrations?: Channels
  /** What was said of consent, and what was kept for granted where nothing was. */
  readonly consent?: ConsentAnswers
  readonly consentSignals?: NonNullable<Said['signals']>
  readonly consentSince?: Millis
  readonly implied?: true
  /** What it is kept for; absent: analytics. */
  readonly purpose?: Purpose
  /** JWT that may prove who it is about. */
  readonly userToken?: string
  /** All that may be kept of it is the answer: not even what the edge sees by itself. */
  readonly withdrawal?: true
  /** It was refused: its answers only came along with it, and matter to nobody but a person who is known. */
  readonly carried?: true
}

/** `raw` of a refusal still holds readable addresses. */
export type ParsedEvent =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly refused: RefusedEvent }

/** Reads one message of the Segment Tracking API, from any client. */
export function parseEvent(
  event: Json | undefined,
  index: number,
  batch: BatchDefaults,
  options: ParseOptions,
): ParsedEvent {
  if (!isObject(event)) {
    const refused = { index, messageId: options.newMessageId(), status: 'rejected' } as const
    return { ok: false, refused: { ...refused, reason: 'not-an-object' } }
  }
  const id = event['messageId']
  const usable = typeof id === 'string' && id !== '' && id.length < LIMITS.messageIdLength
  const messageId = usable && textBytes(id) > 0 ? id : options.newMessageId()

  // Spread defines own properties: a key `__proto__` stays data.
  const context = { ...batch.context, ...(isObject(event['context']) && event['context']) }
  const said = consentOf(context, options)
  const purpose = purposeOf(event, options.purposes)
  const permitted = said.ok && permits(said.value, options.consentMode, purpose)

  const refuse = (fault: Fault, status: 'rejected' | 'failed', raw?: JsonObject): ParsedEvent => ({
    ok: false,
    refused: {
      index,
      messageId,
      status,
      ...fault,
      ...(permitted ? raw && { raw: standalone(raw, batch) } : { isWithheld: true as const }),
    },
  })
  const unfit = batch.fault ?? inspect(event)
  // A deep or huge event cannot even travel on as a specimen.
  if (unfit !== undefined) {
    return refuse(unfit, 'rejected', unfit.reason === 'ill-formed-text' ? event : undefined)
  }
  if (!said.ok) return refuse(bare(said), 'rejected')
  const shape = parseShape(event, context, options)
  if (!shape.ok) return refuse(bare(shape), 'rejected', event)
  const time = parseTime(event, batch, options)
  if (!time.ok) return refuse(bare(time), 'rejected', event)
  if (time.value < options.receivedAt - options.retention) {
    return refuse({ reason: 'too-old', path: 'timestamp' }, 'failed', event)
  }
  const { answers, signals, since, unclear } = said.value
  const stated = {
    ...(answers !== undefined && { consent: answers }),
    ...(signals !== undefined && { consentSignals: signals }),
    ...(since !== undefined && { consentSince: since }),
    ...(options.consentMode === 'implied' && unclear.size === 0 && { implied: true as const }),
  }
  if (!permitted) {
    // A no must reach the profile it is about, whatever it came with: keeping the answer is necessary, and nothing else.
    if (!Object.values(answers ?? {}).includes(false)) {
      return refuse({ reason: 'no-consent' }, 'failed')
    }
    const { identifiers } = shape.value
    const about = { identifiers: options.device ? [] : identifiers, properties: {}, context: {} }
    const kept = { purpose: 'necessary', withdrawal: true } as const
    const answer = { index, messageId, type: 'track', name: CONSENT_EVENT } as const
    const isCarried = shape.value.type !== 'track' || shape.value.name !== CONSENT_EVENT
    return {
      ok: true,
      message: {
        ...answer,
        timestamp: time.value,
        ...stated,
        ...about,
        ...kept,
        ...(isCarried && { carried: true as const }),
      },
    }
  }

  const { userToken } = context
  const integrations = channelsOf(batch.integrations, event['integrations'])
  return {
    ok: true,
    message: {
      index,
      messageId,
      timestamp: time.value,
      ...shape.value,
      context,
      ...(integrations !== undefined && { integrations }),
      ...stated,
      ...(purpose !== DEFAULT_PURPOSE && { purpose }),
      ...(typeof userToken === 'string' && { userToken }),
    },
  }
}

/** What an event of that name is collected for, whatever the rest of it is worth. */
function purposeOf(event: JsonObject, purposes: readonly EventPurpose[]): Purpose {
  const type = EVENT_TYPES.find((known) => known === event['type'])
  const name = type === undefined || type === 'track' ? event['event'] : EVENT_NAMES[type]
  const known = typeof name === 'string' ? name.normalize('NFC') : undefined
  return purposes.find((one) => one.event === known)?.purpose ?? DEFAULT_PURPOSE
}

type Parsed<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & Fault)

const bare = ({ reason, path }: Fault): Fault => ({ reason, ...(path !== undefined && { path }) })
const fail = (reason: RefusalReason, path: string) => ({ ok: false, reason, path }) as const

function parseTime(
  event: JsonObject,
  batch: BatchDefaults,
  { receivedAt }: ParseOptions,
): Parsed<Millis> {
  const key = given(event['originalTimestamp']) ? 'originalTimestamp' : 'timestamp'
  const original = parseInstant(event[key])
  if (original === undefined && given(event[key])) return fail('invalid-timestamp', key)
  const sentAt = parseInstant(event['sentAt'])
  if (sentAt === undefined && given(event['sentAt'])) return fail('invalid-timestamp', 'sentAt')
  return { ok: true, value: correctInstant(original, sentAt ?? batch.sentAt, receivedAt) }
}

const given = (value: Json | undefined): boolean => value !== undefined && value !== null

/** An optional object: null and absent are the same. */
function parseObject(event: JsonObject, key: string): Parsed<JsonObject | undefined> {
  const value = event[key]
  if (!given(value)) return { ok: true, value: undefined }
  if (!isObject(value)) return fail('wrong-type', key)
  if (Object.keys(value).length > LIMITS.properties) return fail('too-many-properties', key)
  return { ok: true, value }
}

type Shape = Pick<
  Message,
  'type' | 'name' | 'identifiers' | 'dormant' | 'previousId' | 'group' | 'properties' | 'traits'
>

function parseShape(event: JsonObject, context: JsonObject, options: ParseOptions): Parsed<Shape> {
  const messageId = event['messageId']
  if (given(messageId)) {
    if (typeof messageId !== 'string') return fail('wrong-type', 'messageId')
    if (messageId.length >= LIMITS.messageIdLength) return fail('too-long', 'messageId')
    if (messageId.includes('\0')) return fail('ill-formed-text', 'messageId')
  }
  const type = EVENT_TYPES.find((known) => known === event['type'])
  if (type === undefined) return fail('unknown-type', 'type')
  if (given(event['context']) && !isObject(event['context'])) return fail('wrong-type', 'context')
  const { integrations } = event
  if (given(integrations) && !isObject(integrations)) return fail('wrong-type', 'integrations')
  const name = parseName(event, type)
  if (!name.ok) return name
  const properties = parseObject(event, 'properties')
  if (!properties.ok) return properties
  const ownTraits = parseObject(event, 'traits')
  if (!ownTraits.ok) return ownTraits

  const userId = parseId(event['userId'], 'userId')
  if (!userId.ok) return userId
  const anonymousId = parseId(event['anonymousId'], 'anonymousId')
  if (!anonymousId.ok) return anonymousId
  const previousId = parseId(event['previousId'], 'previousId')
  if (!previousId.ok) return previousId
  const groupId = parseId(event['groupId'], 'groupId')
  if (!groupId.ok) return groupId
  if (type === 'group' && !groupId.value) return fail('missing-group', 'groupId')
  if (type === 'alias' && !previousId.value) return fail('missing-previous', 'previousId')
  if (type === 'alias' && !userId.value) return fail('missing-identity', 'userId')

  // Some SDKs send the traits of an identify in its context alone.
  const contextTraits = type === 'identify' ? context['traits'] : undefined
  const traits = { ...(isObject(contextTraits) && contextTraits), ...ownTraits.value }
  const hasTraits = type === 'identify' || type === 'group'
  const identifiers = parseIdentifiers(
    {
      ...(userId.value !== undefined && { userId: userId.value }),
      ...(anonymousId.value !== undefined && !options.device && { anonymousId: anonymousId.value }),
      ...(type === 'identify' && { traits }),
      context,
    },
    options.kinds,
    options.blocked,
  )
  if (!identifiers.ok) return identifiers
  if (identifiers.value.length === 0 && !options.device) return fail('missing-identity', 'userId')
  // What else somebody does may be told of an account too: `context.groupId`.
  const account = type === 'group' ? groupId : parseId(context['groupId'], 'context.groupId')
  if (!account.ok) return account
  const group = normaliseId('groupId', account.value ?? '')

  return {
    ok: true,
    value: {
      type,
      name: name.value,
      identifiers: identifiers.value,
      ...(identifiers.dormant.length > 0 && { dormant: identifiers.dormant }),
      properties: { ...titles(event, type), ...properties.value },
      ...(group !== undefined && { group }),
      ...(hasTraits && { traits }),
      ...(type === 'alias' && { previousId: previousId.value ?? '' }),
    },
  }
}

function parseName(event: JsonObject, type: EventType): Parsed<string> {
  if (type !== 'track') return { ok: true, value: EVENT_NAMES[type] }
  const name = event['event']
  if (name === undefined || name === null || name === '') return fail('missing-event', 'event')
  if (typeof name !== 'string') return fail('wrong-type', 'event')
  if (name.length > LIMITS.eventNameLength) return fail('too-long', 'event')
  if (name.includes('\0')) return fail('ill-formed-text', 'event')
  return { ok: true, value: name.normalize('NFC') }
}

/** What a message says outside its properties, kept among them: the name of a page, the id of a group. */
function titles(event: JsonObject, type: EventType): JsonObject {
  const keys = {
    track: [],
    page: ['name', 'category'],
    screen: ['name', 'category'],
    identify: [],
    group: ['groupId'],
    alias: ['previousId'],
  }[type]
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = event[key]
      return value === undefined || value === null ? [] : [[key, value]]
    }),
  )
}
