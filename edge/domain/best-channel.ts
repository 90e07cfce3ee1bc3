import type { ActivationDefinition, ChannelChoice } from '../protocol/delivery.ts'
import type { Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { grantLifetime } from './consent.ts'
import { KnownFacts } from './known-facts.ts'
import { textHash } from './message-hash.ts'
import type { Profile } from './profile.ts'
import {
  channelsOf,
  groundOf,
  onChannel,
  probabilityAt,
  reactedAtOf,
  settingsOf,
} from './score/channel.ts'
import { bestOf, isOpen } from './score/rank.ts'

/**
 * The channel, of some, on which a person is told of a transition: that on which a reaction is likeliest, or for a share
 * of transitions the one that was tried least. Only those count that the person consents to and can be reached on.
 * Undefined: there is none.
 */
export function chooseChannel(
  profile: Profile,
  channels: ReadonlySet<string>,
  activation: Pick<ActivationDefinition, 'id'>,
  transition: Pick<Transition, 'segment' | 'type' | 'at'>,
  compiled: CompiledCatalog,
  now: Millis,
): ChannelChoice | undefined {
  const { catalog, accounts } = compiled
  const { scoring, retention } = catalog
  if (scoring === undefined) return undefined
  const facts = new KnownFacts(profile, grantLifetime(catalog), now, accounts)
  const open = channelsOf(groundOf(compiled), scoring)
    .filter(({ name }) => channels.has(name))
    .map((channel) => onChannel(channel, facts, now, retention))
    .filter(isOpen)
  const [first] = open
  if (first === undefined) return undefined
  const best = bestOf(open, now)
  const told = (one: typeof first, why: ChannelChoice['why']): ChannelChoice => {
    const probability = probabilityAt(one, now)
    return { channel: one.channel.name, why, ...(probability !== undefined && { probability }) }
  }
  if (open.length === 1) return told(first, 'only')
  if (drawOf(profile, activation, transition) < settingsOf(scoring).exploration) {
    const [least = first] = open.toSorted((a, b) => a.messages.length - b.messages.length)
    return told(least, 'explored')
  }
  if (best !== undefined) {
    const chance = probabilityAt(best, now)
    const isTied = open.some((one) => one !== best && probabilityAt(one, now) === chance)
    return told(best, isTied ? 'latest' : 'likeliest')
  }
  const [latest = first] = open.toSorted((a, b) => orderOf(reactedAtOf(b), reactedAtOf(a)))
  return told(latest, 'unknown')
}

/** Two that were never reacted to are equal, and infinite. */
const orderOf = (a: Millis, b: Millis): number => (a === b ? 0 : a - b)

/** In [0, 1): the same whenever and wherever it is asked of the same transition. */
function drawOf(
  { id }: Profile,
  activation: Pick<ActivationDefinition, 'id'>,
  { segment, type, at }: Pick<Transition, 'segment' | 'type' | 'at'>,
): number {
  const [high] = textHash([id, activation.id, segment, type, at].join(' '))
  return high / 2 ** 32
}
