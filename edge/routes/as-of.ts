import { z } from '@hono/zod-openapi'
import { dayStart, namedDay, namedTime } from '../domain/named-time.ts'
import { clock } from '../objects/clock.ts'
import type { Millis } from '../protocol/time.ts'
import { refuseField } from './problem.ts'

export const asOfQuery = z.object({
  asOf: z.string().max(40).optional().openapi({
    description:
      'A day (the whole of it, in the workspace’s time zone) or an instant. Default: now',
    example: '2026-01-31',
  }),
})

/** The instant that is meant, of a day its last one. Undefined: now. */
export const asOfInstant = (text: string | undefined, timezone: string): Millis | undefined =>
  text === undefined ? undefined : instantAsOf('asOf', text, timezone)

/** The same of another parameter, and the present if it is absent. */
export function instantAsOf(field: string, text: string | undefined, timezone: string): Millis {
  if (text === undefined) return clock.now()
  const day = namedDay(text)
  const at = day === undefined ? namedTime(text, timezone)?.from : dayStart(day, timezone, 1) - 1
  if (at === undefined) throw refuseField(field, 'must be a day or an instant such as 2026-01-31')
  if (at > clock.now()) throw refuseField(field, 'is yet to come')
  return at
}
