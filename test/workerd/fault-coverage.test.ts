import { env } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { AwaitSites, StepSite } from '../await-site.ts'
import { nameOf, watchSteps, wrapSteps, type FaultPoint } from './fault-points.ts'
import { SCENARIOS } from './merge-scenarios.ts'
import { Clients } from './people-client.ts'
import { differences } from './people-ledger.ts'
import { quiesce } from './quiesce.ts'
import { heal } from './shard-faults.ts'
import { resetClock, World } from './shard-fixture.ts'
import { telling } from './telling-catalog.ts'

const { steps, awaits } = JSON.parse(
  (env as unknown as { AWAIT_SITES: string }).AWAIT_SITES,
) as AwaitSites

/** Steps no merge takes: `file: function → step`. */
const ELSEWHERE: { readonly [site: string]: string } = {
  'profile-shard.ts: #refuseOnly → commit.run': 'events that nobody may be born of',
  'profile-shard.ts: replay → commit.run': 'a delivery that is tried again by hand',
  'profile-shard.ts: receipts → commit.run': 'the queue tells of a delivery',
  'profile-shard.ts: settleReplays → commit.run': 'failed events that are tried again',
  'identity-shard.ts: bury → transactionSync': 'an erasure: erasure-faults.test.ts',
  'profile-shard.ts: buryHere → commit.run': 'an erasure: erasure-faults.test.ts',
  'profile-shard.ts: removePerson → commit.run': 'an erasure: erasure-faults.test.ts',
  'profile-shard.ts: sweepPerson → commit.run': 'an erasure: erasure-faults.test.ts',
  'profile-shard.ts: tellErased → commit.run': 'an erasure: erasure-faults.test.ts',
  'profile-shard.ts: finishErasure → commit.run': 'an erasure: erasure-faults.test.ts',
  'shard.ts: takeHold → transactionSync': 'a count that is paused: back-fill.test.ts',
  'shard.ts: tentatively → transactionSync': 'a rehearsal, of which nothing is kept',
  'shard-work.ts: #backFillOn → commit.run': 'a count over the history: back-fill.test.ts',
  'shard-work.ts: #timers → sync': 'more people are due than one transaction serves',
  'shard-work.ts: alarm → setAlarm': 'after work that threw: shard-work.test.ts',
  'account-shard.ts: alarm → setAlarm': 'after work that threw',
  'account-shard.ts: wake → transactionSync': 'the sweeper: accounts.test.ts',
}

/** Awaits of what is no step itself. */
const HARMLESS: { readonly [site: string]: string } = {
  'identity-shard.ts: #hash: workspaceKeys(this.env.PRISME_SECRET, workspace)':
    'a key is derived, in memory',
  'move-saga.ts: #bring: new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE))': 'a pause',
  'time-limit.ts: withTimeLimit: Promise.race([promise, expiry])':
    'the step its caller is listed with',
  'profile-shard.ts: #waiting: work()': 'the one commit that its caller hands it',
  'shard.ts: prepare: withTimeLimit(asked, CATALOG_LIMIT)':
    'the call of the Workspace a line above',
  'shard-work.ts: #pause: new Promise((resolve) => setTimeout(resolve, most))': 'a pause',
  'shard-work.ts: everything: step()':
    'the steps of the list above it, each a function or a commit',
}

beforeAll(wrapSteps)
afterEach(() => {
  watchSteps(undefined)
  heal()
  resetClock()
})

const points: FaultPoint[] = []

test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
  'without a fault, people who become one %s are those of the rules',
  async (_, { play }) => {
    const world = new World(telling)
    watchSteps({
      workspace: world.workspace,
      reached: (point) => {
        points.push(point)
        return undefined
      },
    })
    await world.publish()
    const clients = new Clients(world)
    await clients.knowNewerCatalog()
    await play(clients)
    expect(await quiesce(world)).toEqual([])
    expect(await differences(world, clients.said, clients.separations)).toEqual([])
    expect(await clients.repeat()).toEqual([])
  },
)

/** Stack traces name public methods with their class. */
const isElsewhere = ({ file, caller, callee }: Pick<StepSite, 'file' | 'caller' | 'callee'>) =>
  `${file}: ${caller.split('.').at(-1)} → ${callee}` in ELSEWHERE

test('every step of the saga is reached by a merge, or no step of any', () => {
  const counts = new Map<string, number>()
  for (const point of points) counts.set(nameOf(point), (counts.get(nameOf(point)) ?? 0) + 1)
  const list = [...counts].map(([name, count]) => `${name} (${count} times)`).sort()
  console.log(`${list.length} fault points:\n${list.join('\n')}`)

  const expected = new Map<string, StepSite[]>()
  for (const site of steps) {
    // Those of a group commit are the commit itself.
    if (site.file === 'group-commit.ts' && site.callee === 'transactionSync') continue
    if (isElsewhere(site)) continue
    const key = `${site.file} → ${site.callee}`
    expected.set(key, [...(expected.get(key) ?? []), site])
  }
  const reached = new Map<string, Map<string, string>>()
  for (const point of points) {
    const { file, caller, callee, position } = point
    if (isElsewhere(point)) continue
    const key = `${file} → ${callee}`
    reached.set(key, (reached.get(key) ?? new Map()).set(position, caller))
  }
  const missing: string[] = []
  for (const [key, sites] of expected) {
    const positions = reached.get(key) ?? new Map()
    if (positions.size === sites.length) continue
    const written = sites.map(({ line, caller }) => `${caller} (line ${line})`).join(', ')
    missing.push(`${key}: ${written}; reached: ${[...positions.values()].join(', ') || 'none'}`)
  }
  expect(missing).toEqual([])
})

test('every await of the saga waits for a step, or for a function whose own awaits are listed', () => {
  expect(awaits.length).toBeGreaterThan(80)
  const unexplained = awaits
    .filter(({ because }) => because === null)
    .map(({ file, caller, text }) => `${file}: ${caller}: ${text}`)
    .filter((site) => !(site in HARMLESS))
  expect(unexplained).toEqual([])
})
