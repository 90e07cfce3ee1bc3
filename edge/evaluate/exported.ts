import { isObject } from '../parse/inspect.ts'
import { parseJson } from '../parse/json-text.ts'
import { parseInstant } from '../parse/timestamp.ts'
import { EVENT_TYPES, type EventContext, type EventRecord } from '../protocol/event.ts'
import type { SourceId } from '../protocol/id.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import type { Line } from './read-line.ts'

/** Columns of the lake that are called otherwise than the fields of an event's context. */
const COLUMNS: { readonly [column: string]: keyof EventContext } = {
  country: 'country',
  region: 'region',
  city: 'city',
  postal_code: 'postalCode',
  timezone: 'timezone',
  device_type: 'device',
  os: 'os',
  browser: 'browser',
  language: 'language',
  campaign_source: 'source',
  campaign_medium: 'medium',
  campaign_name: 'campaign',
  campaign_content: 'content',
  campaign_term: 'term',
  referrer_class: 'referrerClass',
}

/** An event of `GET /api/profiles/{id}/export`, or a row of the lake, whose nested columns are JSON text. */
export function exportedEvent(json: JsonObject, position: number): Line {
  const isRow = 'message_id' in json
  const field = (own: string, column: string): Json | undefined => json[isRow ? column : own]
  const name = field('name', 'event')
  if (typeof name !== 'string') return bad(isRow ? 'event' : 'name', 'must be text')
  const type = EVENT_TYPES.find((known) => known === json['type'])
  if (type === undefined) return bad('type', `must be one of ${EVENT_TYPES.join(', ')}`)
  const timestamp = parseInstant(json['timestamp'])
  if (timestamp === undefined) return bad('timestamp', 'must be an ISO 8601 instant')
  const identifiers = listOf(opened(json['identifiers']))
  const valueOf = (kind: string) => identifiers.find((one) => one['kind'] === kind)?.['value']
  const [userId, anonymousId] = [valueOf('userId'), valueOf('anonymousId') ?? json['device']]
  const { profile, group } = json
  const event: EventRecord = {
    messageId: String(field('messageId', 'message_id') ?? `line-${position}`),
    type,
    name,
    timestamp,
    receivedAt: parseInstant(field('receivedAt', 'received_at')) ?? timestamp,
    position,
    source: String(json['source'] ?? '') as SourceId,
    identifiers: [],
    properties: objectOf(opened(json['properties'])) ?? {},
    ...optional('traits', objectOf(opened(json['traits']))),
    ...optional('consent', objectOf(opened(json['consent'])) as EventRecord['consent']),
    ...(typeof group === 'string' && { group }),
    ...(typeof json['purpose'] === 'string' && { purpose: json['purpose'] }),
    ...(json['implied'] === true && { implied: true as const }),
    ...(json['carried'] === true && { carried: true as const }),
    ...(json['imported'] === true && { imported: true as const }),
    ...(json['hearsay'] === true && { hearsay: true as const }),
    context: isRow ? contextOfRow(json) : ((objectOf(json['context']) ?? {}) as EventContext),
  }
  return {
    ok: true,
    told: {
      event,
      person: {
        ...(typeof profile === 'string' && { profile }),
        ...(typeof userId === 'string' && { userId }),
        ...(typeof anonymousId === 'string' && { anonymousId }),
      },
    },
  }
}

const bad = (path: string, reason: string): Line => ({ ok: false, reason: `${path}: ${reason}` })

/** A nested column is JSON text. */
function opened(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value
  const parsed = parseJson(value)
  return parsed.ok ? parsed.value : undefined
}

const objectOf = (value: Json | undefined): JsonObject | undefined =>
  isObject(value) ? value : undefined

const listOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : []

const optional = <Name extends string, Value>(name: Name, value: Value | undefined) =>
  (value === undefined ? {} : { [name]: value }) as { readonly [N in Name]?: Value }

const contextOfRow = (json: JsonObject): EventContext =>
  Object.fromEntries(
    Object.entries(COLUMNS).flatMap(([column, name]) => {
      const value = json[column]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
