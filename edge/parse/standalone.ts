import type { Json, JsonObject } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import type { BatchDefaults } from './event.ts'
import { isObject } from './inspect.ts'
import { channelsOf } from './integrations.ts'

/**
 * An event together with what its batch said once for all, so that it can be read alone and is read the same. What the
 * event says wrongly stays as it is.
 */
export function standalone(event: JsonObject, batch: BatchDefaults): JsonObject {
  const whole: { [key: string]: Json } = { ...event }
  const { context, integrations, sentAt } = batch
  const own = event['context'] ?? {}
  const wanted = event['integrations'] ?? {}
  if (context !== undefined && isObject(own)) whole['context'] = { ...context, ...own }
  if (integrations !== undefined && isObject(wanted)) {
    whole['integrations'] = channelsOf(integrations, wanted) ?? {}
  }
  if (sentAt !== undefined) whole['sentAt'] = event['sentAt'] ?? written(sentAt)
  return whole
}

/** ISO 8601, but for the years that it writes with a sign, which no client does. */
function written(at: Millis): string | Millis {
  const text = new Date(at).toISOString()
  return /^\d/.test(text) ? text : at
}
