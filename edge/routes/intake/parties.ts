import { profileIdOf, RANDOM_BYTES, identityShardOf } from '../../domain/id.ts'
import { identityShard } from '../../objects/address.ts'
import type { Env } from '../../objects/env.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { WorkspaceId } from '../../protocol/id.ts'
import type { ClaimedIdentifier } from '../../protocol/identifier.ts'
import type { IdentityShardCalls } from '../../protocol/objects.ts'
import type { Subject } from '../../protocol/shard.ts'
import type { ShardCalls } from './shard-calls.ts'

/** An event of a batch with its place in it. */
export interface Placed {
  readonly index: number
  readonly event: EventRecord
}

/** Events of one subject that follow each other: one call of its shard. */
export interface Run {
  /** The identifier by which the subject is found; absent for a browser of ours. */
  readonly by?: ClaimedIdentifier
  readonly events: readonly Placed[]
}

/**
 * By what a message's subject is found. A browser of ours is its own; then the most trusted identifier that is proven;
 * then a foreign anonymous id: whoever claims to be somebody without proof writes as the browser they are.
 */
export function subjectIdentifier(event: EventRecord): ClaimedIdentifier | undefined {
  if (event.device !== undefined) return undefined
  const { identifiers } = event
  return (
    identifiers.find(({ proven }) => proven) ??
    identifiers.find(({ kind }) => kind === 'anonymousId') ??
    identifiers[0]
  )
}

const nameOf = ({ kind, value }: { readonly kind: string; readonly value: string }): string =>
  `${kind.length}:${kind}:${value}`

/** Whose a run is. */
export interface Found {
  readonly subject: Subject
  /** Nobody was known by that before. */
  readonly isNew: boolean
}

/** All names under which one person may appear in a batch. */
const namesOf = ({ device, identifiers }: EventRecord): readonly string[] => [
  ...(device === undefined ? [] : [`device:${device}`]),
  ...identifiers.map(nameOf),
]

/**
 * Splits a batch into parties: events that share an identifier, directly or through others, stay in one party and in
 * their order; parties may be handled at the same time. Within a party, neighbours of one subject make a run.
 */
export function partiesOf(batch: readonly Placed[]): readonly (readonly Run[])[] {
  const leaders = new Map<string, string>()
  const leaderOf = (name: string): string => {
    let leader = name
    for (
      let up = leaders.get(leader);
      up !== undefined && up !== leader;
      up = leaders.get(leader)
    ) {
      leader = up
    }
    leaders.set(name, leader)
    return leader
  }
  for (const { event } of batch) {
    const [first, ...others] = namesOf(event)
    if (first === undefined) continue
    for (const other of others) leaders.set(leaderOf(other), leaderOf(first))
    leaderOf(first)
  }

  const parties = new Map<
    string,
    { name: string; run: { by?: ClaimedIdentifier; events: Placed[] } }[]
  >()
  for (const placed of batch) {
    const by = subjectIdentifier(placed.event)
    const name = by === undefined ? `device:${placed.event.device ?? ''}` : nameOf(by)
    const leader = leaderOf(namesOf(placed.event)[0] ?? '')
    const party = parties.get(leader) ?? []
    parties.set(leader, party)
    const last = party.at(-1)
    if (last?.name === name) last.run.events.push(placed)
    else party.push({ name, run: { ...(by !== undefined && { by }), events: [placed] } })
  }
  return [...parties.values()].map((party) => party.map(({ run }) => run))
}

/**
 * The subject of a run; a person nobody knows yet is born on a shard chosen by chance. Undefined: nobody is known by
 * that, and nobody is born of events of which only the answers may be kept.
 */
export async function subjectOf(
  calls: ShardCalls,
  shards: number,
  run: Run,
): Promise<Found | undefined> {
  const device = run.events[0]?.event.device
  if (run.by === undefined) {
    if (device === undefined) throw new Error('An event of nobody')
    return { subject: { type: 'device', device }, isNew: false }
  }
  const identifier = { kind: run.by.kind, value: run.by.value }
  if (run.events.every(({ event }) => event.carried === true)) {
    const owner = await calls.lookup(identifier)
    if (owner === null) return undefined
    return { subject: { type: 'identifier', identifier, profile: owner }, isNew: false }
  }
  const random = crypto.getRandomValues(new Uint8Array(2 + RANDOM_BYTES))
  const shard = (((random[0] ?? 0) << 8) | (random[1] ?? 0)) % shards
  const birth = profileIdOf({ region: 0, shard }, random.subarray(2))
  const at = Math.max(...run.events.map(({ event }) => event.timestamp))
  const { owner, erasedAt, born } = await calls.resolve(identifier, birth, run.by.proven, at)
  return {
    subject: {
      type: 'identifier',
      identifier,
      profile: owner,
      ...(erasedAt !== undefined && { erasedAt }),
    },
    isNew: born && erasedAt === undefined,
  }
}

/** The object that owns an identifier. A stub whose call failed stays broken: ask for one each time. */
export const identityOf = (
  env: Env,
  workspace: WorkspaceId,
  shards: number,
  { kind, value }: { readonly kind: string; readonly value: string },
): IdentityShardCalls =>
  identityShard(
    env,
    workspace,
    identityShardOf(kind, value, shards),
  ) as unknown as IdentityShardCalls
