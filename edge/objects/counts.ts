import { DurableObject } from 'cloudflare:workers'
import type { Condition } from '../protocol/condition.ts'
import type { CountStatus } from '../protocol/count.ts'
import type { WorkspaceId } from '../protocol/id.ts'
import { HOUR, MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import { CountStore, type CountPlace, type CountRecord } from '../storage/count-store.ts'
import { profileShard, workspaceObject } from './address.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { withTimeLimit } from './time-limit.ts'

/** Counts of a workspace under way at once: each looks at everybody. */
const MOST = 4
/** Shards of a count that look at a slice at the same time. */
const AT_ONCE = 4
/** Between slices: where objects share a process, requests from outside would wait for the end of a count. */
const BREATH: Millis = 5
/** Should the work end with the object, it goes on after that. */
const HEARTBEAT: Millis = 5 * SECOND
/** A count that nobody asks for any more ends after that. */
const LEASE: Millis = MINUTE
/** How long a result is kept. */
const KEPT: Millis = HOUR
const RETRY: Millis = SECOND
/** In a row, after which a count is given up. */
const MAX_FAILURES = 30
const CALL_LIMIT: Millis = 10 * SECOND

export interface NewCount {
  readonly id: string
  readonly workspace: WorkspaceId
  readonly condition: Condition
  readonly purposes: readonly string[]
}

/**
 * The exact sizes of conditions that no segment has, of one workspace. Each is counted in all shards, a slice at a
 * time; the shards know where they are. One that restarts has forgotten its part and begins it anew.
 */
export class Counts extends DurableObject<Env> {
  readonly #store = new CountStore(this.ctx.storage.sql)
  /** When each was last asked for. A restart gives them all time anew. */
  readonly #askedAt = new Map<string, Millis>()
  /** Those under way, as far as they are. Not stored: nothing would be sent to a shard before it is on disk. */
  readonly #underWay = new Map<string, CountRecord>()
  #isWorking = false

  /** Null: so many are under way that this one has to wait. */
  async begin(asked: NewCount): Promise<CountStatus | null> {
    const places = await this.#places(asked.workspace)
    return this.ctx.storage.transactionSync(() => {
      const now = clock.now()
      this.#store.expire(now - KEPT)
      if (this.#store.running().length >= MOST) return null
      const record: CountRecord = {
        ...asked,
        state: 'running',
        places,
        failures: 0,
        createdAt: now,
      }
      this.#store.save(record)
      this.#askedAt.set(record.id, now)
      this.#setAlarm(now)
      return statusOf(record)
    })
  }

  async status({ id }: { readonly id: string }): Promise<CountStatus | null> {
    const record = this.#find(id)
    if (record === undefined) return null
    if (record.state === 'running') {
      this.#askedAt.set(id, clock.now())
      // An alarm that was lost is set anew by whoever waits.
      if ((await this.ctx.storage.getAlarm()) === null) this.#setAlarm(clock.now())
    }
    return statusOf(record)
  }

  /** Takes effect at once. False: there is no such count. */
  async cancel({ id }: { readonly id: string }): Promise<boolean> {
    const record = this.#find(id)
    if (record?.state === 'running') this.#finish({ ...record, state: 'cancelled' })
    return record !== undefined
  }

  /** Sees that the work goes on, also after a restart; it is not waited for, or nobody could ask how far it is. */
  override async alarm(): Promise<void> {
    if (this.#store.running().length === 0) return
    this.#setAlarm(clock.now() + HEARTBEAT)
    if (this.#isWorking) return
    this.#isWorking = true
    this.#work().then(
      () => (this.#isWorking = false),
      // The shards know where they are: the next alarm goes on.
      () => (this.#isWorking = false),
    )
  }

  async #work(): Promise<void> {
    for (;;) {
      const running = this.#store.running()
      if (running.length === 0) return
      await Promise.all(running.map(({ id }) => this.#turn(id)))
      await pause(BREATH)
    }
  }

  async #turn(id: string): Promise<void> {
    const record = this.#find(id)
    if (record?.state !== 'running') return
    const now = clock.now()
    const askedAt = this.#askedAt.get(id) ?? now
    this.#askedAt.set(id, askedAt)
    if (askedAt + LEASE < now) {
      return this.#finish({ ...record, state: 'cancelled', reason: 'unwatched' })
    }
    try {
      const next = record.places.every(({ isCounted }) => isCounted)
        ? await this.#close(record)
        : await this.#slice(record)
      // Cancelled while the slices were under way.
      if (this.#find(id)?.state !== 'running') return this.#release(record)
      if (next.state === 'running') this.#underWay.set(id, { ...next, failures: 0 })
      else this.#finish(next)
    } catch {
      // A shard that does not answer is asked again.
      await this.#failed(record)
    }
  }

  async #failed({ id }: CountRecord): Promise<void> {
    const record = this.#find(id)
    if (record?.state !== 'running') return
    const failures = record.failures + 1
    if (failures >= MAX_FAILURES) {
      return this.#finish({ ...record, failures, state: 'failed', reason: 'unreachable' })
    }
    this.#underWay.set(id, { ...record, failures })
    await pause(RETRY)
  }

  async #slice(record: CountRecord): Promise<CountRecord> {
    const { id, workspace, condition, purposes } = record
    const open = record.places.filter(({ isCounted }) => !isCounted).slice(0, AT_ONCE)
    const places = await Promise.all(
      record.places.map(async (place): Promise<CountPlace> => {
        if (!open.includes(place)) return place
        const shard = profileShard(this.env, workspace, place.address)
        const asked = shard.count({ workspace, id, condition, purposes })
        return { ...place, ...(await withTimeLimit(asked, CALL_LIMIT)) }
      }),
    )
    return { ...record, places }
  }

  /** All shards at one instant; those born meanwhile are counted first. */
  async #close(record: CountRecord): Promise<CountRecord> {
    const { id, workspace } = record
    const known = new Set(record.places.map(({ address }) => nameOf(address)))
    const born = (await this.#places(workspace)).filter(
      ({ address }) => !known.has(nameOf(address)),
    )
    if (born.length > 0) return { ...record, places: [...record.places, ...born] }
    const at = clock.now()
    const parts = await Promise.all(
      record.places.map(({ address }) => {
        const shard = profileShard(this.env, workspace, address)
        return withTimeLimit(shard.closeCount({ workspace, id, at }), CALL_LIMIT)
      }),
    )
    const places = record.places.map((place, n) => (parts[n] === null ? anew(place) : place))
    if (parts.includes(null)) return { ...record, places }
    const sum = (of: 'matched' | 'population') =>
      parts.reduce((total, part) => total + (part?.[of] ?? 0), 0)
    return {
      ...record,
      state: 'done',
      result: { size: sum('matched'), population: sum('population'), at },
    }
  }

  async #places(workspace: WorkspaceId): Promise<readonly CountPlace[]> {
    const shards = await withTimeLimit(workspaceObject(this.env, workspace).shards(), CALL_LIMIT)
    return Promise.all(
      shards.map(async (address): Promise<CountPlace> => {
        const asked = profileShard(this.env, workspace, address).population({ workspace })
        const total = await withTimeLimit(asked, CALL_LIMIT)
        return { address, done: 0, total, isCounted: false }
      }),
    )
  }

  #find(id: string): CountRecord | undefined {
    return this.#underWay.get(id) ?? this.#store.find(id)
  }

  #finish(record: CountRecord): void {
    this.#store.save(record)
    this.#underWay.delete(record.id)
    this.#askedAt.delete(record.id)
    this.#release(record)
  }

  /** Lets shards forget it, un-awaited: they would by themselves. */
  #release({ id, workspace, places }: CountRecord): void {
    for (const { address } of places) {
      const shard = profileShard(this.env, workspace, address)
      shard.endCount({ workspace, id }).catch(() => undefined)
    }
  }

  #setAlarm(at: Millis): void {
    void this.ctx.storage.setAlarm(Math.max(clock.toWall(at), 1))
  }
}

const pause = (span: Millis): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, span))

const nameOf = ({ region, shard }: CountPlace['address']): string => `${region}/${shard}`

const anew = (place: CountPlace): CountPlace => ({
  ...place,
  done: 0,
  isCounted: false,
})

function statusOf({ id, state, reason, places, result }: CountRecord): CountStatus {
  const sum = (of: 'done' | 'total') => places.reduce((total, place) => total + place[of], 0)
  return {
    id,
    state,
    ...(reason !== undefined && { reason }),
    done: sum('done'),
    total: sum('total'),
    ...(result !== undefined && { result }),
  }
}
