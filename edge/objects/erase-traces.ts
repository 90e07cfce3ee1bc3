import { ErasedRows } from '../domain/erased-message.ts'
import { deliveryIdOf } from '../domain/id.ts'
import { identifierKey } from '../domain/identity.ts'
import { namesPerson } from '../domain/names-person.ts'
import type { ErasedDay, ErasedPerson, Swept, SweepPlace } from '../protocol/erasure.ts'
import type { DestinationId, DeviceId, ProfileId } from '../protocol/id.ts'
import { DAY, type Millis } from '../protocol/time.ts'
import { removeState } from './erase-person.ts'
import { randomBytes } from './random-bytes.ts'
import type { Shard } from './shard.ts'

/** Rows of the outbox, and failed events, that one call looks at. */
const OUTBOX_ROWS = 5_000
const FAILED_EVENTS = 200
/** Deliveries that arrived are forgotten after so long: of somebody older nobody can tell who was told of them. */
const REMEMBERED: Millis = 30 * DAY

/** Remembers tombstones, and forgets whose these devices were. Call it inside a transaction. */
export function bury(shard: Shard, { devices, ids, hashes, at }: Burial): void {
  for (const hash of hashes) shard.tombstones.put(hash, { at, version: 0 })
  for (const device of devices) shard.profiles.dropDevice(device, ids)
}

/** Of what is at home in one shard. */
export interface Burial {
  readonly devices: readonly DeviceId[]
  /** Of the person: a device that is another's by now stays theirs. */
  readonly ids: readonly ProfileId[]
  readonly hashes: readonly string[]
  readonly at: Millis
}

/** Removes what else a shard has of a person, a part at a time. Call it inside a transaction. */
export function sweep(
  shard: Shard,
  person: ErasedPerson,
  days: readonly ErasedDay[],
  from: SweepPlace,
): Swept {
  const { ids, devices, identifiers } = person
  // Others may still be led here by one of them.
  const isNamed = shard.merges.isNamed(ids)
  for (const identifier of identifiers) shard.graphs.erase(identifierKey(identifier))
  for (const id of ids) {
    shard.merges.unstageOf(id)
    if (!isNamed) removeState(shard, id)
  }
  for (const device of devices) shard.profiles.dropDevice(device, ids)
  const outbox = shard.outbox.erase(ids, from.outbox, OUTBOX_ROWS)
  const names = new Set<string>([...ids, ...devices, ...identifiers.map(({ value }) => value)])
  const failed = shard.failedEvents.removeWhere(
    ({ raw, origin }) => namesPerson({ raw, origin }, names),
    from.failed,
    FAILED_EVENTS,
  )
  const rows = new ErasedRows(ids, days)
  const waiting = shard.lake.strike(({ profile, event }) => rows.has(profile, event))
  const isMore = outbox.last !== undefined || failed.last !== undefined
  return {
    counts: {
      deliveries: outbox.removed,
      failedEvents: failed.removed,
      waitingEvents: waiting.removed,
    },
    ...(isMore && {
      next: {
        outbox: outbox.last ?? Number.MAX_SAFE_INTEGER,
        failed: failed.last ?? Number.MAX_SAFE_INTEGER,
      },
    }),
    isBusy: isNamed || waiting.isBusy,
  }
}

/**
 * Writes the notices for those to whom something of the person may have gone: where that is known, and else to all
 * whom the workspace sends to. Call it inside a transaction. How many are told.
 */
export function tell(
  shard: Shard,
  erasure: string,
  destinations: readonly DestinationId[],
): number {
  const open = shard.erasing.find(erasure)
  if (open === undefined) return 0
  const { person, phase } = open
  const isForgotten = person.since < person.at - REMEMBERED
  const told = [...shard.compiled.destinations.values()].filter(
    ({ id, enabled }) => enabled && (isForgotten || destinations.includes(id)),
  )
  if (phase === 'told') return told.length
  const now = shard.now()
  for (const { id: destination } of told) {
    shard.outbox.add({
      id: deliveryIdOf(shard.address, randomBytes()),
      type: 'erased',
      profile: person.profile,
      destination,
      at: person.at,
      nextAt: now,
      createdAt: now,
    })
  }
  shard.erasing.put(erasure, { person, phase: 'told' })
  shard.arm()
  return told.length
}
