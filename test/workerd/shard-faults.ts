import { runInDurableObject } from 'cloudflare:test'
import { AccountShard } from '../../edge/objects/account-shard.ts'
import { identityShardName, profileShardName } from '../../edge/objects/address.ts'
import { IdentityShard } from '../../edge/objects/identity-shard.ts'
import { ProfileShard } from '../../edge/objects/profile-shard.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { bindings, SHARDS, type World } from './shard-fixture.ts'

/** The call fails before it did anything, after it did everything, or is never answered. */
export type FaultKind = 'throws' | 'loses its reply' | 'hangs'
export const CALLS = [
  'resolveMany',
  'brief',
  'merge',
  'stage',
  'applyMerge',
  'moveMany',
  'redirect',
] as const
export type Call = (typeof CALLS)[number] | 'tell' | 'learn'

type Method = (this: object, ...args: unknown[]) => Promise<unknown>
const prototypeOf = (call: Call): Record<Call, Method> => {
  const types: readonly object[] = [ProfileShard, IdentityShard, AccountShard]
  const prototypes = types.map((type) => Reflect.get(type, 'prototype') as Record<Call, Method>)
  return prototypes.find((prototype) => call in prototype) as Record<Call, Method>
}
const healers: (() => void)[] = []

/**
 * Makes the next such call of any shard of a workspace go wrong, once.
 * @returns how often it went wrong so far: 0 if it was never called.
 */
export function breakOnce(call: Call, kind: FaultKind): () => number {
  const prototype = prototypeOf(call)
  const sound = prototype[call]
  let failures = 0
  prototype[call] = async function (...args) {
    if (failures > 0) return sound.apply(this, args)
    failures++
    if (kind === 'loses its reply') await sound.apply(this, args)
    if (kind === 'hangs') await new Promise(() => undefined)
    throw new Error(`${call} ${kind}`)
  }
  healers.push(() => {
    prototype[call] = sound
  })
  return () => failures
}

/** Holds back the next such call of any shard until it is let go. `reached` resolves when it was made. */
export function holdOnce(call: Call): {
  readonly reached: Promise<void>
  readonly letGo: () => void
} {
  const prototype = prototypeOf(call)
  const sound = prototype[call]
  const reached = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  let isHeld = false
  prototype[call] = async function (...args) {
    if (!isHeld) {
      isHeld = true
      reached.resolve()
      await gate.promise
    }
    return sound.apply(this, args)
  }
  healers.push(() => {
    prototype[call] = sound
  })
  return { reached: reached.promise, letGo: () => gate.resolve() }
}

/** Time limits of the product pass fifty times as fast, so that a call that hangs is soon given up. */
export function hurry(): void {
  const { setTimeout: sound } = globalThis
  globalThis.setTimeout = ((run: () => void, after = 0) => sound(run, after / 50)) as typeof sound
  healers.push(() => {
    globalThis.setTimeout = sound
  })
}

export function heal(): void {
  while (healers.length > 0) healers.pop()?.()
}

export const shardStub = (world: World, shard: number) =>
  bindings.PROFILE.getByName(profileShardName(world.workspace, { region: 0, shard }))

export const ownersStub = (world: World, shard: number) =>
  bindings.IDENTITY.getByName(identityShardName(world.workspace, shard))

/** Every shard does what is due, as when its alarm rings. */
export async function wakeAll(world: World): Promise<void> {
  for (let shard = 0; shard < SHARDS; shard++) {
    await world.shard(shard).wake({ workspace: world.workspace })
  }
}

type Row = Record<string, string | number | null>

/** Rows of one profile shard. */
export const rowsOf = (world: World, shard: number, query: string): Promise<Row[]> =>
  runInDurableObject(shardStub(world, shard), (_, { storage }) =>
    storage.sql.exec<Row>(query).toArray(),
  )

async function everywhere(world: World, query: string): Promise<(Row & { shard: number })[]> {
  const lists = await Promise.all(
    Array.from({ length: SHARDS }, async (_, shard) =>
      (await rowsOf(world, shard, query)).map((row) => ({ ...row, shard })),
    ),
  )
  return lists.flat()
}

/** Tables, and what no row of them may be when nothing is under way. */
const NONE: readonly (readonly [table: string, what: string])[] = [
  ['saga', 'open merges'],
  ['staged', 'staged pages'],
  ['account_intent', 'accounts that are not told'],
  ['profile WHERE saga NOT NULL', 'profiles that are held'],
  ['graph WHERE key NOT IN (SELECT shared FROM profile WHERE shared NOT NULL)', 'graphs of nobody'],
  [
    'profile WHERE state NOT NULL AND shared NOT NULL AND shared NOT IN (SELECT key FROM graph)',
    'profiles without their graph',
  ],
  ['profile WHERE state IS NULL AND forward IS NULL', 'profiles that are nothing'],
  ['profile WHERE state IS NOT NULL AND forward IS NOT NULL', 'states that forward'],
  ...['tail', 'sealed', 'membership', 'timer', 'account_member', 'addition'].map(
    (table) =>
      [
        `${table} WHERE profile NOT IN (SELECT id FROM profile WHERE state NOT NULL)`,
        `rows of ${table} that are nobody's`,
      ] as const,
  ),
  [
    'size WHERE n <> (SELECT count(*) FROM membership WHERE membership.segment = size.segment)',
    'sizes that are not the number of members',
  ],
  [
    'population WHERE n <> (SELECT count(*) FROM profile WHERE state NOT NULL)',
    'populations that are not the number of profiles',
  ],
]

/** What must be so in all shards of a workspace when nothing is under way; each line names what is not. */
export async function flaws(world: World): Promise<string[]> {
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) =>
      runInDurableObject(shardStub(world, shard), (__, { storage }) => ({
        found: flawsOf(storage.sql, shard),
        outbox: storage.sql
          .exec<Row>(
            `SELECT line, data ->> '$.activation' AS activation, data ->> '$.type' AS type,
                    data ->> '$.createdAt' AS created
             FROM outbox`,
          )
          .toArray(),
      })),
    ),
  )
  return [
    ...shards.flatMap(({ found }) => found),
    ...flawsOfLines(shards.flatMap(({ outbox }) => outbox)),
  ]
}

/** Whoever moves leaves what they were told of in the shard they leave: a line may lie in several. */
function flawsOfLines(outbox: readonly Row[]): string[] {
  const found: string[] = []
  const last = new Map<string, string>()
  const inOrder = [...outbox].sort((a, b) => Number(a['created']) - Number(b['created']))
  for (const { line, activation, type } of inOrder) {
    const key = `${line}/${activation}`
    const expected = last.get(key) === 'entered' ? 'exited' : 'entered'
    if (type !== expected) found.push(`${key}: ${type} instead of ${expected}`)
    last.set(key, String(type))
  }
  return found
}

function flawsOf(sql: SqlStorage, shard: number): string[] {
  const found: string[] = []
  for (const [table, what] of NONE) {
    const { n } = sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one()
    if (n !== 0) found.push(`shard ${shard}: ${n} ${what}`)
  }
  for (const { state } of sql.exec<Row>('SELECT state FROM profile WHERE state NOT NULL')) {
    const profile = JSON.parse(String(state))
    for (const kind of ['userId', 'crmId']) {
      const values = profile.identifiers.filter((one: { kind: string }) => one.kind === kind)
      if (values.length > 1) found.push(`${profile.id} has ${values.length} values of ${kind}`)
    }
  }
  return found
}

/** Ids of all profiles that hold a state. */
export const profilesOf = async (world: World): Promise<ProfileId[]> =>
  (await everywhere(world, 'SELECT id FROM profile WHERE state NOT NULL')).map(
    ({ id }) => id as ProfileId,
  )
