import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clock } from '../../edge/objects/clock.ts'
import type { DeliveryMessage } from '../../edge/protocol/delivery.ts'
import { DAY, SECOND, type Millis } from '../../edge/protocol/time.ts'
import { rowsOf, shardStub } from './shard-faults.ts'
import { resetClock, setClock, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

const SHARD = 1
let world: World
/** What the queue was handed, a list a call. */
let handed: DeliveryMessage[][] = []
let isSound = true

beforeEach(async () => {
  world = new World(telling)
  handed = []
  isSound = true
  await world.publish()
  await runInDurableObject(shardStub(world, SHARD), (instance) => {
    const { env } = instance as unknown as { env: object }
    Object.defineProperty(env, 'DELIVERIES', { value: { sendBatch }, configurable: true })
  })
})
afterEach(resetClock)

async function sendBatch(messages: Iterable<{ readonly body: DeliveryMessage }>): Promise<void> {
  if (!isSound) throw new Error('The queue takes nothing')
  handed.push([...messages].map(({ body }) => structuredClone(body)))
}

/** Somebody enters the segment. When they will exit. */
async function enter(): Promise<Millis> {
  const first = shoe()
  await world.send(world.device(SHARD), SHARD, [first, shoe(), shoe()])
  return first.timestamp + 7 * DAY
}

/** Lets what was begun un-awaited come to rest. */
const rest = () => new Promise((resolve) => setTimeout(resolve, 50))

test('what the queue refuses is offered again within seconds, and counts as no release', async () => {
  isSound = false
  await enter()
  await expect
    .poll(() => rowsOf(world, SHARD, 'SELECT releases FROM outbox'))
    .toEqual([{ releases: 0 }])
  const [row] = await rowsOf(world, SHARD, 'SELECT next_at FROM outbox')
  expect(row?.['next_at']).toBeLessThan(clock.now() + 3 * SECOND)
  isSound = true
  setClock(clock.now() + 3 * SECOND)
  await runDurableObjectAlarm(shardStub(world, SHARD))
  expect(handed.flat()).toMatchObject([{ type: 'entered', attempt: 1 }])
})

test('a queue that goes on refusing is asked less and less often', async () => {
  isSound = false
  await enter()
  const waits: number[] = []
  for (let turn = 0; turn < 4; turn++) {
    await rest()
    const [row] = await rowsOf(world, SHARD, 'SELECT next_at FROM outbox')
    waits.push(Math.ceil((Number(row?.['next_at']) - clock.now()) / SECOND))
    setClock(Number(row?.['next_at']) + 1)
    await runDurableObjectAlarm(shardStub(world, SHARD))
  }
  expect(waits).toEqual([1, 2, 4, 8])
})

test('everybody who exits at one moment is handed to the queue after it, in batches it takes', async () => {
  let due = 0
  for (let n = 0; n < 120; n++) due = await enter()
  await rest()
  handed = []
  await runInDurableObject(shardStub(world, SHARD), (_, { storage }) =>
    storage.sql.exec('DELETE FROM outbox'),
  )
  setClock(due + SECOND)
  await world.shard(SHARD).wake({ workspace: world.workspace })
  expect(handed.map((batch) => batch.length)).toEqual([100, 20])
})
