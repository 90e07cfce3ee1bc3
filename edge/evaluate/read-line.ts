import { parseEvent, type Message } from '../parse/event.ts'
import { parseJson } from '../parse/json-text.ts'
import { isObject } from '../parse/inspect.ts'
import { parseInstant } from '../parse/timestamp.ts'
import { GRANT_LIFETIME } from '../protocol/consent.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { SourceId } from '../protocol/id.ts'
import { DEFAULT_KINDS } from '../protocol/identifier.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import { contextOf } from '../routes/intake/visitor.ts'
import { exportedEvent } from './exported.ts'

/** An event with the ids its person goes by in the file. */
export interface Told {
  readonly event: EventRecord
  readonly person: {
    readonly userId?: string
    readonly anonymousId?: string
    /** Of an exported event: whose history it was taken from. */
    readonly profile?: string
  }
}

export type Line = { readonly ok: true; readonly told: Told } | Unreadable
interface Unreadable {
  readonly ok: false
  readonly reason: string
}

/** Later than any file tells of: the present of a message that does not say when it was received. */
const LATEST: Millis = 8.64e15
const SOURCE = 'src_file' as SourceId

/**
 * Reads one line: a message of the Segment Tracking API, an event of a person's export, or a row of the lake as JSON.
 * `place`: where it stands in the file, which orders what happened at the same instant.
 */
export function readLine(text: string, place: number): Line {
  const json = parseJson(text)
  if (!json.ok) return bad(`is no JSON from column ${json.fault.column} on`)
  if (!isObject(json.value)) return bad('must be an object: one event')
  return 'message_id' in json.value || 'identifiers' in json.value
    ? exportedEvent(json.value, place)
    : messageOf(json.value, place)
}

const bad = (reason: string): Unreadable => ({ ok: false, reason })

function messageOf(json: JsonObject, place: number): Line {
  const received = parseInstant(json['receivedAt']) ?? parseInstant(json['sentAt'])
  const parsed = parseEvent(
    json,
    0,
    {},
    {
      receivedAt: received ?? LATEST,
      retention: Number.POSITIVE_INFINITY,
      consentMode: 'implied',
      purposes: [],
      grantLifetime: GRANT_LIFETIME,
      gpc: false,
      kinds: DEFAULT_KINDS,
      // Who it is of is read by `idsOf`: what identifies no one in a workspace may still name a line's person.
      device: true,
      newMessageId: () => `line-${place}`,
    },
  )
  if (!parsed.ok) {
    const { reason, path } = parsed.refused
    return bad(path === undefined ? reason : `${path}: ${reason}`)
  }
  if (parsed.message.timestamp === LATEST) return bad('timestamp: is missing')
  const person = idsOf(json)
  if (Object.keys(person).length === 0) return bad('userId: must name a userId or an anonymousId')
  return { ok: true, told: { event: recordOf(parsed.message, received, place), person } }
}

const idsOf = ({ userId, anonymousId }: JsonObject): Told['person'] => ({
  ...(isId(userId) && { userId: String(userId) }),
  ...(isId(anonymousId) && { anonymousId: String(anonymousId) }),
})

const isId = (value: unknown): boolean =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'

/** As the edge keeps a server's message, but for addresses, which stay readable: nothing is stored here. */
function recordOf(message: Message, received: Millis | undefined, position: number): EventRecord {
  const { index: _index, context, identifiers, dormant: _dormant, ...rest } = message
  const { previousId: _previous, integrations: _channels, userToken: _token, ...kept } = rest
  const { withdrawal: _withdrawal, ...event } = kept
  return {
    ...event,
    receivedAt: received ?? message.timestamp,
    position,
    source: SOURCE,
    identifiers: identifiers.map((identifier) => ({ ...identifier, proven: true })),
    context: contextOf(context, { place: {}, agent: {} }, 'server'),
  }
}
