import { workspaceObject } from './address.ts'
import { noChanges } from '../domain/apply-event.ts'
import type { News } from '../domain/news.ts'
import type { Profile } from '../domain/profile.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Transition } from '../protocol/membership.ts'
import type { ShardStatus } from '../protocol/objects.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { BulkStores } from '../storage/bulk/bulk-stores.ts'
import { addNews } from './back-fill-news.ts'
import { nextSlice } from './back-fill-order.ts'
import { labelsOf, setReached } from './back-fill-reach.ts'
import { refresh } from './refresh.ts'
import type { Shard } from './shard.ts'
import { SliceSize } from './slice-size.ts'
import { withTimeLimit } from './time-limit.ts'

const RETRY: Millis = 5 * SECOND

/**
 * Brings profiles to the catalog's version, a slice at a time: a new segment knows the past. What a slice asks for is
 * read with a statement a table, and written so; of whom nothing changes nothing is written (`back-fill-reach.ts`).
 */
export class BackFillWork {
  readonly #shard: Shard
  readonly #size = new SliceSize()
  #stores: BulkStores | undefined

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** Call it in a transaction. True if there is more to do. `isBusy`: somebody waits for answers. */
  slice(isBusy: boolean): boolean {
    const shard = this.#shard
    const state = shard.backFill()
    if (state === undefined) return false
    const { ids, next } = nextSlice(shard, state, this.#size.next(isBusy))
    this.#look(ids, state.first === undefined)
    shard.meta.set('back-fill', next)
    if (next !== null) return true
    const { catalog, fingerprint } = shard.compiled
    if (state.fingerprint !== undefined) {
      setReached(shard, { version: catalog.version, fingerprint })
    }
    shard.meta.set('acknowledge', true)
    return false
  }

  /** `isOnce`: nobody among them is looked at a second time. */
  #look(ids: readonly ProfileId[], isOnce: boolean): void {
    const shard = this.#shard
    const stores = (this.#stores ??= new BulkStores(
      shard.rows.sql,
      undefined,
      shard.profiles.additions,
    ))
    const { news } = shard
    stores.forget()
    const view = shard.over(stores)
    stores.profiles.labelOf = labelsOf(view)
    const touched = news === undefined ? ids : touchedBy(stores, news, ids)
    const isOfNews = news?.isAll === true && isOnce
    const asked = isOfNews ? addedTo(view, stores, news, ids, touched) : ids
    const { characters } = stores.history
    const [people, concerned, whole] = [ids.length, touched.length, asked.length]
    this.#size.learn({ people, concerned, whole, characters })
    stores.profiles.read(asked)
    stores.timers.read(asked)
    stores.accounts.read(asked)
    for (const id of asked) {
      const [undo, unmark] = [stores.mark(), view.mark()]
      try {
        if (look(view, id)) continue
      } catch {
        // Nothing of it was kept: it is done by itself, or it is whoever asks for that profile who gets the error.
      }
      undo()
      unmark()
      if (!shard.alone(() => lookAlone(shard, id))) shard.profiles.outdate(id)
    }
    stores.flush()
    stores.forget()
  }
}

/** Those among some people who may have done what is new; what is asked of their histories is read. */
function touchedBy(
  { history }: BulkStores,
  { names, isOfProperties: properties, isOrdered: ids }: News,
  people: readonly ProfileId[],
): readonly ProfileId[] {
  history.read(people, { names, properties, ids })
  return history.concerned(names)
}

/** Adds what is new of some people. Answers those who are to be brought to the present as a whole. */
function addedTo(
  view: Shard,
  stores: BulkStores,
  news: News,
  people: readonly ProfileId[],
  touched: readonly ProfileId[],
): readonly ProfileId[] {
  const known = new Set(touched)
  const others = people.filter((id) => !known.has(id))
  const { version } = news.since.catalog
  const versions = stores.profiles.versionsOf(others, [version, news.of.catalog.version])
  return [
    ...others.filter((id) => versions.get(id) !== version),
    ...addNews(view, stores, news, touched),
  ]
}

/** False: it shares its graph, or is about to live elsewhere. */
function look(view: Shard, id: ProfileId): boolean {
  const found = view.profiles.find(id)
  if (found === undefined || 'forward' in found) return true
  if (found.saga !== null || found.shared !== null) return false
  bring(view, found.profile)
  return true
}

function lookAlone(shard: Shard, id: ProfileId): void {
  const found = shard.profiles.find(id)
  if (found === undefined || 'forward' in found) return
  // About to live elsewhere: there it is brought to that shard's version.
  if (found.saga !== null) return shard.profiles.outdate(id)
  bring(shard, found.profile)
}

/** Brings a profile to the present, and saves it if anything of it is another then. */
function bring(shard: Shard, profile: Profile): void {
  if (profile.version === shard.compiled.catalog.version) return
  const before = { standing: new Map(profile.standing), occurrences: new Map(profile.occurrences) }
  const transitions = refresh(shard, profile, noChanges(), shard.now())
  if (isChanged(profile, before, transitions)) shard.save(profile, transitions)
}

const isChanged = (
  { standing, occurrences }: Profile,
  before: Pick<Profile, 'standing' | 'occurrences'>,
  transitions: readonly Transition[],
): boolean =>
  transitions.length > 0 ||
  !holdsTheSame(standing, before.standing) ||
  !holdsTheSame(occurrences, before.occurrences)

/** Values of both are never changed, but replaced. */
function holdsTheSame<K, V>(one: ReadonlyMap<K, V>, other: ReadonlyMap<K, V>): boolean {
  if (one.size !== other.size) return false
  for (const [key, value] of one) if (other.get(key) !== value) return false
  return true
}

/** Tells the workspace, un-awaited, that this shard has reached the version; the alarm repeats it until heard. */
export function acknowledge(shard: Shard, statusOf: () => ShardStatus): void {
  if (shard.meta.get('acknowledge') !== true) return
  const status = statusOf()
  const { workspace, address, env } = shard
  shard.meta.set('retry-at', shard.now() + RETRY)
  const request = { workspace, shard: address, status }
  withTimeLimit(workspaceObject(env, workspace).acknowledge(request), RETRY).then(
    () => {
      // Another version may have come meanwhile: that one was not acknowledged.
      if (shard.compiled.catalog.version !== status.version) return
      if (shard.backFill() === undefined) shard.meta.set('acknowledge', false)
      shard.meta.set('retry-at', null)
    },
    // Recorded: `acknowledge` still stands, the alarm comes back at `retry-at`.
    () => shard.arm(),
  )
}
