import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { isDeviceId } from '../../edge/domain/id.ts'
import { profileShard, workspaceObject } from '../../edge/objects/address.ts'
import type { Identifier } from '../../edge/protocol/identifier.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'
import type { RehearsalResult } from '../../edge/protocol/rehearsal.ts'
import {
  basic,
  collect,
  deviceKey,
  openShop,
  profileBy,
  profileOfDevice,
  send,
  view,
  type Shop,
} from './intake-fixture.ts'
import { newSegment, rehearse, sizeOf, switchTo } from './rehearsal-fixture.ts'

/** More rounds of the candidates, each with traffic of its own. */
const ROUNDS = Number(import.meta.env['VITE_ROUNDS'] ?? 1)
const SEED = Number(import.meta.env['VITE_SEED'] ?? 20_261_126)

/** Draws that can be repeated. Source: mulberry32, by Tommy Ettinger. */
function draws(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

type Kind = JsonObject & { readonly kind: string }
const person = (kind: string, more: JsonObject = {}): Kind => ({ kind, level: 'person', ...more })
const USER = person('userId', { unique: true })
const CRM = person('crmId', { unique: true })
const [LOYALTY, EMAIL, PHONE] = [person('loyaltyId'), person('email'), person('phone')]
const BADGE = person('badge')
const TABLET: Kind = { kind: 'tabletId', level: 'device' }
const COOKIE: Kind = { kind: 'anonymousId', level: 'cookie', limit: 50 }
const DEFAULT = [USER, CRM, LOYALTY, EMAIL, PHONE, COOKIE]

/** Ones from which people come out otherwise than from those before and after. */
const CANDIDATES: readonly (readonly [name: string, settings: JsonObject])[] = [
  ['a kind added', { kinds: [USER, CRM, LOYALTY, BADGE, EMAIL, PHONE, COOKIE] }],
  ['a unique kind added', { kinds: [USER, person('badge', { unique: true }), CRM, EMAIL, COOKIE] }],
  ['the default again', { kinds: null }],
  ['a device kind added', { kinds: [USER, CRM, LOYALTY, EMAIL, PHONE, TABLET, COOKIE] }],
  ['two kinds added', { kinds: [USER, CRM, LOYALTY, EMAIL, BADGE, PHONE, TABLET, COOKIE] }],
  ['no uniqueness', { kinds: [person('userId'), person('crmId'), LOYALTY, EMAIL, PHONE, COOKIE] }],
  ['unique emails', { kinds: [USER, CRM, LOYALTY, person('email', { unique: true }), COOKIE] }],
  ['two emails at most', { kinds: [USER, CRM, LOYALTY, person('email', { limit: 2 }), COOKIE] }],
  [
    'one email a day',
    { kinds: [USER, CRM, person('email', { limit: 1, period: 'P1D' }), PHONE, COOKIE] },
  ],
  ['one cookie at most', { kinds: [USER, CRM, EMAIL, PHONE, { ...COOKIE, limit: 1 }] }],
  ['no e-mail', { kinds: [USER, CRM, LOYALTY, PHONE, COOKIE] }],
  ['no user ids', { kinds: [CRM, LOYALTY, EMAIL, PHONE, COOKIE] }],
  ['cookies alone', { kinds: [COOKIE] }],
  ['everything again', { kinds: [USER, CRM, LOYALTY, BADGE, EMAIL, PHONE, TABLET, COOKIE] }],
  ['trust reversed', { kinds: [PHONE, EMAIL, LOYALTY, BADGE, CRM, USER, COOKIE] }],
  ['nobody owns', { kinds: DEFAULT, sharedDevice: 'nobody-owns' }],
  ['the last owns', { kinds: DEFAULT, sharedDevice: 'last-login-owns' }],
  ['an address blocked', { kinds: DEFAULT, blocked: ['e0@example.com'] }],
  [
    'a user blocked, the address no more',
    { kinds: DEFAULT, blocked: [{ kind: 'userId', value: 'u1' }] },
  ],
  ['a badge blocked', { kinds: [USER, BADGE, EMAIL, COOKIE], blocked: ['b0'] }],
  ['nothing blocked', { kinds: [USER, BADGE, EMAIL, COOKIE] }],
  ['the first plan counts', { kinds: null, traits: { plan: 'oldest' } }],
  ['nobody owns, and badges', { kinds: [USER, BADGE, EMAIL, COOKIE], sharedDevice: 'nobody-owns' }],
  ['the latest plan counts', { kinds: null }],
]

const HASHED = new Set(['email', 'phone'])
/** Identifiers that a rehearsal tells of one person of a split. */
const TOLD = 20
const nameOf = ({ kind, value }: Identifier): string => `${kind} ${value}`

let shop: Shop
let segments: readonly string[]
const browsers: { readonly key: string; id?: string }[] = Array.from({ length: 14 }, () => ({
  key: deviceKey(),
}))
const said = new Map<string, Identifier>()

beforeAll(async () => {
  shop = await openShop()
  const gold = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' }
  const bought = (more: JsonObject) => ({ type: 'performed', event: 'Order Completed', ...more })
  const made = [
    await newSegment(shop, 'Gold', gold),
    await newSegment(shop, 'Twice', bought({ operator: 'gte', value: 2 })),
    await newSegment(
      shop,
      'Much',
      bought({
        where: [{ property: 'revenue', operator: 'gt', value: 60 }],
        operator: 'gte',
        value: 3,
      }),
    ),
  ]
  segments = made.map(({ id }) => id)
})

/** Messages of servers and browsers that name the same few people, addresses, badges and tablets in all ways. */
async function speak(draw: (below: number) => number, count: number): Promise<void> {
  const start = Date.now() - 20 * 86_400_000
  const told: JsonObject[] = []
  for (let turn = 0; turn < count; turn++) {
    const pick = (prefix: string, of: number, odds: number): string | undefined =>
      draw(10) < odds ? `${prefix}${draw(of)}` : undefined
    const userId = pick('u', 14, 3)
    const email = pick('e', 14, 2)
    const phone = pick('+3361234567', 5, 1)
    const external = [
      ['crmId', pick('c', 10, 1)],
      ['loyaltyId', pick('l', 12, 1)],
      ['badge', pick('b', 10, 2)],
      ['tabletId', pick('t', 5, 1)],
    ].flatMap(([type = '', id]) => (id === undefined ? [] : [{ type, id }]))
    const foreign = pick('a', 12, 3)
    const isOrder = draw(2) === 0
    const message: JsonObject = {
      ...(isOrder
        ? { type: 'track', event: 'Order Completed', properties: { revenue: draw(100) } }
        : { type: 'identify', traits: { plan: draw(2) === 0 ? 'gold' : 'blue' } }),
      timestamp: new Date(start + draw(19 * 24) * 3_600_000 + turn).toISOString(),
      ...(userId !== undefined && { userId }),
      context: {
        externalIds: external,
        traits: {
          ...(email !== undefined && { email: `${email}@example.com` }),
          ...(phone !== undefined && { phone }),
        },
      },
    }
    const named: [string, string | undefined][] = [
      ['userId', userId],
      ['email', email === undefined ? undefined : `${email}@example.com`],
      ['phone', phone],
      ...external.map(({ type, id }): [string, string] => [type, id]),
    ]
    const browser = draw(2) === 0 ? browsers[draw(browsers.length)] : undefined
    if (browser !== undefined) {
      // Some sign in with proof, by the shop's server; others only say so.
      if (browser.id === undefined || draw(3) === 0) {
        const { anonymousId } = await collect(shop, {
          deviceKey: browser.key,
          batch: [view(message)],
        })
        browser.id = anonymousId
      } else told.push({ ...message, anonymousId: browser.id })
    } else {
      if (named.every(([, value]) => value === undefined) && foreign === undefined) continue
      if (foreign !== undefined) named.push(['anonymousId', foreign])
      told.push({ ...message, ...(foreign !== undefined && { anonymousId: foreign }) })
    }
    for (const [kind, value] of named) {
      if (value !== undefined) said.set(nameOf({ kind, value }), { kind, value })
    }
  }
  // What names nobody under the settings in force is refused: that is no matter here.
  const response = await send('/v1/batch', { batch: told }, { headers: basic(shop.secretKey) })
  expect(response.status).toBe(200)
}

interface People {
  /** The profile of each identifier and browser that is somebody's. */
  readonly of: ReadonlyMap<string, string>
  readonly population: number
  readonly sizes: readonly number[]
}

/** People who touch are told together: of each such graph one is asked for. */
async function look(): Promise<People> {
  const of = new Map<string, string>()
  const known = new Map(said)
  for (const { id } of browsers) {
    const device = { kind: 'anonymousId', value: id ?? '' }
    if (id !== undefined) known.set(nameOf(device), device)
  }
  for (const [name, { kind, value }] of known) {
    if (of.has(name)) continue
    const profile = isDeviceId(value)
      ? await profileOfDevice(shop, value)
      : await profileBy(shop, kind, value)
    if (profile === undefined) continue
    of.set(name, profile.id)
    for (const node of profile.graph.nodes) {
      if (known.has(nameOf(node))) of.set(nameOf(node), node.profile)
    }
  }
  const sizes = await Promise.all(segments.map((id) => sizeOf(shop, id)))
  const addresses = await workspaceObject(env, shop.id).shards()
  const populations = await Promise.all(
    addresses.map((address) =>
      profileShard(env, shop.id, address).population({ workspace: shop.id }),
    ),
  )
  return { of, population: populations.reduce((sum, one) => sum + one, 0), sizes }
}

/** For each person of one side: who of the other side has an identifier in common with them. */
function meet(one: People, other: People): Map<string, Set<string>> {
  const met = new Map<string, Set<string>>()
  for (const [name, id] of one.of) {
    const there = other.of.get(name)
    if (there !== undefined) met.set(id, (met.get(id) ?? new Set()).add(there))
  }
  return met
}

const several = (met: Map<string, Set<string>>): [string, string[]][] =>
  [...met].filter(([, others]) => others.size > 1).map(([id, others]) => [id, [...others].sort()])

/** Of a person with more identifiers than are told no more than that. */
const described = (part: { readonly count: number; readonly names: readonly string[] }): string =>
  part.count < TOLD ? [...part.names].sort().join() : 'many'

function figures({
  people,
  merged,
  split,
  unchanged,
  merges,
  splits,
  segments: sizes,
}: RehearsalResult) {
  const plain = (part: readonly Identifier[]) => ({
    count: part.length,
    names: part.filter(({ kind }) => !HASHED.has(kind)).map(nameOf),
  })
  return {
    people,
    merged,
    split,
    unchanged,
    merges: merges.map(({ profiles }) => [...profiles].sort().join()).sort(),
    splits: Object.fromEntries(
      splits.map(({ profile, parts }) => [
        profile,
        parts.map((part) => described(plain(part))).sort(),
      ]),
    ),
    sizes: segments.map((id) => {
      const size = sizes.find((one) => one.id === id)
      return [size?.now, size?.after]
    }),
  }
}

/** The same figures, from what was before and what is now. */
function real(before: People, after: People): ReturnType<typeof figures> {
  const merges = several(meet(after, before)).map(([, profiles]) => profiles)
  const splits = several(meet(before, after))
  const merged = new Set(merges.flat())
  const touched = new Set([...merged, ...splits.map(([id]) => id)])
  const partOf = (id: string): string => {
    const names = [...after.of].filter(([, owner]) => owner === id).map(([name]) => name)
    const isPlain = (name: string) => !HASHED.has(name.split(' ')[0] ?? '')
    return described({ count: Math.min(names.length, TOLD), names: names.filter(isPlain) })
  }
  return {
    people: { now: before.population, after: after.population },
    merged: { people: merged.size, groups: merges.length },
    split: splits.length,
    unchanged: before.population - touched.size,
    merges: merges.map((profiles) => profiles.join()).sort(),
    splits: Object.fromEntries(splits.map(([id, parts]) => [id, parts.map(partOf).sort()])),
    sizes: before.sizes.map((size, at) => [size, after.sizes[at]]),
  }
}

test('what is rehearsed is what a switch does, whatever the traffic and the settings', async () => {
  const draw = draws(SEED)
  let [merged, split, resized] = [0, 0, 0]
  for (let round = 0; round < ROUNDS; round++) {
    await speak(draw, 60)
    let before = await look()
    for (const [at, [name, settings]] of CANDIDATES.entries()) {
      if (at % 3 === 0) {
        await speak(draw, 6)
        before = await look()
      }
      const { id, result } = await rehearse(shop, settings)
      if (at % 6 === 0) expect(await look(), `${name}: a rehearsal changes nobody`).toEqual(before)
      await switchTo(shop, id)
      const after = await look()
      expect(figures(result), `${name}, round ${round}, seed ${SEED}`).toEqual(real(before, after))
      before = after
      merged += result.merged.people
      split += result.split
      if (result.segments.some((one) => one.now !== one.after)) resized++
    }
  }
  // The comparison is worth something: people did change.
  expect(Math.min(merged, split, resized)).toBeGreaterThan(5)
}, 600_000)
