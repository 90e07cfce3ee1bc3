import { HOUR_BANDS, type ChannelFacts, type Reactions } from '../../protocol/appetence.ts'
import { isShort, type Scoring } from '../../protocol/population.ts'
import type { ProfileAppetence, ProfileChannel } from '../../protocol/profile-appetence.ts'
import type { Millis } from '../../protocol/time.ts'
import type { Facts } from '../condition.ts'
import { appetenceOf, evidenceOf, fadedAt, NO_PRIOR } from './appetence.ts'
import { byBand } from './appetence-tally.ts'
import { calibrated } from './calibration.ts'
import { appetenceAt, reactedAtOf, settingsOf, type OnChannel } from './channel.ts'
import { rankOpen } from './rank.ts'

/** People who differ by no more are told as alike. */
const NEXT_TO_NOTHING = 1e-3

/** How likely a person reacts to messages, by channel, and what that was made of. */
export function profileAppetence(
  all: readonly OnChannel[],
  scoring: Scoring,
  facts: Facts,
  zone: string,
  now: Millis,
): ProfileAppetence {
  const { halfLife, reactions, prior } = settingsOf(scoring)
  const best = rankOpen(all, now)
  return {
    channels: all.map((one) => channelOf(one, [facts.context.timezone, zone], now)),
    ...(best !== undefined && { best }),
    ...(halfLife !== undefined && { halfLife }),
    reactions,
    prior,
  }
}

function channelOf(
  one: OnChannel,
  zones: readonly (string | undefined)[],
  now: Millis,
): ProfileChannel {
  const { channel, messages, consent, isReachable } = one
  const { name, rules, found } = channel
  const appetence = appetenceAt(one, now)
  const { probability, low, high } = appetence ?? {}
  const reactedAt = reactedAtOf(one)
  const above =
    found === undefined || isShort(found) || probability === undefined
      ? undefined
      : found.tenths?.filter((tenth) => tenth < probability - NEXT_TO_NOTHING).length
  return {
    channel: name,
    purpose: rules.purpose,
    isConsented: consent.holds,
    isReachable,
    messages: messages.length,
    reacted: messages.filter(({ reacted }) => reacted).length,
    ...(appetence !== undefined && { counted: appetence.reactions }),
    ...(probability !== undefined && { probability, low: low ?? 0, high: high ?? 1 }),
    ...(reactedAt > Number.NEGATIVE_INFINITY && { reactedAt }),
    ...(found !== undefined &&
      isShort(found) &&
      channel.prior === undefined && { notEnough: found }),
    ...(found !== undefined && !isShort(found) && meanOf(found)),
    ...(above !== undefined && { above: above / 10 }),
    bands: probability === undefined ? [] : bandsOf(one, probability, zones, now),
  }
}

const meanOf = ({ prior: { reacted, ignored }, calibration = [] }: ChannelFacts) => ({
  population: calibrated(calibration, reacted / (reacted + ignored)),
})

/**
 * What is known of a band is held against the person's own probability on the channel, moved as far as the band is
 * better or worse for everybody.
 */
function bandsOf(
  { channel, messages }: OnChannel,
  probability: number,
  zones: readonly (string | undefined)[],
  now: Millis,
): ProfileChannel['bands'] {
  const { prior = NO_PRIOR, halfLife, found } = channel
  const facts = found === undefined || isShort(found) ? undefined : found.bands
  const weight = prior.reacted + prior.ignored
  return byBand(messages, zones).map((own, place) => {
    const mean = moved(probability, facts, place)
    const {
      probability: chance,
      low,
      high,
    } = appetenceOf(fadedAt(evidenceOf(own, halfLife), halfLife, now), {
      reacted: mean * weight,
      ignored: (1 - mean) * weight,
    })
    return {
      band: HOUR_BANDS[place]?.band ?? 'night',
      messages: own.length,
      reacted: own.filter(({ reacted }) => reacted).length,
      ...(chance !== undefined && { probability: chance, low, high }),
    }
  })
}

/** By the odds of a band against those of all bands together; half a reaction and half a refusal more in each. */
export function moved(
  probability: number,
  bands: readonly Reactions[] | undefined,
  place: number,
): number {
  const band = bands?.[place]
  if (bands === undefined || band === undefined || probability <= 0 || probability >= 1) {
    return probability
  }
  const odds = ({ messages, reacted }: Reactions) => (reacted + 0.5) / (messages - reacted + 0.5)
  const all = bands.reduce(
    (sum, one) => ({
      messages: sum.messages + one.messages,
      reacted: sum.reacted + one.reacted,
    }),
    { messages: 0, reacted: 0 },
  )
  const own = ((probability / (1 - probability)) * odds(band)) / odds(all)
  return own / (1 + own)
}
