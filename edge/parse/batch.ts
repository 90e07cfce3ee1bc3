import { LIMITS, type EventType } from '../protocol/event.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import type { FieldError, Result } from '../protocol/problem.ts'
import {
  parseEvent,
  type BatchDefaults,
  type Message,
  type ParsedEvent,
  type ParseOptions,
} from './event.ts'
import { channelsOf } from './integrations.ts'
import { inspect, isObject } from './inspect.ts'
import { standalone } from './standalone.ts'
import { parseInstant } from './timestamp.ts'

/** Beyond this, even one refusal an entry would make the answer many times the question. */
const MAX_ENTRIES = 4 * LIMITS.batchEvents

/** The entries of a request, not yet looked at. */
export interface Batch {
  readonly entries: readonly Json[]
  readonly defaults: BatchDefaults
  /** How many of them are taken; the others are refused. Absent: as many as a request may bring. */
  readonly most?: number
}

const error = (path: string, reason: string): { readonly ok: false; errors: FieldError[] } => ({
  ok: false,
  errors: [{ path, reason }],
})

/** Reads `{batch: […], context?, integrations?, sentAt?}`. What is wrong with the envelope is wrong with the request. */
export function parseEnvelope(body: Json): Result<Batch> {
  if (!isObject(body)) return error('', 'must be an object with a list "batch"')
  const entries = body['batch']
  if (!Array.isArray(entries)) return error('batch', 'must be a list of events')
  if (entries.length > MAX_ENTRIES) {
    return error('batch', `has ${entries.length} entries; at most ${LIMITS.batchEvents} are read`)
  }
  const context = body['context']
  if (context !== undefined && context !== null && !isObject(context)) {
    return error('context', 'must be an object')
  }
  const { integrations, sentAt } = body
  if (integrations !== undefined && integrations !== null && !isObject(integrations)) {
    return error('integrations', 'must be an object')
  }
  return {
    ok: true,
    value: { entries, defaults: defaultsOf(context ?? undefined, integrations, sentAt) },
  }
}

/** Reads the body of `/v1/track` and its siblings: the path says the type. */
export function parseSingle(body: Json, type: EventType): Result<Batch> {
  if (!isObject(body)) return error('', 'must be an object: one event')
  return { ok: true, value: { entries: [{ ...body, type }], defaults: {} } }
}

/** An unreadable `sentAt` corrects no clock: the senders' clocks are then believed. */
function defaultsOf(
  context: JsonObject | undefined,
  said: Json | undefined,
  sent: Json | undefined,
): BatchDefaults {
  const integrations = channelsOf(said)
  const sentAt = parseInstant(sent)
  const fault = context === undefined ? undefined : inspect(context)
  return {
    ...(context !== undefined && fault === undefined && { context }),
    ...(integrations !== undefined && { integrations }),
    ...(sentAt !== undefined && { sentAt }),
    ...(fault !== undefined && {
      fault: { ...fault, path: ['context', fault.path].filter(Boolean).join('.') },
    }),
  }
}

/** One answer an entry, in order. A bad entry costs its siblings nothing. */
export function parseEntries(
  { entries, defaults, most = LIMITS.batchEvents }: Batch,
  options: ParseOptions,
): readonly ParsedEvent[] {
  return entries.map((entry, index) => {
    const parsed = parseEvent(entry, index, defaults, options)
    return index < most || !parsed.ok ? parsed : tooMany(parsed.message, entry, defaults)
  })
}

/** Nothing is wrong with it but its place: it can be replayed as it is. */
function tooMany(
  { index, messageId, withdrawal }: Message,
  entry: Json,
  defaults: BatchDefaults,
): ParsedEvent {
  const isKept = withdrawal !== true && isObject(entry)
  return {
    ok: false,
    refused: {
      index,
      messageId,
      status: 'rejected',
      reason: 'too-many-events',
      ...(isKept && { raw: standalone(entry, defaults) }),
    },
  }
}
