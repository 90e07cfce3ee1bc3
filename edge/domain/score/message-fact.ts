import type { AppetenceSettings } from '../../protocol/appetence.ts'
import type { Purpose } from '../../protocol/consent.ts'
import type { Json } from '../../protocol/json.ts'
import type { Reaction } from '../../protocol/reaction.ts'
import type { CountedEvent } from '../counted-event.ts'
import { entryKeptFrom, placeAfter, valueOf, type Entry } from '../entry.ts'
import type { Feature, FeatureSet, Limit } from '../feature.ts'
import { textHash } from '../message-hash.ts'
import { reactionEvents } from '../reaction.ts'
import { isReactionOf } from '../reaction-filter.ts'
import { isHearsay } from './hearsay.ts'

/** Of a person's events about messages of one channel so many are kept: beyond them the latest stand for all. */
export const MAX_MESSAGE_FACTS = 300

/** IANA names are shorter. */
const LONGEST_ZONE = 40

/**
 * What is kept of an event about a message: that it was sent, delivered or bounced, or was reacted to; which message, if
 * the event tells (a hash of its name); and of one sent or delivered the time zone that the event itself tells.
 */
export type MessageFact = readonly [
  act: 's' | 'd' | 'b' | 'r',
  message?: string | null,
  zone?: string,
]

const ACTS: readonly (readonly [MessageFact[0], Reaction])[] = [
  ['s', 'sent'],
  ['d', 'delivered'],
  ['b', 'bounced'],
]

/** The feature that keeps what became of the messages of a channel. */
export function messageFeature(
  features: FeatureSet,
  channel: string,
  { reactions }: Pick<AppetenceSettings, 'reactions'>,
  purposes: readonly Purpose[] = [],
): Feature {
  const acts = new Map<string, MessageFact[0]>()
  for (const kind of reactions)
    for (const name of reactionEvents(kind, channel)) acts.set(name, 'r')
  for (const [act, kind] of ACTS) {
    for (const name of reactionEvents(kind, channel)) acts.set(name, act)
  }
  return features.demand({
    event: [...acts.keys()],
    fact: {
      name: ['messages', channel, ...[...reactions].sort()].join(' '),
      of: (event) => {
        const act = acts.get(event.name)
        if (act === undefined || !isReactionOf({ channel }, event)) return undefined
        if (act !== 'r' && isHearsay(event, channel)) return undefined
        return factOf(act, event) as unknown as Json
      },
    },
    purposes,
    keep: MAX_MESSAGE_FACTS,
    detail: 'value',
    limit: REACTIONS_THAT_TELL,
  })
}

/**
 * Of what was done about a message again and again the first tells that there was a reaction, and the latest when: what
 * is between them would push other messages out, as where one is forwarded and opened a hundred times.
 */
const REACTIONS_THAT_TELL: Limit = {
  name: 'reactions that tell',
  of: (entries, entry) => {
    const [act, name] = factIn(entry)
    if (act !== 'r' || typeof name !== 'string') return entries
    const own = entries.filter((one) => {
      const fact = factIn(one)
      return fact[0] === 'r' && fact[1] === name
    })
    if (own.length === 0) return entries
    const all = own.toSpliced(placeAfter(own, entry), 0, entry)
    const told = new Set(
      all.filter((one, place) => place === 0 || !isOutlived(one, all.slice(place + 1))),
    )
    if (!told.has(entry)) return undefined
    const gone = new Set(own.filter((one) => !told.has(one)))
    return gone.size === 0 ? entries : entries.filter((one) => !gone.has(one))
  },
}

const factIn = (entry: Entry): MessageFact => valueOf(entry) as unknown as MessageFact

/** One of the later ones is kept as long. */
const isOutlived = (entry: Entry, later: readonly Entry[]): boolean =>
  later.some((one) => entryKeptFrom(one) >= entryKeptFrom(entry))

function factOf(act: MessageFact[0], { properties, context }: CountedEvent): MessageFact {
  const name = nameOf(properties, context.campaign)
  const { timezone } = context
  const isReceived = act === 's' || act === 'd'
  if (isReceived && timezone !== undefined && timezone.length <= LONGEST_ZONE) {
    return [act, name ?? null, timezone]
  }
  return name === undefined ? [act] : [act, name]
}

/** By its own id; else a campaign sends somebody one message on a channel. */
function nameOf(
  properties: CountedEvent['properties'],
  campaignOfVisit: string | undefined,
): string | undefined {
  const { message_id: message, delivery_id: delivery, email_id: email } = properties
  const own = [message, delivery, email].find(isName)
  if (own !== undefined) return hashed(`m${own}`)
  const { campaign_id: id, campaign_name: title, campaign } = properties
  const plain =
    typeof campaign === 'object' && campaign !== null && !Array.isArray(campaign)
      ? (campaign as { readonly [key: string]: Json })['name']
      : campaign
  const of = [id, title, plain, campaignOfVisit].find(isName)
  return of === undefined ? undefined : hashed(`c${of}`)
}

const isName = (value: Json | undefined): value is string | number =>
  (typeof value === 'string' && value !== '') || typeof value === 'number'

/** 64 bits: names of any length are kept in a dozen characters. */
const hashed = (name: string): string =>
  textHash(name)
    .map((half) => half.toString(36))
    .join('.')
