import { workspaceObject } from './address.ts'
import { noChanges } from '../domain/apply-event.ts'
import type { ShardStatus } from '../protocol/objects.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { nextSlice } from './back-fill-order.ts'
import { refresh } from './refresh.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

/** Profiles of one transaction: sliced by count, because production clocks stand still without I/O. */
const SLICE = 100
const RETRY: Millis = 5 * SECOND

/**
 * Brings profiles to the catalog's version, a slice at a time: a new segment knows the past. Call it in a
 * transaction. True if there is more to do.
 */
export function backFillSlice(shard: Shard): boolean {
  const state = shard.backFill()
  if (state === undefined) return false
  const now = shard.now()
  const { version } = shard.compiled.catalog
  const { ids, next } = nextSlice(shard, state, SLICE)
  for (const id of ids) {
    shard.alone(() => {
      const found = shard.profiles.find(id)
      if (found === undefined || 'forward' in found || found.profile.version === version) return
      // About to live elsewhere: there it is brought to that shard's version.
      if (found.saga !== null) return
      shard.save(found.profile, refresh(shard, found.profile, noChanges(), now))
    })
  }
  shard.meta.set('back-fill', next)
  if (next !== null) return true
  shard.meta.set('acknowledge', true)
  return false
}

/** Tells the workspace, un-awaited, that this shard has reached the version; the alarm repeats it until heard. */
export function acknowledge(shard: Shard, status: ShardStatus): void {
  if (shard.meta.get('acknowledge') !== true) return
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
