import type { Env } from '../edge/objects/env.ts'
import { workspaceObject } from '../edge/objects/address.ts'
import { ProfileShard as Shard } from '../edge/index.ts'
import type { CompiledCatalog } from '../edge/domain/compiled-catalog.ts'
import { compileWhole } from '../edge/domain/computed/whole-catalog.ts'
import { noChanges } from '../edge/domain/apply-event.ts'
import { foldProfile } from '../edge/domain/fold.ts'
import { deviceIdOf, profileIdOf } from '../edge/domain/id.ts'
import { newProfile } from '../edge/domain/profile.ts'
import { review } from '../edge/domain/review.ts'
import { BulkStores } from '../edge/storage/bulk/bulk-stores.ts'
import { eventsOf, type People } from './bench/preview/people.ts'
import { DEMO } from './demo/account.ts'
import local from './local-worker.ts'

export {
  AccountShard,
  Counts,
  Erasures,
  IdentityShard,
  ImportJob,
  LiveMonitor,
  Population,
  Rehearsal,
  Workspace,
} from '../edge/index.ts'

/** People written with one transaction. */
const SLICE = 200
/** Rows of history of each: as many imports, say. */
const ROWS = 3

/** A shard that can be filled with people at once, as an import of all of them would leave them. */
export class ProfileShard extends Shard {
  #compiled: CompiledCatalog | undefined

  async fill({ from, to, shard, shards }: People): Promise<void> {
    const catalog = await workspaceObject(this.env, DEMO.id).catalog({
      workspace: DEMO.id,
      shard: { region: 0, shard },
    })
    if (catalog === null) throw new Error('The demo workspace has no catalog')
    await this.population({ workspace: DEMO.id })
    const compiled = (this.#compiled ??= compileWhole(catalog))
    const numbers: number[] = []
    for (let n = from; n < to; n++) if (n % shards === shard) numbers.push(n)
    for (let at = 0; at < numbers.length; at += SLICE) {
      this.ctx.storage.transactionSync(() => {
        this.#write(numbers.slice(at, at + SLICE), compiled, { region: 0, shard })
      })
    }
  }

  #write(
    numbers: readonly number[],
    compiled: CompiledCatalog,
    address: { region: number; shard: number },
  ): void {
    const now = Date.now()
    const stores = new BulkStores(this.ctx.storage.sql)
    const people = numbers.map((n) => {
      const random = crypto.getRandomValues(new Uint8Array(32))
      const id = profileIdOf(address, random)
      const device = deviceIdOf(random, compiled.catalog.shards)
      const events = eventsOf(n, device, now)
      const folded = foldProfile(newProfile(id, device, now), events, compiled)
      folded.version = compiled.catalog.version
      folded.identifiers = [
        {
          kind: 'user_id',
          value: `person-${n}`,
          proven: true,
          firstSeen: now,
          lastSeen: now,
          source: folded.devices[0]!.source,
        },
      ]
      const moment = { now, at: now, decidedAt: now, cause: { type: 'time' } } as const
      review(folded, compiled, { ...noChanges(), everything: true }, moment)
      stores.profiles.saveWithGraph(folded, null)
      return { id, events }
    })
    stores.profiles.flush()
    for (let row = 0; row < ROWS; row++) {
      for (const { id, events } of people) {
        stores.history.append(
          id,
          events.filter((_, place) => place % ROWS === row),
        )
      }
      stores.history.flush()
    }
  }
}

/** The local Worker, whose shards are filled by `POST /test/people`. */
export default {
  ...local,
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url)
    if (pathname !== '/test/people') return local.fetch(request, env, context)
    const people = (await request.json()) as People
    const name = `${DEMO.id}/profile/0/${people.shard}`
    await (env.PROFILE.getByName(name) as unknown as ProfileShard).fill(people)
    return new Response()
  },
} satisfies ExportedHandler<Env, unknown>
