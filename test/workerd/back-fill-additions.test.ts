import { afterEach, expect, test } from 'vitest'
import { count, additions, freezeClock, standOf, totals } from './additions-fixture.ts'
import { conditionsOf, drawCondition, drawEvents } from './back-fill-draws.ts'
import { drawsOf } from './draws.ts'
import { flaws } from './shard-faults.ts'
import { claim, resetClock, SHARDS, shardOf, signIn, World } from './shard-fixture.ts'
import { activation, cap, destination } from './touch-fixture.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ComputedTraitId, DeviceId, ProfileId, SegmentId } from '../../edge/protocol/id.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'

const RUNS = Number(import.meta.env['VITE_RUNS'] ?? 8)
const PEOPLE = 10
const CATALOGS = 5
const START = Date.UTC(2026, 5, 1)

afterEach(() => {
  resetClock()
})

/** Another word for the same settings with each version: then everybody is looked at, and written, as a whole. */
const wholly = (catalog: Catalog): Catalog => ({
  ...catalog,
  timezone: catalog.version % 2 === 0 ? 'UTC' : 'Etc/UTC',
})

const oneOf = <T>(draw: () => number, list: readonly T[]): T =>
  list[Math.floor(draw() * list.length)] as T

/** What only the edge judges. */
const drawEdgeOnly = (draw: () => number): Condition =>
  oneOf<Condition>(draw, [
    { type: 'trait', trait: 'a_times', operator: 'gte', value: 1 + Math.floor(draw() * 4) },
    { type: 'trait', trait: 'b_sum', operator: 'gte', value: 1 + Math.floor(draw() * 4) },
    { type: 'score', score: 'engagement', operator: 'gte', value: 1 },
    { type: 'score', score: 'rfm.frequency', operator: 'gte', value: 2 },
    { type: 'budget', cap: 'cap_week', operator: 'lt', value: 3 },
    { type: 'pressure', window: { last: 'P3D' }, operator: 'gte', value: 1 },
  ])

const short = { known: 37, needed: 100 }
/** What is the same in all catalogs. */
const SETTINGS: Partial<Catalog> = {
  caps: [cap('week')],
  scoring: {
    settings: SCORE_SETTINGS,
    population: { version: 1, at: 0, customers: 37, cutPoints: short, value: short },
  },
  computedTraits: [
    { id: 'ct_a' as ComputedTraitId, name: 'A', key: 'a_times', event: 'A', measure: 'count' },
    {
      id: 'ct_b' as ComputedTraitId,
      name: 'B',
      key: 'b_sum',
      event: 'B',
      measure: 'sum',
      property: 'p',
      window: { last: 'P2D' },
    },
  ],
}

/** A condition that nobody meets who did nothing. */
function drawDone(draw: () => number): Condition {
  if (draw() < 0.15) return drawEdgeOnly(draw)
  for (;;) {
    const condition = drawCondition(draw)
    if (condition.type === 'not' || condition.type === 'context') continue
    if (condition.type === 'performed' && condition.operator === 'lt') continue
    return condition
  }
}

interface Step {
  readonly catalog: Omit<Catalog, 'workspace'>
  readonly told: readonly (readonly [device: number, events: readonly EventRecord[]])[]
}

/** The same told twice: it has other ids, for a workspace of its own. */
function drawSteps(draw: () => number, plain: Catalog): Step[] {
  const conditions: Condition[] = []
  return Array.from({ length: CATALOGS }, (_, at): Step => {
    for (let n = 0; n < 2; n++) {
      conditions.push(draw() < 0.85 ? drawDone(draw) : drawCondition(draw))
    }
    const { length } = conditions
    // Now and then one asks for another, or another is there beside it.
    if (draw() < 0.2) conditions.push({ type: 'segment', segment: `seg_${length - 1}` })
    const isSending = draw() < 0.3
    const segments = conditionsOf(conditions).map((one, place) => ({
      ...one,
      ...(place % 7 === 5 && { purposes: ['personalization'] }),
      ...(place % 7 === 6 && { minimumStay: 'P2D' }),
    }))
    const [first] = segments
    const candidates =
      first === undefined || draw() < 0.7
        ? []
        : [{ ...first, id: 'cnd_a' as SegmentId, of: first.id, condition: drawCondition(draw) }]
    // By no channel: what is sent takes no place in the history, under ids that are drawn.
    const { channel: __, ...silent } = destination('dst_a')
    const catalog = {
      ...plain,
      ...SETTINGS,
      version: at + 1,
      segments,
      candidates,
      destinations: [silent],
      activations: isSending ? [activation('act_a', `seg_${length - 1}`, ['dst_a'])] : [],
    }
    const from = START + at * DAY
    const told = Array.from({ length: PEOPLE }, (___, device) => {
      if (draw() < 0.4) return []
      const events = drawEvents(draw, from, DAY / HOUR).map((event) => ({
        ...event,
        ...(draw() < 0.05 && { consent: { analytics: draw() < 0.7 } }),
        ...(draw() < 0.05 && { purpose: 'personalization' as const }),
      }))
      const known = draw() < 0.1 ? [signIn(claim('user_id', `u${Math.floor(draw() * 4)}`))] : []
      return [[device, [...events, ...known]] as const]
    })
    return { catalog, told: told.flat() }
  })
}

async function live(world: World, steps: readonly Step[], as: (catalog: Catalog) => Catalog) {
  const devices = Array.from({ length: PEOPLE }, (_, n) => world.device(n % SHARDS))
  const profiles = new Map<DeviceId, ProfileId>()
  const stands: unknown[] = []
  let added = 0
  for (const { catalog, told } of steps) {
    freezeClock(START + catalog.version * DAY)
    await count(world, as({ ...catalog, workspace: world.workspace }))
    added += await additions(world)
    for (const device of devices) {
      const profile = profiles.get(device)
      stands.push(profile && (await standOf(world, profile)))
    }
    stands.push(await totals(world))
    for (const [place, events] of told) {
      // Of two who turn out to be one the older stays: none is as old as another.
      freezeClock(START + catalog.version * DAY + HOUR + place)
      const device = devices[place] as DeviceId
      const { profile } = await world.send(device, shardOf(device), events)
      profiles.set(device, profile)
    }
  }
  const lost = (await flaws(world)).filter((flaw) => flaw.includes('addition'))
  expect(lost).toEqual([])
  return { stands, added }
}

test('what is added beside a profile comes to what a count of all of it does, whatever befalls it next', async () => {
  const draw = drawsOf(20_261_127)
  let added = 0
  for (let run = 0; run < RUNS; run++) {
    const [one, other] = [new World(), new World()]
    const steps = drawSteps(draw, one.catalog)
    const beside = await live(one, steps, (catalog) => catalog)
    const whole = await live(other, steps, wholly)
    for (const [at, stand] of whole.stands.entries()) {
      expect([run, at, beside.stands[at]]).toEqual([run, at, stand])
    }
    expect(whole.added).toBe(0)
    added += beside.added
  }
  expect(added).toBeGreaterThan(2 * RUNS)
}, 120_000)
