import type { ContextField } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { MINUTE, NEVER, type Millis } from '../protocol/time.ts'
import type { Evaluate, Site } from './condition.ts'
import { instantOf, valueOf, type Entry } from './entry.ts'
import type { Accepts } from './operator.ts'

/** So long without an event ends a session. */
export const SESSION_PAUSE: Millis = 30 * MINUTE
/** Of a session the latest so many events are looked at. */
export const MAX_SESSION_EVENTS = 200

/** Compiles a test of what a field of the context was during the present session. */
export function compileSession(field: ContextField, accepts: Accepts, site: Site): Evaluate {
  const feature = site.features.demand({
    context: field,
    keep: MAX_SESSION_EVENTS,
    detail: 'value',
    purposes: site.purposes,
  })
  site.reads.features.add(feature)
  return (facts, now) => {
    const { values, end } = sessionAt(facts.entries(feature), now)
    const holds = accepts(values.length > 0 ? values : undefined)
    return { holds, until: end > now && accepts(undefined) !== holds ? end : NEVER }
  }
}

/** The values of the session that an instant is in, and when it ends if nothing more happens. */
function sessionAt(
  entries: readonly Entry[],
  now: Millis,
): { readonly values: readonly Json[]; readonly end: Millis } {
  const values: Json[] = []
  let [next, end] = [now, now]
  for (let place = entries.length - 1; place >= 0; place--) {
    const entry = entries[place] ?? 0
    const at = instantOf(entry)
    // Clocks may be set back: what is yet to come belongs to no session.
    if (at > now) continue
    if (next - at >= SESSION_PAUSE) break
    if (end === now) end = at + SESSION_PAUSE
    next = at
    const value = valueOf(entry)
    if (value !== null) values.push(value)
  }
  return { values, end }
}
