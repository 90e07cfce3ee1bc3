import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import {
  array,
  assert,
  asyncProperty,
  constant,
  constantFrom,
  integer,
  oneof,
  record,
} from 'fast-check'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { clock } from '../../edge/objects/clock.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId } from '../../edge/protocol/id.ts'
import type { ClaimedIdentifier } from '../../edge/protocol/identifier.ts'
import { HOUR } from '../../edge/protocol/time.ts'
import { wrapSteps } from './fault-points.ts'
import { grouped } from './merge-scenarios.ts'
import { Clients } from './people-client.ts'
import { differences } from './people-ledger.ts'
import { pause, quiesce } from './quiesce.ts'
import { shardStub } from './shard-faults.ts'
import { claim, resetClock, seen, setClock, SHARDS, signIn, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

beforeAll(wrapSteps)
afterEach(resetClock)

const SEED = Number(import.meta.env['VITE_SEED'] ?? 20_261_126)
const RUNS = Number(import.meta.env['VITE_RUNS'] ?? 10)
const MILLISECONDS = Number(import.meta.env['VITE_MODEL_TIME'] ?? Infinity)

const device = integer({ min: 0, max: SHARDS - 1 })
const identifier = constantFrom(
  claim('userId', 'u0'),
  claim('userId', 'u1'),
  claim('email', 'h0'),
  claim('email', 'h1'),
  claim('phone', 'p0'),
)
const hours = integer({ min: 1, max: 40 })
const step = <Name extends string>(name: Name) => record({ do: constant(name), device })
const saying = <Name extends string>(name: Name) =>
  record({ do: constant(name), device, identifier, other: identifier })

const command = oneof(
  { weight: 4, arbitrary: step('track') },
  { weight: 5, arbitrary: saying('sign in') },
  { weight: 3, arbitrary: saying('say two') },
  { weight: 2, arbitrary: saying('alias') },
  { weight: 2, arbitrary: saying('import') },
  { weight: 2, arbitrary: record({ do: constant('late'), device, hours }) },
  { weight: 2, arbitrary: record({ do: constant('late sign in'), device, identifier, hours }) },
  {
    weight: 3,
    arbitrary: record({ do: constant('at once'), device, other: device, identifier }),
  },
  { weight: 1, arbitrary: step('group') },
  { weight: 2, arbitrary: step('undo') },
  { weight: 1, arbitrary: step('rejoin') },
  { weight: 1, arbitrary: step('evict') },
  { weight: 2, arbitrary: step('abort') },
  {
    weight: 2,
    arbitrary: record({ do: constant('abort amid'), device, shard: device, identifier }),
  },
  { weight: 1, arbitrary: record({ do: constant('pass'), hours }) },
)

interface Command {
  readonly do: string
  readonly device?: number
  readonly other?: number | ClaimedIdentifier
  readonly identifier?: ClaimedIdentifier
  readonly hours?: number
  readonly shard?: number
}

const abort = (world: World, shard: number): Promise<unknown> =>
  runInDurableObject(shardStub(world, shard), (_, ctx) => ctx.abort('a fault')).catch(
    () => undefined,
  )

const earlier = (event: EventRecord, by = 0): EventRecord => ({
  ...event,
  timestamp: event.timestamp - by * HOUR,
})

/** Carries a command out as its clients would; the rules are told by what was answered. */
class Player {
  readonly #clients: Clients
  readonly #devices: readonly DeviceId[]

  constructor(clients: Clients) {
    this.#clients = clients
    this.#devices = Array.from({ length: SHARDS }, (_, shard) => clients.world.device(shard))
  }

  async play(command: Command): Promise<void> {
    const clients = this.#clients
    const { world } = clients
    const at = command.device ?? 0
    const own = this.#devices[at] as DeviceId
    const one = command.identifier ?? claim('userId', 'u0')
    const others = typeof command.other === 'object' ? [command.other] : []
    switch (command.do) {
      case 'track':
        return void (await clients.send(own, shoe()))
      case 'sign in':
        return void (await clients.send(own, signIn(one), shoe()))
      case 'say two':
        return void (await clients.send(own, signIn(one, ...others)))
      case 'alias': {
        const before = claim('anonymousId', `cookie-${at}`)
        const alias = { type: 'alias', identifiers: [one, before] } as const
        return void (await clients.tell(seen('Aliased', {}, alias)))
      }
      case 'import': {
        const row = seen('Order', {}, { identifiers: [one, ...others] })
        return void (await clients.tell(earlier(row, 100), true))
      }
      case 'late':
        return void (await clients.send(own, earlier(shoe(), command.hours)))
      case 'late sign in':
        return void (await clients.send(own, earlier(signIn(one), command.hours)))
      case 'at once': {
        const second = this.#devices[Number(command.other)] as DeviceId
        await Promise.all([
          clients.send(own, signIn(one), shoe()),
          clients.send(second, signIn(one)),
          clients.send(second, shoe()),
        ])
        return undefined
      }
      case 'group':
        return void (await clients.send(own, grouped(`g${at % 2}`, { seats: at })))
      case 'undo':
        return void (await clients.undo(await clients.send(own, seen('Page Viewed'))))
      case 'rejoin':
        return clients.rejoin()
      case 'evict':
        // One that ended before has nothing to be evicted.
        return evictDurableObject(shardStub(world, at)).catch(() => undefined)
      case 'abort':
        return void (await abort(world, at))
      case 'abort amid': {
        const sent = clients.send(own, signIn(one), shoe())
        await pause(at)
        await abort(world, command.shard ?? 0)
        return void (await sent)
      }
      default:
        return setClock(clock.now() + (command.hours ?? 0) * HOUR)
    }
  }
}

async function play(commands: readonly Command[]): Promise<void> {
  resetClock()
  const world = new World(telling)
  await world.publish()
  const clients = new Clients(world)
  const player = new Player(clients)
  for (const one of commands) await player.play(one)
  expect(await quiesce(world)).toEqual([])
  expect(await differences(world, clients.said, clients.separations)).toEqual([])
  expect(await clients.repeat()).toEqual([])
}

test('people are those of all that was said, noted in one place, whatever happened on the way', async () => {
  await assert(
    asyncProperty(array(command, { minLength: 4, maxLength: 14 }), (commands) =>
      play(commands as readonly Command[]),
    ),
    {
      seed: SEED,
      numRuns: RUNS,
      ...(MILLISECONDS < Infinity && { interruptAfterTimeLimit: MILLISECONDS }),
    },
  )
}, 4_000_000)

test('events change hands by an undo that is allowed again, though no identifier does', async () => {
  const [u0, u1] = [claim('userId', 'u0'), claim('userId', 'u1')]
  await play([
    { do: 'at once', device: 0, other: 1, identifier: u0 },
    { do: 'undo', device: 0 },
    { do: 'say two', device: 0, identifier: u1, other: u0 },
    { do: 'late', device: 0, hours: 1 },
    { do: 'rejoin', device: 0 },
    { do: 'import', device: 0, identifier: u0, other: u0 },
  ])
})
