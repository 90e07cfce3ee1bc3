import type { Catalog } from '../../protocol/catalog.ts'
import type { EventRecord } from '../../protocol/event.ts'
import { isShort } from '../../protocol/population.ts'
import type { ProfileScores } from '../../protocol/profile-scores.ts'
import { DAY, NEVER, type Millis } from '../../protocol/time.ts'
import type { AccountLookup } from '../account.ts'
import type { CompiledCatalog } from '../compiled-catalog.ts'
import { grantLifetime } from '../consent.ts'
import { FeatureSet } from '../feature.ts'
import { KnownFacts } from '../known-facts.ts'
import { decodeProfile, encodeProfile, type Profile } from '../profile.ts'
import { rebuildFeatures } from '../rebuild.ts'
import { aliveProbability, expectedOrders } from './bg-nbd.ts'
import { channelsOf, groundOf, onChannel } from './channel.ts'
import { engagedAt, kindsOf } from './engaged.ts'
import { buyerOf, countedOrders, orderFeature, ordersAt, rfmValues } from './order-history.ts'
import { profileAppetence } from './profile-appetence.ts'
import { cellOf, nextFall, rfmScores } from './rfm.ts'
import { clvOf } from './value.ts'

/** Days for which orders are foretold. */
const SPANS = [30, 90, 365] as const

/**
 * What a person scores, and what that was made of, from their whole history. Undefined: nobody is scored in this
 * workspace.
 */
export function profileScores(
  person: Profile,
  history: Iterable<EventRecord>,
  compiled: CompiledCatalog,
  now: Millis,
): ProfileScores | undefined {
  const { catalog, accounts } = compiled
  const { scoring, retention, timezone } = catalog
  if (scoring === undefined) return undefined
  const { settings, population } = scoring
  const features = new FeatureSet(timezone)
  const orders = orderFeature(features, settings.orders)
  const channels = channelsOf(groundOf(compiled, features), scoring)
  const kinds = kindsOf(settings.engagement, features, timezone)
  const copy = decodeProfile(encodeProfile(person))
  rebuildFeatures(copy, history, { ...compiled, features, fingerprint: '' })
  const facts = factsOf(copy, catalog, now, accounts)
  const said = ordersAt(facts.entries(orders), now)
  const counted = countedOrders(said, now, { window: NEVER, horizon: retention })
  const engaged = engagedAt(facts, kinds, settings.engagement, catalog, now)
  const first = counted[0]?.at
  const last = counted.at(-1)?.at
  return {
    ...(population !== undefined && {
      population: {
        version: population.version,
        at: population.at,
        customers: population.customers,
      },
    }),
    orders: {
      count: counted.length,
      revenue: rfmValues(counted, now)?.monetary ?? 0,
      currency: settings.orders.currency,
      faults: said.faults,
      ...(first !== undefined && { first }),
      ...(last !== undefined && { last }),
    },
    ...rfmOf(
      compiled,
      countedOrders(said, now, { window: settings.rfm.window ?? NEVER, horizon: retention }),
      now,
    ),
    ...valueOf(compiled, counted, now),
    engagement: {
      value: engaged.reduce((sum, { value }) => sum + value, 0),
      halfLife: settings.engagement.halfLife,
      parts: engaged.filter(({ count }) => count > 0),
    },
    appetence: profileAppetence(
      channels.map((channel) => onChannel(channel, facts, now, retention)),
      scoring,
      facts,
      timezone,
      now,
    ),
  }
}

const factsOf = (copy: Profile, catalog: Catalog, now: Millis, accounts: AccountLookup) =>
  new KnownFacts(copy, grantLifetime(catalog), now, accounts)

/** At least so large a share of a population has less. `tenths`: its values at nine tenths. */
export const shareBelow = (tenths: readonly number[], value: number): number =>
  tenths.filter((tenth) => tenth < value).length / 10

type Counted = ReturnType<typeof countedOrders>

function rfmOf(
  { catalog: { scoring } }: CompiledCatalog,
  counted: Counted,
  now: Millis,
): Pick<ProfileScores, 'rfm'> {
  const values = rfmValues(counted, now)
  const cutPoints = scoring?.settings.rfm.cutPoints ?? scoring?.population?.cutPoints
  if (scoring === undefined || values === undefined || cutPoints === undefined) return {}
  if (isShort(cutPoints)) return {}
  const { bins, cells } = scoring.settings.rfm
  const scores = rfmScores(values, cutPoints)
  const fall = nextFall(values.recency, cutPoints)
  const last = counted.at(-1)?.at ?? now
  return {
    rfm: {
      values,
      scores,
      bins,
      cell: cellOf(scores, cells),
      ...(fall !== undefined && { recencyUntil: last + fall * DAY }),
    },
  }
}

function valueOf(
  { catalog: { scoring } }: CompiledCatalog,
  counted: Counted,
  now: Millis,
): Pick<ProfileScores, 'value'> {
  const { value: model, clv: tenths = [], churn = [] } = scoring?.population ?? {}
  const buyer = buyerOf(counted, now)
  if (model === undefined || isShort(model) || buyer === undefined) return {}
  const clv = clvOf(model, buyer)
  const { repeats, lastAt, observed, spending } = buyer
  const alive = aliveProbability(model.buying, buyer)
  return {
    value: {
      repeats,
      lastAt,
      observed,
      ...(spending !== undefined && { mean: spending.mean }),
      alive,
      ...(churn.length > 0 && { likelier: shareBelow(churn, 1 - alive) }),
      expected: SPANS.map((days) => ({
        days,
        orders: expectedOrders(model.buying, buyer, days),
      })),
      ...(clv !== undefined && {
        clv,
        ...(tenths.length > 0 && { above: shareBelow(tenths, clv) }),
      }),
    },
  }
}
