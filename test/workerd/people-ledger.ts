import { runInDurableObject } from 'cloudflare:test'
import { peopleOf } from '../../edge/domain/derive.ts'
import { deviceKeyOf, newGraph, note } from '../../edge/domain/graph.ts'
import { identityShardOf } from '../../edge/domain/id.ts'
import { identifierKey } from '../../edge/domain/identity.ts'
import { Owners } from '../../edge/domain/owner.ts'
import type { Separation } from '../../edge/domain/people.ts'
import { clock } from '../../edge/objects/clock.ts'
import { componentAt } from '../../edge/objects/component.ts'
import { Shard } from '../../edge/objects/shard.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { DAY } from '../../edge/protocol/time.ts'
import type { IdentifierKind } from '../../edge/protocol/identifier.ts'
import { ownersStub, shardStub } from './shard-faults.ts'
import { bindings, SHARDS, shardOf, type World } from './shard-fixture.ts'

const MAX_HOPS = 8

/** A person as identifiers and messages: whose keys, in order; which message ids, in order. */
export interface Person {
  readonly keys: string
  readonly events: string
  /** Whether so many views of shoes within a week make a shoe fan of them. */
  readonly isFan: boolean
}

const FAN = 3
const WEEK = 7 * DAY

const personOf = (keys: readonly string[], events: readonly string[], isFan: boolean): Person => ({
  keys: [...keys].sort().join(' '),
  events: [...events].sort().join(' '),
  isFan,
})

const inOrder = (people: readonly Person[]): Person[] =>
  [...people].sort((a, b) => (a.keys < b.keys ? -1 : 1))

/** The rules alone: all that was ever said, noted in one graph by which nobody moves and nothing fails. */
export function plainPeople(
  said: readonly EventRecord[],
  kinds: readonly IdentifierKind[],
  separations: readonly Separation[] = [],
  views = FAN,
): Person[] {
  const graph = newGraph()
  for (const event of said) note(graph, event, kinds)
  graph.separations = [...separations]
  const { groups } = peopleOf(graph, kinds, 'last-login-owns')
  graph.people = new Map(groups.map((keys, index) => [`${index}` as ProfileId, keys]))
  const owners = new Owners(graph, kinds, 'last-login-owns')
  owners.learn(said)
  const events = new Map<string, EventRecord[]>()
  for (const event of said) {
    const owner = owners.of(event) ?? ''
    events.set(owner, [...(events.get(owner) ?? []), event])
  }
  return inOrder(
    groups.map((keys, index) => {
      const own = events.get(`${index}`) ?? []
      const viewed = own.filter(
        ({ name, timestamp }) => name === 'Product Viewed' && timestamp > clock.now() - WEEK,
      )
      return personOf(
        keys,
        own.map(({ messageId }) => messageId),
        viewed.length >= views,
      )
    }),
  )
}

/** What one shard holds, told as plain data. */
interface Holding {
  readonly people: readonly {
    readonly id: ProfileId
    readonly keys: readonly string[]
    readonly events: readonly string[]
    readonly isFan: boolean
  }[]
  /** Of the graphs that live here: each id, and whose it is. */
  readonly ids: readonly (readonly [ProfileId, ProfileId | undefined])[]
  readonly nodes: readonly string[]
  readonly forwards: readonly ProfileId[]
  readonly devices: readonly { readonly id: string; readonly profile: ProfileId }[]
  readonly lake: readonly string[]
}

const holdingOf = (world: World, shard: number): Promise<Holding> =>
  runInDurableObject(shardStub(world, shard), (_, ctx) => {
    const here = new Shard(ctx, bindings)
    const { sql } = ctx.storage
    const people: Holding['people'][number][] = []
    const ids = new Map<ProfileId, ProfileId | undefined>()
    const nodes = new Set<string>()
    const stored = sql.exec<{ id: string }>('SELECT id FROM profile WHERE state NOT NULL').toArray()
    for (const row of stored) {
      const id = row.id as ProfileId
      const located = componentAt(here, id)
      if (located === undefined || 'elsewhere' in located) continue
      const { graph } = located.component
      const keys = graph.people.get(id) ?? []
      const events = [...here.history.all(id)].map(({ messageId }) => messageId)
      const isFan = sql.exec('SELECT 1 FROM membership WHERE profile = ?', id).toArray().length > 0
      people.push({ id, keys, events, isFan })
      for (const key of graph.nodes.keys()) nodes.add(key)
      for (const [one, { anchor }] of graph.ids) {
        const bearer = [...graph.people].find(([, own]) => own.includes(anchor))
        ids.set(one, bearer?.[0])
      }
    }
    const lake = sql
      .exec<{ data: string }>('SELECT data FROM lake_row')
      .toArray()
      .flatMap(({ data }) => [...data.matchAll(/"messageId":"([^"]+)"/g)].map(([, id]) => id ?? ''))
    return {
      people,
      ids: [...ids],
      nodes: [...nodes],
      forwards: sql
        .exec<{ id: string }>('SELECT id FROM profile WHERE forward NOT NULL')
        .toArray()
        .map(({ id }) => id as ProfileId),
      devices: sql
        .exec<{ id: string; profile: string }>('SELECT id, profile FROM device')
        .toArray()
        .map(({ id, profile }) => ({ id, profile: profile as ProfileId })),
      lake,
    }
  })

const claimsOf = (world: World, shard: number) =>
  runInDurableObject(ownersStub(world, shard), (_, { storage }) =>
    storage.sql
      .exec<{ kind: string; value: string; profile: string }>(
        'SELECT kind, value, profile FROM owner',
      )
      .toArray(),
  )

/**
 * Compares a workspace in which nothing is under way with the rules alone; each line names what is not so: people,
 * whose each message is, messages lost or doubled, ids and claims that lead to nobody or to somebody else.
 */
export async function differences(
  world: World,
  said: readonly EventRecord[],
  separations: readonly Separation[] = [],
  views = FAN,
): Promise<string[]> {
  const shards = Array.from({ length: SHARDS }, (_, shard) => shard)
  const holdings = await Promise.all(shards.map((shard) => holdingOf(world, shard)))
  const found: string[] = []
  const people = holdings.flatMap((holding) => holding.people)
  const expected = plainPeople(said, world.catalog.kinds, separations, views)
  const actual = inOrder(people.map(({ keys, events, isFan }) => personOf(keys, events, isFan)))
  if (JSON.stringify(actual) !== JSON.stringify(expected)) {
    found.push(`people: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`)
  }
  const wanted = said.map(({ messageId }) => messageId).sort()
  const lake = holdings.flatMap((holding) => holding.lake).sort()
  const { objects } = await bindings.LAKE.list({ prefix: `events/workspace=${world.workspace}/` })
  // What was brought to the lake already is no more in the shards.
  const isWrong =
    objects.length > 0
      ? new Set(lake).size < lake.length || lake.some((id) => !wanted.includes(id))
      : lake.join() !== wanted.join()
  if (isWrong) found.push(`lake: ${lake.join()} instead of ${wanted.join()}`)

  const states = new Map(people.map((person) => [person.id, person]))
  /** Asked as anybody would: at that shard, then by whichever shard it names. */
  const follow = async (shard: number, profile: ProfileId): Promise<ProfileId | undefined> => {
    let at = shard
    for (let hop = 0; hop < MAX_HOPS; hop++) {
      const { workspace } = world
      const view = await world.shard(at).view({ workspace, profile, limit: 0 })
      if (view === null) return undefined
      if (view.type === 'profile') return view.id
      at = shardOf(view.profile)
    }
    return undefined
  }
  const mustLead = async (what: string, from: number, id: ProfileId, to: ProfileId | undefined) => {
    const arrived = await follow(from, id)
    if (arrived !== to) found.push(`${what} leads from shard ${from} to ${arrived}, not to ${to}`)
  }
  for (const [shard, { ids, forwards, devices }] of holdings.entries()) {
    for (const [id, bearer] of ids) {
      if (bearer === undefined) found.push(`${id} is of no person of its graph`)
      // The home of an id knows it for ever, and everybody else asks there, unless they know better.
      for (const from of shards) await mustLead(id, from, id, bearer)
    }
    for (const id of forwards) {
      if (!states.has((await follow(shard, id)) ?? ('' as ProfileId))) {
        found.push(`shard ${shard} forwards ${id} to nobody`)
      }
    }
    for (const { id, profile } of devices) {
      const arrived = await follow(shard, profile)
      const key = deviceKeyOf(id)
      if (arrived === undefined) found.push(`shard ${shard}: ${id} is of nobody`)
      const place = holdings.find(({ nodes }) => nodes.includes(key))
      if (place !== undefined && !place.people.some((person) => person.id === arrived)) {
        found.push(`shard ${shard}: ${id} leads to another shard than that of its graph`)
      }
    }
  }
  await checkClaims(world, holdings, follow, found)
  return found
}

const isDevice = (key: string) => key.startsWith('11:anonymousId:dev_')

/** Each identifier is claimed for the graph that holds it, and for no other. */
async function checkClaims(
  world: World,
  holdings: readonly Holding[],
  follow: (shard: number, profile: ProfileId) => Promise<ProfileId | undefined>,
  found: string[],
): Promise<void> {
  const claims = new Map<string, ProfileId>()
  for (let shard = 0; shard < SHARDS; shard++) {
    for (const { kind, value, profile } of await claimsOf(world, shard)) {
      const key = identifierKey({ kind, value })
      if (identityShardOf(kind, value, SHARDS) !== shard)
        found.push(`${key} is claimed in ${shard}`)
      claims.set(key, profile as ProfileId)
    }
  }
  for (const [shard, { nodes }] of holdings.entries()) {
    for (const key of nodes) {
      if (isDevice(key)) continue
      const owner = claims.get(key)
      const arrived = owner === undefined ? undefined : await follow(shardOf(owner), owner)
      const isHere = holdings[shard]?.people.some(({ id }) => id === arrived) === true
      if (!isHere) found.push(`${key} is in shard ${shard} and claimed for ${owner}, at ${arrived}`)
    }
  }
  for (const [key, owner] of claims) {
    const holders = holdings.filter(({ nodes }) => nodes.includes(key)).length
    if (holders !== 1) found.push(`${key}, claimed for ${owner}, is in ${holders} shards`)
  }
}
