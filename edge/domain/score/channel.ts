import {
  APPETENCE_SETTINGS,
  type AppetenceFacts,
  type AppetenceSettings,
  type Calibration,
  type ChannelFacts,
  type ChannelRules,
  type Prior,
} from '../../protocol/appetence.ts'
import type { Purpose } from '../../protocol/consent.ts'
import { isShort, type Scoring, type Shortage } from '../../protocol/population.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { CompiledCatalog } from '../compiled-catalog.ts'
import { noReads, type Evaluate, type Facts, type Place, type Reads } from '../condition.ts'
import type { Feature, FeatureSet } from '../feature.ts'
import type { Verdict } from '../verdict.ts'
import {
  appetenceOf,
  evidenceOf,
  fadedAt,
  NO_PRIOR,
  type Appetence,
  type Evidence,
} from './appetence.ts'
import { calibrated } from './calibration.ts'
import { messageFeature } from './message-fact.ts'
import { messagesAt, type Message } from './messages.ts'

/** Computed traits of which one is enough to be reached. */
interface Reach {
  readonly asks: readonly Evaluate[]
  readonly reads: Reads
}

/** A channel of a workspace, ready to be asked of people. */
export interface Channel {
  readonly name: string
  readonly rules: ChannelRules
  readonly feature: Feature
  readonly reach: Reach
  readonly halfLife: Millis
  /** With what a person's own messages are put together. Undefined: too little is known of all to say anything. */
  readonly prior: Prior | undefined
  /** How what is said by it is meant. */
  readonly calibration: Calibration
  /** Undefined: nobody has looked, or nothing was sent. */
  readonly found: ChannelFacts | Shortage | undefined
}

export const settingsOf = ({ settings }: Scoring): AppetenceSettings =>
  settings.appetence ?? APPETENCE_SETTINGS

/** Where people's messages are kept, and how a computed trait is asked for there. */
type Ground = Pick<Place, 'features' | 'horizon' | 'zone' | 'computed'>

/** As what a compiled catalog judges by. `features`: default those that it keeps. */
export const groundOf = (
  { catalog, computed, features }: CompiledCatalog,
  kept: FeatureSet = features,
): Ground => ({ features: kept, horizon: catalog.retention, zone: catalog.timezone, computed })

/** All channels, in the order of their names. */
export function channelsOf(
  ground: Ground,
  scoring: Scoring,
  purposes: readonly Purpose[] = [],
): readonly Channel[] {
  const settings = settingsOf(scoring)
  return Object.entries(settings.channels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, rules]) => {
      const facts: AppetenceFacts = scoring.population?.appetence ?? {}
      const found = Object.hasOwn(facts, name) ? facts[name] : undefined
      return {
        name,
        rules,
        feature: messageFeature(ground.features, name, settings, purposes),
        reach: reachOf(rules, ground, purposes),
        halfLife: settings.halfLife ?? Infinity,
        ...standardOf(settings.prior, found),
      }
    })
}

/** Whether somebody has one of the traits by which a channel reaches people, where it is computed. */
function reachOf(
  { traits }: ChannelRules,
  { computed, ...ground }: Ground,
  purposes: readonly Purpose[],
): Reach {
  const reads = noReads()
  const asks = traits.flatMap((trait) => {
    const found = computed?.({ type: 'trait', trait, operator: 'exists' })
    if (found === undefined) return []
    const all = [...new Set([...purposes, ...found.purposes])]
    return found.compile({ ...ground, purposes: all, reads, segments: () => undefined })
  })
  return { asks, reads }
}

/** What people's own messages are held against. */
export function standardOf(
  kind: AppetenceSettings['prior'],
  found: ChannelFacts | Shortage | undefined,
): Pick<Channel, 'prior' | 'calibration' | 'found'> {
  if (kind === 'none') return { prior: NO_PRIOR, calibration: [], found }
  if (found === undefined || isShort(found)) return { prior: undefined, calibration: [], found }
  return { prior: found.prior, calibration: found.calibration ?? [], found }
}

/** What a condition on a channel reads. */
export function noteReads(reads: Reads, { rules, feature, reach }: Channel): void {
  reads.features.add(feature)
  for (const one of reach.reads.features) reads.features.add(one)
  for (const one of reach.reads.purposes) reads.purposes.add(one)
  reads.purposes.add(rules.purpose)
  for (const name of rules.traits) reads.traits.add(name)
  if (rules.identifiers.length > 0) reads.identifiers = true
}

/** How a person stands on a channel at an instant. */
export interface OnChannel {
  readonly channel: Channel
  readonly consent: Verdict
  readonly isReachable: boolean
  /** When that may be otherwise by itself: a computed trait comes or goes. */
  readonly reachedUntil: Millis
  readonly messages: readonly Message[]
  readonly evidence: Evidence | undefined
  /** When there is other news of the messages by itself. */
  readonly until: Millis
}

/** Made once of each list, whoever asks: several conditions ask of one channel. */
const weighed = new WeakMap<
  readonly Message[],
  { readonly halfLife: Millis; readonly evidence: Evidence | undefined }
>()

function weighedOf(messages: readonly Message[], halfLife: Millis): Evidence | undefined {
  const known = weighed.get(messages)
  if (known?.halfLife === halfLife) return known.evidence
  const evidence = evidenceOf(messages, halfLife)
  weighed.set(messages, { halfLife, evidence })
  return evidence
}

export function onChannel(channel: Channel, facts: Facts, now: Millis, horizon: Millis): OnChannel {
  const { rules, feature, halfLife } = channel
  const { messages, until } = messagesAt(facts.entries(feature), now, horizon)
  const computed = channel.reach.asks.map((ask) => ask(facts, now))
  return {
    channel,
    consent: facts.consent(rules.purpose),
    reachedUntil: computed.reduce((least, one) => Math.min(least, one.until), NEVER),
    isReachable:
      computed.some(({ holds }) => holds) ||
      rules.identifiers.some((kind) => facts.identifies(kind)) ||
      rules.traits.some((name) => facts.trait(name) !== undefined),
    messages,
    evidence: weighedOf(messages, halfLife),
    until,
  }
}

/** Undefined: too little is known of all to say anything. */
export function appetenceAt(
  { channel, evidence }: Pick<OnChannel, 'channel' | 'evidence'>,
  now: Millis,
): Appetence | undefined {
  const { prior, calibration, halfLife } = channel
  if (prior === undefined) return undefined
  const said = appetenceOf(fadedAt(evidence, halfLife, now), prior)
  const meant = (value: number) => calibrated(calibration, value)
  return {
    ...said,
    probability: said.probability === undefined ? undefined : meant(said.probability),
    low: meant(said.low),
    high: meant(said.high),
  }
}

/** The probability alone: the interval takes a hundred times as long. */
export function probabilityAt(
  { channel, evidence }: Pick<OnChannel, 'channel' | 'evidence'>,
  now: Millis,
): number | undefined {
  const { prior, calibration, halfLife } = channel
  if (prior === undefined) return undefined
  const { messages, reacted } = fadedAt(evidence, halfLife, now)
  const all = prior.reacted + prior.ignored + messages
  return all > 0 ? calibrated(calibration, (prior.reacted + reacted) / all) : undefined
}

/** Of the latest reaction; -Infinity: there was none. */
export const reactedAtOf = ({ messages }: OnChannel): Millis =>
  messages.reduce((latest, { reactedAt = -Infinity }) => Math.max(latest, reactedAt), -Infinity)
