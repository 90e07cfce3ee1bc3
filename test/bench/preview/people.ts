import type { EventRecord } from '../../../edge/protocol/event.ts'
import type { DeviceId, SourceId } from '../../../edge/protocol/id.ts'
import { HOUR, type Millis } from '../../../edge/protocol/time.ts'
import { seeded } from '../engine/rounds.ts'

const SOURCE = 'src_bench' as SourceId
const PLANS = ['gold', 'silver', 'free', 'trial']
const COUNTRIES = ['FR', 'BE', 'DE', 'ES', 'IT', 'PT']
/** What hardly any condition asks about. */
const OTHERS = [
  'Page Viewed',
  'Product Viewed',
  'Product Added',
  'Search',
  'Cart Viewed',
  'Clicked',
]

/** Those from a number on who live in one of so many shards. */
export interface People {
  readonly from: number
  readonly to: number
  readonly shard: number
  readonly shards: number
}

/** Chances of what the drawn conditions ask about: some is rare. */
const nameOf = (chance: number, pick: <T>(list: readonly T[]) => T): string =>
  chance < 0.05 ? 'A' : chance < 0.06 ? 'B' : chance < 0.0602 ? 'C' : pick(OTHERS)

/** What the nth person did: 20 to 50 events of the last forty hours, on one device, some 600 characters each. */
export function eventsOf(n: number, device: DeviceId, now: Millis): EventRecord[] {
  const draw = seeded(n + 1)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)] as T
  const count = 20 + Math.floor(draw() * 31)
  const country = pick(COUNTRIES)
  const context = {
    country,
    city: `City of ${country}`,
    timezone: 'Europe/Paris',
    device: pick(['desktop', 'mobile'] as const),
    os: 'Linux',
    browser: 'Chrome',
    language: 'fr-FR',
    referrerClass: pick(['direct', 'search', 'email'] as const),
    url: 'https://shop.example.com/product/shoe-12',
    path: '/product/shoe-12',
    title: 'Trail runner',
    library: 'prisme/0.1.0',
  }
  const common = { source: SOURCE, device, implied: true as const, context }
  const events: EventRecord[] = [
    {
      ...common,
      messageId: `${n}-0`,
      type: 'identify',
      name: 'Identified',
      timestamp: now - 41 * HOUR,
      receivedAt: now - 41 * HOUR,
      identifiers: [{ kind: 'user_id', value: `person-${n}`, proven: true }],
      properties: {},
      traits: { plan: pick(PLANS), age: Math.floor(18 + draw() * 60), vip: draw() < 0.002 },
    },
  ]
  for (let event = 1; event < count; event++) {
    const timestamp = now - Math.floor(draw() * 40 * HOUR)
    events.push({
      ...common,
      messageId: `6f1c2a0e-${n}-${event}`,
      type: 'track',
      name: nameOf(draw(), pick),
      timestamp,
      receivedAt: timestamp,
      identifiers: [],
      properties: {
        p: pick([0, 1, 2, 0.1, 0.7]),
        c: pick(['x', 'y']),
        product_id: `product-${Math.floor(draw() * 500)}`,
        category: pick(['shoes', 'bags', 'hats']),
        price: Math.floor(draw() * 20_000) / 100,
      },
    })
  }
  return events
}
