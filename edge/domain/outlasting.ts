import type { Millis } from '../protocol/time.ts'
import { NEVER } from '../protocol/time.ts'
import type { EvaluateEvents, Facts, Site } from './condition.ts'
import { entryKeptFrom, isOutlasting, type Entry } from './entry.ts'
import type { Feature } from './feature.ts'
import type { Verdict } from './verdict.ts'

/** Expiries after each other that are looked beyond; a verdict that lapses too early is only asked once more. */
const MAX_STEPS = 10

/**
 * A condition on events, some of which may be imported. These do not expire in the order in which they happened: the
 * condition is then asked of what is left at an instant, as if nothing ever expired, and again when the next of them
 * does. `compileFor`: it, where events expire so long after they happened.
 */
export function compileOutlasting(
  compileFor: (horizon: Millis) => EvaluateEvents,
  { horizon, reads }: Site,
): EvaluateEvents {
  const plain = compileFor(horizon)
  const lasting = compileFor(NEVER)
  const features = [...reads.features]
  return (facts, now) => {
    const isPlain =
      !facts.imported || !features.some((one) => facts.entries(one).some(isOutlasting))
    return isPlain ? plain(facts, now) : askLasting(lasting, facts, features, horizon, now)
  }
}

type Events = Pick<Facts, 'entries' | 'imported'>

function askLasting(
  ask: EvaluateEvents,
  facts: Events,
  features: readonly Feature[],
  horizon: Millis,
  now: Millis,
): Verdict {
  const askAt = (at: Millis): Verdict => {
    const { holds, until } = ask(leftAt(facts, horizon, at), at)
    return { holds, until: Math.min(until, nextExpiry(facts, features, horizon, at)) }
  }
  const { holds, until: first } = askAt(now)
  let until = first
  for (let step = 0; step < MAX_STEPS && until < NEVER; step++) {
    const then = askAt(until)
    if (then.holds !== holds) break
    until = then.until
  }
  return { holds, until }
}

const expiryOf = (entry: Entry, horizon: Millis): Millis => entryKeptFrom(entry) + horizon

const leftAt = (facts: Events, horizon: Millis, at: Millis): Events => ({
  imported: facts.imported,
  entries: (feature) => {
    const left = facts.entries(feature).filter((entry) => expiryOf(entry, horizon) > at)
    return left.length > feature.keep ? left.slice(-feature.keep) : left
  },
})

function nextExpiry(
  facts: Events,
  features: readonly Feature[],
  horizon: Millis,
  at: Millis,
): Millis {
  let next = NEVER
  for (const feature of features) {
    for (const entry of facts.entries(feature)) {
      const expiry = expiryOf(entry, horizon)
      if (expiry > at && expiry < next) next = expiry
    }
  }
  return next
}
