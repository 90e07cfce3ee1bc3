import { z } from 'zod'
import { parseDuration } from '../protocol/duration.ts'
import type { CapId, SegmentId } from '../protocol/id.ts'
import type { Result } from '../protocol/problem.ts'
import { CHANNELS } from '../protocol/reaction.ts'
import { MAX_CAP_WINDOW, MAX_MOST, type CapDefinition } from '../protocol/touch.ts'
import { oneOf, text } from './condition-test.ts'

/** Says what is wrong with the length of a cap; undefined: nothing. */
export function faultOfCapWindow(told: string): string | undefined {
  const span = parseDuration(told)
  if (span === undefined) {
    return 'must be a duration such as P7D or PT24H: weeks, days, hours, minutes, seconds'
  }
  return span > MAX_CAP_WINDOW ? 'must be at most P365D' : undefined
}

const most = z
  .number('Must be a number')
  .min(0, 'Must be 0 or more')
  .max(MAX_MOST, `Must be at most ${MAX_MOST}`)

/** As `/api/caps` shows it: what else it tells is not looked at. */
const schema = z.object({
  id: text.optional(),
  key: text,
  channel: oneOf(CHANNELS).nullish(),
  tag: text.nullish(),
  window: z.string('Must be a duration').superRefine((told, context) => {
    const message = faultOfCapWindow(told)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  }),
  most,
  thresholds: z.array(z.object({ segment: text, most }), 'Must be a list').default([]),
  onSite: z.boolean('Must be true or false').default(false),
  enabled: z.boolean('Must be true or false').default(true),
})

/** Reads a cap. Each mistake is told with its path and a reason. */
export function parseCap(json: unknown): Result<CapDefinition> {
  const parsed = schema.safeParse(json)
  if (!parsed.success) {
    const errors = parsed.error.issues.map(({ path, message }) => ({
      path: path.map(String).join('.'),
      reason: message,
    }))
    return { ok: false, errors }
  }
  const { id, key, channel, tag, thresholds, ...rest } = parsed.data
  const cap: CapDefinition = {
    ...rest,
    id: (id ?? key) as CapId,
    key,
    name: key,
    ...(channel != null && { channel }),
    ...(tag != null && { tag }),
    thresholds: thresholds.map((one) => ({ ...one, segment: one.segment as SegmentId })),
  }
  return { ok: true, value: cap }
}
