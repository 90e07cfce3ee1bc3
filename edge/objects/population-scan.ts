import { grantLifetime } from '../domain/consent.ts'
import type { Entry } from '../domain/entry.ts'
import { KnownFacts } from '../domain/known-facts.ts'
import type { Profile } from '../domain/profile.ts'
import { rebuildFeatures } from '../domain/rebuild.ts'
import { AppetenceSpreadTally } from '../domain/score/appetence-spread.ts'
import { AppetenceTally, type MessageSight } from '../domain/score/appetence-tally.ts'
import { channelsOf as askedChannels, groundOf, type Channel } from '../domain/score/channel.ts'
import { countedOrders, ordersAt, rfmValues } from '../domain/score/order-history.ts'
import { MoveTally } from '../domain/score/population-moves.ts'
import { SpreadTally } from '../domain/score/population-spread.ts'
import { PopulationTally, type Sight } from '../domain/score/population-tally.ts'
import { cellOf, rfmScores } from '../domain/score/rfm.ts'
import type { AppetenceQuestion } from '../protocol/appetence.ts'
import type { ProfileId } from '../protocol/id.ts'
import {
  isShort,
  type CellMove,
  type CustomerView,
  type Look,
  type PopulationFacts,
  type PopulationSpread,
  type PopulationStatistics,
  type RfmLook,
} from '../protocol/population.ts'
import type { RfmCell, RfmScores } from '../protocol/score.ts'
import { NEVER } from '../protocol/time.ts'
import type { Shard } from './shard.ts'

/** Profiles read before others have their turn. */
const PAGE = 200
/** Profiles looked through for one page of customers. */
const MAX_LOOKED = 5_000

/** Which orders count when it is looked at an instant. Undefined: nobody is scored. */
function sightOf(shard: Shard, { at, isPast }: Look): Sight | undefined {
  const { scoring, retention } = shard.compiled.catalog
  if (scoring === undefined) return undefined
  const horizon = isPast ? NEVER : retention
  const { window = NEVER } = scoring.settings.rfm
  return { at, now: shard.now(), window, horizon }
}

/** What is known of a person, as conditions may know it. */
function factsOf(shard: Shard, profile: Profile): KnownFacts {
  const { compiled } = shard
  if (profile.fingerprint !== compiled.fingerprint) {
    rebuildFeatures(profile, shard.history.all(profile.id), compiled)
  }
  const lifetime = grantLifetime(compiled.catalog)
  return new KnownFacts(profile, lifetime, shard.now(), compiled.accounts)
}

const ordersOf = ({ compiled }: Shard, facts: KnownFacts): readonly Entry[] =>
  compiled.orders === undefined ? [] : facts.entries(compiled.orders)

/** The channels there are, and how it is looked at their messages. */
function channelsOf(
  { compiled }: Shard,
  { at, isPast }: Look,
): { readonly channels: readonly Channel[]; readonly sight: MessageSight } {
  const { scoring, retention, timezone: zone } = compiled.catalog
  const channels = scoring === undefined ? [] : askedChannels(groundOf(compiled), scoring)
  return { channels, sight: { at, horizon: isPast ? NEVER : retention, zone } }
}

/** Everybody, a page at a time: whoever waits for the shard is served between two pages. */
async function eachPerson(shard: Shard, look: (facts: KnownFacts) => void): Promise<void> {
  let after = ''
  for (;;) {
    const page = shard.profiles.page(after, PAGE)
    for (const profile of page) look(factsOf(shard, profile))
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) return
    after = last.id
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

export async function statisticsOf(shard: Shard, look: Look): Promise<PopulationStatistics> {
  const { at } = look
  const sight = sightOf(shard, look) ?? { at, now: at, window: 0, horizon: 0 }
  const tally = new PopulationTally(sight)
  const { channels, sight: ofMessages } = channelsOf(shard, look)
  const messages = new AppetenceTally(channels, ofMessages)
  await eachPerson(shard, (facts) => {
    const orders = ordersOf(shard, facts)
    if (orders.length > 0) tally.add(orders)
    messages.add(facts)
  })
  return { ...tally.statistics, appetence: messages.statistics }
}

export async function spreadOf(
  shard: Shard,
  look: Look,
  facts: Pick<PopulationFacts, 'cutPoints' | 'value'>,
  appetence: AppetenceQuestion,
): Promise<PopulationSpread> {
  const sight = sightOf(shard, look) ?? { at: look.at, window: 0, horizon: 0 }
  const tally = new SpreadTally(sight, facts)
  const { channels, sight: ofMessages } = channelsOf(shard, look)
  const messages = new AppetenceSpreadTally(channels, appetence, ofMessages)
  await eachPerson(shard, (known) => {
    const orders = ordersOf(shard, known)
    if (orders.length > 0) tally.add(orders)
    messages.add(known)
  })
  return { ...tally.spread, appetence: messages.spread }
}

/** Who was in which of some cells at one instant, and is in which at another. */
export async function movesOf(
  shard: Shard,
  looks: readonly [from: RfmLook, to: RfmLook],
  cells: readonly RfmCell[],
): Promise<readonly CellMove[]> {
  const [, { at }] = looks
  const sight = sightOf(shard, { at, isPast: true })
  if (sight === undefined) return []
  const tally = new MoveTally(looks, cells, sight)
  await eachPerson(shard, (facts) => {
    const orders = ordersOf(shard, facts)
    if (orders.length > 0) tally.add(orders)
  })
  return tally.moves
}

export interface Wanted {
  readonly cell?: string
  readonly recency?: number
  readonly frequency?: number
}

/** Some of the customers in some places of the grid, in the order of ids, and from where to go on. */
export function customersIn(
  shard: Shard,
  { cell, recency, frequency }: Wanted,
  after: string,
  limit: number,
): { readonly items: readonly CustomerView[]; readonly next?: ProfileId } {
  const { scoring } = shard.compiled.catalog
  const sight = sightOf(shard, { at: shard.now(), isPast: false })
  const cutPoints = scoring?.settings.rfm.cutPoints ?? scoring?.population?.cutPoints
  if (scoring === undefined || sight === undefined) return { items: [] }
  if (cutPoints === undefined || isShort(cutPoints)) return { items: [] }
  const isWanted = (scores: RfmScores): boolean =>
    (cell === undefined || cellOf(scores, scoring.settings.rfm.cells) === cell) &&
    (recency === undefined || scores.recency === recency) &&
    (frequency === undefined || scores.frequency === frequency)
  const items: CustomerView[] = []
  let place = after
  for (let looked = 0; looked < MAX_LOOKED; looked += PAGE) {
    const page = shard.profiles.page(place, PAGE)
    for (const profile of page) {
      place = profile.id
      const said = ordersAt(ordersOf(shard, factsOf(shard, profile)), sight.at)
      const values = rfmValues(countedOrders(said, sight.at, sight), sight.at)
      if (values === undefined || !isWanted(rfmScores(values, cutPoints))) continue
      items.push({ profile: profile.id, ...values })
      if (items.length === limit) return { items, next: profile.id }
    }
    if (page.length < PAGE) return { items }
  }
  return { items, next: place as ProfileId }
}
