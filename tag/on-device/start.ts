import { evaluatorOf } from '../../edge/domain/evaluate.ts'
import type { TagSettings } from '../../edge/protocol/collect.ts'
import type { OnDeviceSegments } from '../../edge/protocol/on-device.ts'
import { NEVER, type Millis } from '../../edge/protocol/time.ts'
import { guard } from '../guard.ts'
import { recordOf, type Held } from './record.ts'

/** The edge's own evaluator, as this part carries it. */
export { evaluatorOf }

/** The form of `OnDeviceSegments` that is read here. */
const VERSION: OnDeviceSegments['v'] = 1
/** Browsers take no longer timer. */
const LONGEST_TIMER: Millis = 2 ** 31 - 1

let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Judges segments in the page, now and whenever what it answers is called, and when time alone changes a verdict.
 * @param keys which of the segments that the workspace offers; anything but a list: all of them
 * @param events what is held, oldest first; undefined: there is an answer to consent, and nothing is judged any more
 * @param tell takes the keys of those that hold
 */
export async function start(
  { origin, writeKey }: TagSettings,
  keys: unknown,
  events: () => readonly Held[] | undefined,
  tell: (segments: readonly string[]) => void,
): Promise<() => void> {
  const response = await fetch(`${origin}/t/${writeKey}/on-device.json`, { credentials: 'omit' })
  const { v, segments, timezone, retention } = (await response.json()) as OnDeviceSegments
  if (v !== VERSION) return () => undefined
  const chosen = Array.isArray(keys) ? segments.filter(({ key }) => keys.includes(key)) : segments
  const known = segments.map((segment) => ({ ...segment, name: '', public: true }))
  const conditions = chosen.map(({ condition }) => condition)
  const ask = evaluatorOf({ type: 'any', conditions }, { timezone, retention, segments: known })

  const judge = guard(() => {
    clearTimeout(timer)
    const held = events()
    if (held === undefined) return
    const now = Date.now()
    const { parts } = ask({ events: held.flatMap(recordOf) }, now).clause
    tell(chosen.filter((_, place) => parts[place]?.holds).map(({ key }) => key))
    const until = Math.min(NEVER, ...parts.map((part) => part.until))
    if (until < NEVER) timer = setTimeout(judge, Math.min(until - now, LONGEST_TIMER))
  })
  judge()
  return judge
}
