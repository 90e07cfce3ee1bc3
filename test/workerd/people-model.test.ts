import { afterAll, expect, test } from 'vitest'
import {
  array,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  oneof,
  record,
  constant,
} from 'fast-check'
import { clock } from '../../edge/objects/clock.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId } from '../../edge/protocol/id.ts'
import { DAY, HOUR, MINUTE } from '../../edge/protocol/time.ts'
import { flaws, profilesOf, wakeAll } from './shard-faults.ts'
import { claim, resetClock, setClock, SHARDS, signIn, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

afterAll(resetClock)

const SEED = Number(import.meta.env['VITE_SEED'] ?? 20_261_123)
const RUNS = Number(import.meta.env['VITE_RUNS'] ?? 8)

const device = integer({ min: 0, max: SHARDS - 1 })
const user = constantFrom('u0', 'u1')
const command = oneof(
  { weight: 4, arbitrary: record({ do: constant('track' as const), device }) },
  { weight: 3, arbitrary: record({ do: constant('sign in' as const), device, user }) },
  {
    weight: 2,
    arbitrary: record({ do: constant('both sign in' as const), device, other: device, user }),
  },
  { weight: 1, arbitrary: record({ do: constant('all track' as const) }) },
  { weight: 2, arbitrary: record({ do: constant('retry' as const), device }) },
  { weight: 1, arbitrary: record({ do: constant('wake' as const) }) },
  {
    weight: 2,
    arbitrary: record({ do: constant('pass' as const), hours: integer({ min: 1, max: 40 }) }),
  },
)
type Command = typeof command extends { generate(...args: never[]): { value: infer T } } ? T : never

interface Person {
  user?: string
  readonly events: EventRecord[]
}

/** Who did what, by the rules alone: which person each device is of, and the people who have a name. */
class Model {
  readonly #at = new Map<number, Person>()
  readonly #named = new Map<string, Person>()

  of(at: number): Person {
    const person = this.#at.get(at) ?? { events: [] }
    this.#at.set(at, person)
    return person
  }

  track(at: number, event: EventRecord): void {
    this.of(at).events.push(event)
  }

  /** Anonymous history joins at the first sign-in; a known person's stays where it is. */
  signIn(at: number, user: string, event: EventRecord): void {
    const present = this.of(at)
    const known = this.#named.get(user)
    if (present.user === undefined && known === undefined) {
      present.user = user
      this.#named.set(user, present)
    } else if (present.user !== user) {
      const person = known ?? { user, events: [] }
      if (present.user === undefined) person.events.push(...present.events)
      this.#named.set(user, person)
      this.#at.set(at, person)
    }
    this.of(at).events.push(event)
  }
}

const isViewed = ({ name }: EventRecord) => name === 'Product Viewed'

async function play(commands: readonly Command[]): Promise<void> {
  const world = new World(telling)
  await world.publish()
  const model = new Model()
  const devices = Array.from({ length: SHARDS }, (_, shard) => world.device(shard))
  const last = new Map<number, EventRecord[]>()
  const send = async (at: number, events: EventRecord[]) => {
    last.set(at, events)
    const { verdicts } = await world.send(devices[at] as DeviceId, at, events)
    expect(verdicts.map(({ status }) => status)).toEqual(events.map(() => 'accepted'))
  }
  const track = (at: number) => {
    const event = shoe()
    model.track(at, event)
    return send(at, [event])
  }
  const enter = (at: number, user: string) => {
    const event = signIn(claim('userId', user))
    model.signIn(at, user, event)
    return send(at, [event])
  }
  for (const step of commands) {
    if (step.do === 'track') await track(step.device)
    else if (step.do === 'sign in') await enter(step.device, step.user)
    else if (step.do === 'both sign in') {
      const both = [...new Set([step.device, step.other])]
      await Promise.all(both.map((at) => enter(at, step.user)))
    } else if (step.do === 'all track') await Promise.all(devices.map((_, at) => track(at)))
    else if (step.do === 'retry') {
      const events = last.get(step.device)
      if (events === undefined) continue
      const { verdicts } = await world.send(devices[step.device] as DeviceId, step.device, events)
      expect(verdicts.map(({ status }) => status)).toEqual(events.map(() => 'duplicate'))
    } else if (step.do === 'wake') await wakeAll(world)
    else setClock(clock.now() + step.hours * HOUR + 7 * MINUTE)
  }
  await wakeAll(world)
  expect(await flaws(world)).toEqual([])
  const people = new Set<object>()
  for (const [at, id] of devices.entries()) {
    const person = model.of(at)
    if (person.events.length === 0) continue
    people.add(person)
    const { profile } = await world.send(id, at, [])
    const { events, memberships } = await world.view(profile)
    expect(events.map((event) => event.id).sort()).toEqual(
      person.events.map(({ messageId }) => messageId).sort(),
    )
    const recent = person.events.filter(
      (event) => isViewed(event) && event.timestamp > clock.now() - 7 * DAY,
    )
    expect(memberships).toHaveLength(recent.length >= 3 ? 1 : 0)
  }
  expect((await profilesOf(world)).length).toBeGreaterThanOrEqual(people.size)
}

test(
  'people, their timelines and memberships are those of the rules, in any order of commands',
  async () => {
    await assert(
      asyncProperty(array(command, { minLength: 3, maxLength: 16 }), (commands) =>
        play(commands as Command[]),
      ),
      { seed: SEED, numRuns: RUNS, endOnFailure: false },
    )
  },
  120_000 + RUNS * 5_000,
)
