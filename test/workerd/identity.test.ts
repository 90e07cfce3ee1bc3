import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { identifierKey } from '../../edge/domain/identity.ts'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { Identifier } from '../../edge/protocol/identifier.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { keysOf, permutations, type Case } from '../domain/identity-case.ts'
import { basic, openShop, profileBy, send, statuses, type Shop } from './intake-fixture.ts'

const RUNS = Number(import.meta.env['VITE_RUNS'] ?? 40)
const SEED = Number(import.meta.env['VITE_SEED'] ?? 20_261_126)
/** Orders of each worked case that are tried; the rules are tried in all of them elsewhere. */
const ORDERS = Number(import.meta.env['VITE_ORDERS'] ?? 6)

const cases = JSON.parse((env as unknown as { IDENTITY_CASES: string }).IDENTITY_CASES) as Case[]

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})

const admin = (method: string, path: string, body?: Json) =>
  send(path, body, {
    method,
    headers: { authorization: `Bearer ${shop.secretKey}`, 'content-type': 'application/json' },
  })

async function settings(body: JsonObject): Promise<void> {
  const response = await admin('PUT', '/api/settings/identity', body)
  expect(response.status, await response.clone().text()).toBe(200)
}

/** A message that names all of them, as clients of the Segment API send such. */
function message(identifiers: readonly Identifier[], at: number): JsonObject {
  const one = (kind: string) => identifiers.find((identifier) => identifier.kind === kind)?.value
  const [userId, anonymousId, email, phone] = ['userId', 'anonymousId', 'email', 'phone'].map(one)
  const external = identifiers
    .filter(({ kind }) => !['userId', 'anonymousId', 'email', 'phone'].includes(kind))
    .map(({ kind, value }) => ({ type: kind, id: value }))
  const timestamp = new Date(at).toISOString()
  return {
    event: 'Page Viewed',
    timestamp,
    sentAt: new Date().toISOString(),
    ...(userId !== undefined && { userId }),
    ...(anonymousId !== undefined && { anonymousId }),
    context: {
      ...(external.length > 0 && { externalIds: external }),
      traits: { ...(email !== undefined && { email }), ...(phone !== undefined && { phone }) },
    },
  }
}

async function say(body: JsonObject): Promise<void> {
  const response = await send('/v1/track', body, { headers: basic(shop.secretKey) })
  const { verdicts } = await response.json<{ verdicts: Parameters<typeof statuses>[0] }>()
  expect(statuses(verdicts)).toEqual(['accepted'])
}

/** Who is one person, asked as the dashboard asks: by each identifier. */
async function peopleOf(nodes: readonly Identifier[]): Promise<readonly (readonly Identifier[])[]> {
  const people = new Map<string, ApiProfile>()
  for (const { kind, value } of nodes) {
    const profile = await profileBy(shop, kind, value)
    if (profile === undefined) throw new Error(`nobody has the ${kind} ${value}`)
    expect(profile.identifiers.some((one) => one.kind === kind && one.value === value)).toBe(true)
    people.set(profile.id, profile)
  }
  return [...people.values()].map(({ identifiers }) => identifiers)
}

let worlds = 0
/** The same identifiers under other names, so that one workspace serves many runs. */
const renamed = (identifiers: readonly Identifier[], world: number): Identifier[] =>
  identifiers.map(({ kind, value }) => ({
    kind,
    value:
      kind === 'phone'
        ? `${value.slice(0, 5)}${String(world).padStart(4, '0')}${value.slice(-2)}`
        : `w${world}-${value}`,
  }))

const DAY = 86_400_000
const timesOf = (count: number): number[] =>
  Array.from({ length: count }, (_, index) => Date.now() - DAY + index * 1_000)

async function play(
  messages: readonly (readonly Identifier[])[],
  order: readonly number[],
): Promise<{ world: number; people: readonly (readonly Identifier[])[] }> {
  const world = ++worlds
  const times = timesOf(messages.length)
  for (const index of order) {
    await say(message(renamed(messages[index] ?? [], world), times[index] ?? 0))
  }
  const nodes = new Map<string, Identifier>()
  for (const one of messages.flat()) nodes.set(identifierKey(one), one)
  return { world, people: await peopleOf(renamed([...nodes.values()], world)) }
}

describe.skipIf(cases.length === 0)('the worked cases, through the API', () => {
  test.each(cases.map((worked) => [worked.name, worked] as const))(
    '%s',
    async (_, { kinds, messages, people: expected }) => {
      await settings({ kinds: kinds as unknown as Json })
      const indexes = messages.map((__, index) => index)
      const all = [...permutations(indexes)]
      const step = Math.max(1, Math.floor(all.length / ORDERS))
      for (const order of all.filter((__, index) => index % step === 0)) {
        const { world, people } = await play(messages, order)
        expect(keysOf(people), `in the order ${order.join()}`).toEqual(
          keysOf(expected.map((person) => renamed(person, world))),
        )
      }
    },
    120_000,
  )
})

test(
  `random sets of messages give the same people in whatever order they come`,
  async () => {
    const kinds = ['userId', 'email', 'gaid', 'anonymousId'] as const
    await settings({
      kinds: [
        { kind: 'userId', level: 'person', unique: true },
        { kind: 'email', level: 'person' },
        { kind: 'gaid', level: 'device' },
        { kind: 'anonymousId', level: 'cookie', limit: 3 },
      ],
    })
    const identifier = fc
      .tuple(fc.constantFrom(...kinds), fc.integer({ min: 1, max: 3 }))
      .map(([kind, n]) => ({ kind, value: kind === 'email' ? `m${n}@x.org` : `${kind}-abc${n}` }))
    const sets = fc.array(
      fc.uniqueArray(identifier, {
        minLength: 1,
        maxLength: 4,
        selector: ({ kind }) => kind,
      }),
      { minLength: 2, maxLength: 6 },
    )
    await fc.assert(
      fc.asyncProperty(
        sets.chain((set) =>
          fc.tuple(
            fc.constant(set),
            fc.shuffledSubarray(
              set.map((_, index) => index),
              { minLength: set.length, maxLength: set.length },
            ),
          ),
        ),
        async ([set, order]) => {
          const straight = await play(
            set,
            set.map((_, index) => index),
          )
          const shuffled = await play(set, order)
          const plain = ({ world, people }: typeof straight) =>
            JSON.stringify(keysOf(people)).replaceAll(`w${world}-`, 'w-').replaceAll(/\d+:w/g, 'w')
          expect(plain(shuffled)).toBe(plain(straight))
        },
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure: true },
    )
  },
  600_000 + RUNS * 3_000,
)

describe('identity settings', () => {
  test('are what is in force until they are changed, and again after null', async () => {
    await settings({ kinds: null })
    const response = await admin('GET', '/api/settings/identity')
    expect(await response.json()).toMatchObject({
      kinds: [
        { kind: 'userId', level: 'person', unique: true },
        { kind: 'crmId', level: 'person', unique: true },
        { kind: 'loyaltyId', level: 'person' },
        { kind: 'email', level: 'person' },
        { kind: 'phone', level: 'person' },
        { kind: 'anonymousId', level: 'cookie', limit: 50 },
      ],
      sharedDevice: 'last-login-owns',
      blocked: [],
    })
  })

  test.each([
    ['no kinds', {}, 'kinds'],
    ['no browser', { kinds: [{ kind: 'userId', level: 'person' }] }, 'kinds'],
    [
      'a cookie above a person',
      {
        kinds: [
          { kind: 'anonymousId', level: 'cookie' },
          { kind: 'userId', level: 'person' },
        ],
      },
      'kinds.1.level',
    ],
    [
      'a kind twice',
      {
        kinds: [
          { kind: 'userId', level: 'person' },
          { kind: 'userId', level: 'person' },
          { kind: 'anonymousId', level: 'cookie' },
        ],
      },
      'kinds.1.kind',
    ],
    [
      'a period without a limit',
      { kinds: [{ kind: 'anonymousId', level: 'cookie', period: 'P1D' }] },
      'kinds.0.period',
    ],
    [
      'a period that is none',
      { kinds: [{ kind: 'anonymousId', level: 'cookie', limit: 3, period: 'P1M' }] },
      'kinds.0.period',
    ],
    ['a policy of nobody', { kinds: null, sharedDevice: 'whoever' }, 'sharedDevice'],
    ['a trait policy of nobody', { kinds: null, traits: { points: 'least' } }, 'traits.points'],
  ] as const)('%s are refused, by the field', async (_, body, path) => {
    const response = await admin('PUT', '/api/settings/identity', body as unknown as Json)
    expect(response.status).toBe(400)
    const { errors } = await response.json<{ errors: { path: string }[] }>()
    expect(errors.map((error) => error.path)).toContain(path)
  })

  test('a blocked value identifies no one, and costs the message nothing else', async () => {
    await settings({
      kinds: null,
      blocked: ['kiosk', { kind: 'email', value: 'Till@Shop.example' }],
    })
    await say(
      message(
        [
          { kind: 'userId', value: 'bl-1' },
          { kind: 'email', value: 'till@shop.example' },
        ],
        Date.now(),
      ),
    )
    await say(
      message(
        [
          { kind: 'userId', value: 'bl-2' },
          { kind: 'email', value: 'till@shop.example' },
        ],
        Date.now(),
      ),
    )
    expect(await profileBy(shop, 'email', 'till@shop.example')).toBeUndefined()
    const one = await profileBy(shop, 'userId', 'bl-1')
    expect(one?.identifiers.map(({ kind }) => kind)).toEqual(['userId'])
    const response = await send(
      '/v1/track',
      { userId: 'kiosk', event: 'A' },
      { headers: basic(shop.secretKey) },
    )
    const { verdicts } = await response.json<{ verdicts: Parameters<typeof statuses>[0] }>()
    expect(statuses(verdicts)).toEqual(['missing-identity'])
    await settings({ kinds: null })
  })

  test('trait policies make one value of what several identifiers brought', async () => {
    await settings({
      kinds: null,
      traits: { points: 'sum', tags: 'union', best: 'max', since: 'oldest' },
    })
    const identify = (
      userId: string | undefined,
      loyaltyId: string,
      traits: JsonObject,
      ago: number,
    ) =>
      send(
        '/v1/identify',
        {
          ...(userId !== undefined && { userId }),
          traits,
          timestamp: new Date(Date.now() - ago).toISOString(),
          sentAt: new Date().toISOString(),
          context: { externalIds: [{ type: 'loyaltyId', id: loyaltyId }] },
        },
        { headers: basic(shop.secretKey) },
      )
    await identify(undefined, 'card-1', { points: 10, tags: ['a'], best: 3, since: 2020 }, 5_000)
    await identify(
      undefined,
      'card-2',
      { points: 5, tags: ['b', 'a'], best: 9, since: 2010 },
      4_000,
    )
    await identify(undefined, 'card-2', { points: 7 }, 3_000)
    await identify('tp-1', 'card-1', { city: 'Lyon' }, 2_000)
    await identify('tp-1', 'card-2', { city: 'Paris' }, 1_000)
    const profile = await profileBy(shop, 'userId', 'tp-1')
    expect(profile?.traits).toEqual({
      points: 17,
      tags: ['a', 'b'],
      best: 9,
      since: 2020,
      city: 'Paris',
    })
    expect(profile?.provenance['city']).toMatchObject({ by: 'userId' })
    expect(profile?.provenance['points']).toMatchObject({ by: 'loyaltyId' })
    await settings({ kinds: null })
  })
})

describe('a value that too many bear', () => {
  test('joins no one any more after 50 in a day; their events are kept, and everybody is apart again', async () => {
    const mail = { kind: 'email', value: 'everybody@example.com' }
    for (let n = 0; n < 53; n++) {
      const own = { kind: 'anonymousId', value: `visitor-abc-${n}` }
      await say(message([own], Date.now() - 60_000))
      await say(message([own, mail], Date.now() - 30_000 + n))
    }
    const first = await profileBy(shop, 'anonymousId', 'visitor-abc-0')
    const last = await profileBy(shop, 'anonymousId', 'visitor-abc-52')
    expect(first?.id).not.toBe(last?.id)
    expect(first?.events).toHaveLength(2)
    expect(last?.events).toHaveLength(2)
    expect(first?.graph.nodes.find(({ kind }) => kind === 'email')?.blocked).toBe(true)
  }, 60_000)
})

describe('a shared device', () => {
  const device = { kind: 'anonymousId', value: 'tablet-abc' }
  const [ann, ben] = [
    { kind: 'userId', value: 'sh-ann' },
    { kind: 'userId', value: 'sh-ben' },
  ]
  /** Events of a tablet: before anybody, of Ann, of Ben; the sign-ins come last, and late. */
  const story = (suffix: string): [JsonObject, string][] => {
    const at = Date.now() - 3_600_000
    const named = (one: Identifier) => ({ ...one, value: one.value + suffix })
    const event = (name: string, minutes: number, ...who: Identifier[]): [JsonObject, string] => [
      { ...message([named(device), ...who.map(named)], at + minutes * 60_000), event: name },
      name,
    ]
    return [
      event('Before', 0),
      event('After Ann', 20),
      event('After Ben', 40),
      event('Ben in', 30, ben),
      event('Ann in', 10, ann),
    ]
  }
  const eventsOf = async (one: Identifier, suffix: string) =>
    (await profileBy(shop, one.kind, one.value + suffix))?.events.map(({ event }) => event).sort()

  test('last-login-owns: an event is of the sign-in before it, else of the first after it, however late they come', async () => {
    for (const [round, order] of [...permutations([0, 1, 2, 3, 4])].entries()) {
      if (round % 17 !== 0) continue
      const suffix = `-l${round}`
      const events = story(suffix)
      for (const index of order) await say(events[index]![0])
      expect(await eventsOf(ann, suffix), order.join()).toEqual(['After Ann', 'Ann in', 'Before'])
      expect(await eventsOf(ben, suffix), order.join()).toEqual(['After Ben', 'Ben in'])
    }
  })

  test('nobody-owns: what is done on it without a name is nobody’s once two people used it', async () => {
    await settings({ kinds: null, sharedDevice: 'nobody-owns' })
    for (const [round, order] of [...permutations([0, 1, 2, 3, 4])].entries()) {
      if (round % 29 !== 0) continue
      const suffix = `-n${round}`
      const events = story(suffix)
      for (const index of order) await say(events[index]![0])
      expect(await eventsOf(ann, suffix), order.join()).toEqual(['Ann in'])
      expect(await eventsOf(ben, suffix), order.join()).toEqual(['Ben in'])
      expect(await eventsOf(device, suffix), order.join()).toEqual([
        'After Ann',
        'After Ben',
        'Before',
      ])
    }
    await settings({ kinds: null })
  })
})

describe('undo', () => {
  const facts = (profile: ApiProfile | undefined) =>
    profile && {
      id: profile.id,
      identifiers: profile.identifiers.map(({ kind, value }) => `${kind} ${value}`).sort(),
      traits: profile.traits,
      events: profile.events.map(({ id }) => id).sort(),
      segments: profile.segments.map(({ key, enteredAt }) => `${key} ${enteredAt}`).sort(),
    }

  test('of a merge gives both profiles back as they were, and they stay two until it is allowed', async () => {
    const card = { kind: 'loyaltyId', value: 'un-card' }
    const user = { kind: 'userId', value: 'un-user' }
    const identify = (one: Identifier, traits: JsonObject, ago: number) =>
      send(
        '/v1/identify',
        {
          ...message([one], Date.now() - ago),
          traits,
        },
        { headers: basic(shop.secretKey) },
      )
    await identify(card, { city: 'Lyon', plan: 'gold' }, 9_000)
    await say(message([card], Date.now() - 8_000))
    await identify(user, { city: 'Paris' }, 7_000)
    await say(message([user], Date.now() - 6_000))
    const before = [
      await profileBy(shop, 'loyaltyId', card.value),
      await profileBy(shop, 'userId', user.value),
    ]
    expect(before[0]?.id).not.toBe(before[1]?.id)

    await say(message([card, user], Date.now() - 5_000))
    const merged = await profileBy(shop, 'userId', user.value)
    expect(merged).toMatchObject({ traits: { city: 'Paris', plan: 'gold' } })
    expect(merged?.events).toHaveLength(5)
    expect(merged?.merges).toHaveLength(1)
    const [entry] = merged?.merges ?? []

    const undone = await admin('POST', `/api/profiles/${merged?.id}/unmerge`, {
      merge: entry?.id ?? '',
    })
    expect(undone.status).toBe(200)
    const after = [
      await profileBy(shop, 'loyaltyId', card.value),
      await profileBy(shop, 'userId', user.value),
    ]
    expect(facts(after[0])).toEqual(facts(before[0]))
    // The message that named both is told of whom it named first.
    expect({ ...facts(after[1]), events: facts(after[1])?.events.length }).toEqual({
      ...facts(before[1]),
      events: 3,
    })
    expect(after[0]?.graph.separations).toHaveLength(1)

    await say(message([card, user], Date.now() - 4_000))
    expect((await profileBy(shop, 'loyaltyId', card.value))?.id).toBe(before[0]?.id)
    const [separation] = after[0]?.graph.separations ?? []
    const allowed = await admin(
      'DELETE',
      `/api/profiles/${before[0]?.id}/separations/${separation?.id}`,
    )
    expect(allowed.status).toBe(204)
    const again = [
      await profileBy(shop, 'loyaltyId', card.value),
      await profileBy(shop, 'userId', user.value),
    ]
    expect(again[0]?.id).toBe(again[1]?.id)
    expect(again[0]?.events).toHaveLength(6)
  })

  test('of a merge that never was is not found', async () => {
    const profile = await profileBy(shop, 'userId', 'un-user')
    const response = await admin('POST', `/api/profiles/${profile?.id}/unmerge`, { merge: 'none' })
    expect(response.status).toBe(404)
  })
})
