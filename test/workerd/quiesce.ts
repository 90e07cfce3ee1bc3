import { runDurableObjectAlarm } from 'cloudflare:test'
import { accountShardName } from '../../edge/objects/address.ts'
import { clock } from '../../edge/objects/clock.ts'
import { SECOND } from '../../edge/protocol/time.ts'
import { flaws } from './shard-faults.ts'
import { bindings, setClock, SHARDS, type World } from './shard-fixture.ts'

const ROUNDS = 5
const TURNS = 30
const TURN = 20
const PATIENCE = 1_000
const soundTimeout = globalThis.setTimeout.bind(globalThis)
export const pause = (after: number) => new Promise<void>((resolve) => soundTimeout(resolve, after))

/**
 * Lets every shard's alarm ring until nothing is under way any more.
 * @returns what is flawed then: see `flaws`.
 */
export async function quiesce(world: World): Promise<string[]> {
  let found: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    setClock(clock.now() + 16 * SECOND)
    await wakeEach(world)
    await ringAccounts(world)
    for (let turn = 0; turn < TURNS; turn++) {
      found = await flaws(world).catch(() => ['an object that ended'])
      if (found.length === 0) return found
      await pause(TURN)
    }
  }
  return found
}

/** One that breaks off, or is never heard of, is woken again in the next round. */
async function wakeEach(world: World): Promise<void> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const woken = world.shard(shard).wake({ workspace: world.workspace })
    await Promise.race([woken.catch(() => undefined), pause(PATIENCE)])
  }
}

async function ringAccounts(world: World): Promise<void> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const stub = bindings.ACCOUNT.getByName(accountShardName(world.workspace, shard))
    await runDurableObjectAlarm(stub).catch(() => undefined)
  }
}
