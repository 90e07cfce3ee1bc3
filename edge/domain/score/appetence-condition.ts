import type { ScoreCondition } from '../../protocol/condition.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { Evaluate, Site } from '../condition.ts'
import { compileNumberTest } from '../number-test.ts'
import { compileTest, type Accepts } from '../operator.ts'
import {
  channelsOf,
  noteReads,
  onChannel,
  probabilityAt,
  type Channel,
  type OnChannel,
} from './channel.ts'
import { crossings, passings } from './crossings.ts'
import { bestOf, isOpen } from './rank.ts'

/** Names of scores are `appetence.<channel>`. */
const PREFIX = 'appetence.'

/**
 * Compiles a comparison of how likely a message on a channel gets a reaction, or of the channel on which that is
 * likeliest. Only channels that somebody consents to and can be reached on are told of; all others are absent.
 * Undefined: there is no such score.
 */
export function compileAppetence(condition: ScoreCondition, site: Site): Evaluate | undefined {
  const { scoring, purposes, reads, horizon, zone } = site
  const { score, value } = condition
  if (scoring === undefined) return undefined
  const all = channelsOf(site, scoring, purposes)
  const asked =
    score === 'best-channel' ? all : all.filter(({ name }) => `${PREFIX}${name}` === score)
  for (const channel of asked) noteReads(reads, channel)
  const on = (channel: Channel, facts: Parameters<Evaluate>[0], now: Millis) =>
    onChannel(channel, facts, now, horizon)
  if (score === 'best-channel') {
    const accepts = compileTest(condition, zone)
    return (facts, now) =>
      ofBest(
        asked.map((channel) => on(channel, facts, now)),
        accepts,
        now,
      )
  }
  const [channel] = asked
  if (channel === undefined) return undefined
  const accepts = compileNumberTest(condition, zone)
  const bounds = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'number')
  return (facts, now) => ofOne(on(channel, facts, now), accepts, bounds, now)
}

function ofOne(
  one: OnChannel,
  accepts: Accepts,
  bounds: readonly number[],
  now: Millis,
): ReturnType<Evaluate> {
  // Only an event can open it, or a computed trait that comes.
  if (!isOpen(one)) return { holds: accepts(undefined), until: one.reachedUntil }
  const holdsAt = (at: Millis) => accepts(probabilityAt(one, at))
  const holds = holdsAt(now)
  const turn = passings(one, bounds)
    .filter((at) => at > now && holdsAt(at) !== holds)
    .reduce((least, at) => Math.min(least, at), NEVER)
  return { holds, until: Math.min(turn, one.until, one.consent.until, one.reachedUntil) }
}

function ofBest(all: readonly OnChannel[], accepts: Accepts, now: Millis): ReturnType<Evaluate> {
  const open = all.filter(isOpen)
  const bestAt = (at: Millis) => bestOf(open, at)
  const best = bestAt(now)
  const holds = accepts(best?.channel.name)
  const reach = all.reduce((least, { reachedUntil }) => Math.min(least, reachedUntil), NEVER)
  const news = open.reduce(
    (least, { until, consent }) => Math.min(least, until, consent.until),
    reach,
  )
  if (best === undefined) return { holds, until: news }
  const turn = open
    .filter((other) => other !== best)
    .flatMap((other) => crossings(best, other))
    .filter((at) => at > now && bestAt(at) !== best)
    .reduce((least, at) => Math.min(least, at), NEVER)
  return { holds, until: Math.min(turn, news) }
}
