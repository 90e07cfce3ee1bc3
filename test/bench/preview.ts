import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiPreview } from '../../edge/protocol/api-segment.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { load, post, type Call, type Reply, type Round } from './load.ts'
import { ask } from './preview/ask.ts'
import { count, coverageOf, type Coverage } from './preview/coverage.ts'
import type { People } from './preview/people.ts'
import { usageOf } from './process-usage.ts'
import { startEdge } from './server.ts'
import { percentile } from './statistics.ts'

/** Milliseconds, of a number of profiles. */
export interface PreviewFigure {
  readonly profiles: number
  readonly asked: string
  readonly p50: number
  readonly p99: number
  /** What workerd computed for one, on whichever processors: what else the machine does is not in it. */
  readonly computed: number
  /** How many were looked at, on average. */
  readonly sampled: number
}

/** Populations that are measured, one grown out of the other. */
const SIZES = [2_000, 5_000, 20_000, 200_000]
/** Of which random conditions are counted: more than a sample, few enough to count often. */
const COVERED = 5_000
/** Milliseconds in which browsers send events while nothing is counted. */
const QUIET = 5_000
/** Of the demo workspace. */
const SHARDS = 8

/** What is asked of whom: of traits, of few events, of all events. */
const ASKED: { readonly [name: string]: Condition } = {
  'a trait': { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
  'a rare event': { type: 'performed', event: 'C', operator: 'gte', value: 1 },
  'a common event': {
    type: 'performed',
    event: 'Product Viewed',
    operator: 'gte',
    value: 5,
    window: { last: 'P7D' },
  },
  'any event': {
    type: 'sequence',
    steps: [{ event: 'A' }, { event: 'B', immediately: true }],
  },
}

/** How long the exact size of `a common event` takes, and what it costs those who send events meanwhile. */
export interface CountFigure {
  readonly profiles: number
  readonly seconds: number
  readonly profilesPerSecond: number
  /** Milliseconds of one event of a browser: while nothing is counted, and while it is. */
  readonly quiet: Omit<Round, 'requests'>
  readonly counting: Omit<Round, 'requests'>
}

export interface PreviewFigures {
  readonly estimates: readonly PreviewFigure[]
  readonly counts: readonly CountFigure[]
  readonly coverage: Coverage | undefined
}

/** How long an estimate takes, of conditions that no segment has, at growing populations. */
export async function benchPreview(
  rounds: number,
  most: number,
  conditions: number,
  say: (line: string) => void,
): Promise<PreviewFigures> {
  await build('tag', say)
  await mkdir(join(ROOT, '.build'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.build/bench-preview-'))
  const edge = await startEdge(folder, 'preview-worker')
  try {
    const tokenSecret = randomBytes(32).toString('base64url')
    await ask(edge.origin, 'POST', '/test/demo', { tokenSecret })
    const estimates: PreviewFigure[] = []
    const counts: CountFigure[] = []
    let coverage: Coverage | undefined
    const visitor = await returning(edge.origin)
    // The size of which random conditions are counted is measured for their sake alone.
    const sizes = SIZES.filter((one) => one <= most && (conditions > 0 || one !== COVERED))
    let people = 0
    for (const size of sizes) {
      const begun = performance.now()
      await populate(edge.origin, people, size)
      people = size
      say(`${size} people are there after ${Math.round((performance.now() - begun) / 1_000)} s`)
      for (const [asked, condition] of Object.entries(ASKED)) {
        const figure = await measure(edge.origin, condition, rounds)
        estimates.push({ profiles: size, asked, ...figure })
        say(
          `${asked}: ${figure.p50.toFixed(0)} ms, of which ${figure.computed.toFixed(0)} ms computed`,
        )
      }
      const counted = await measureCount(edge.origin, size, visitor)
      counts.push(counted)
      say(`counted in ${counted.seconds.toFixed(1)} s`)
      if (size !== COVERED || conditions === 0) continue
      coverage = await coverageOf(edge.origin, conditions)
      say(`${coverage.held} of ${coverage.conditions} intervals hold the exact size`)
    }
    return { estimates, counts, coverage }
  } finally {
    await edge.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(origin: string, condition: Condition, rounds: number) {
  const times: number[] = []
  let sampled = 0
  let before = 0
  // The first warms up and counts for nothing.
  for (let round = 0; round <= rounds; round++) {
    const begun = performance.now()
    const answer = await ask<ApiPreview>(origin, 'POST', '/api/segments/preview', { condition })
    if (round === 0) {
      before = usageOf().cpuSeconds
      continue
    }
    times.push(performance.now() - begun)
    sampled += answer.sampled
  }
  return {
    computed: ((usageOf().cpuSeconds - before) * 1_000) / rounds,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    sampled: Math.round(sampled / rounds),
  }
}

/** Counts while a browser that is known sends events, one after the other. */
async function measureCount(
  origin: string,
  profiles: number,
  next: () => Call,
): Promise<CountFigure> {
  const sender = { origin, concurrency: 1, next, fault }
  const quiet = await load({ ...sender, duration: QUIET })
  let isOver = false
  const condition = ASKED['a common event'] as Condition
  const counted = count(origin, condition).finally(() => (isOver = true))
  const [{ seconds }, counting] = await Promise.all([
    counted,
    load({ ...sender, duration: () => isOver }),
  ])
  return {
    profiles,
    seconds,
    profilesPerSecond: Math.round(profiles / seconds),
    quiet,
    counting,
  }
}

const fault = ({ status, body }: Reply): string | undefined =>
  status === 200 && body.includes('"accepted"') ? undefined : 'not accepted'

/** Events of a browser that is known. */
async function returning(origin: string): Promise<() => Call> {
  const deviceKey = randomBytes(16).toString('base64url').slice(0, 22)
  const body = () =>
    JSON.stringify({
      v: 1,
      writeKey: DEMO.writeKey,
      deviceKey,
      sentAt: new Date().toISOString(),
      batch: [
        {
          type: 'track',
          event: 'Product Viewed',
          messageId: randomUUID(),
          timestamp: new Date().toISOString(),
          properties: { product_id: 'shoe-12', category: 'shoes', price: 89 },
          context: {},
        },
      ],
    })
  const headers = { 'content-type': 'text/plain' }
  const first = await post(origin, { path: '/v1/collect', body: body(), headers })
  const cookie = [first.headers['set-cookie']].flat()[0]?.split(';')[0]
  if (cookie === undefined) throw new Error(`No cookie: ${first.status} ${first.body}`)
  return () => ({ path: '/v1/collect', body: body(), headers: { ...headers, cookie } })
}

/** People from a number on, in all shards of the workspace. */
async function populate(origin: string, from: number, to: number): Promise<void> {
  for (let shard = 0; shard < SHARDS; shard++) {
    const people: People = { from, to, shard, shards: SHARDS }
    const reply = await post(origin, { path: '/test/people', body: JSON.stringify(people) })
    if (reply.status !== 200) throw new Error(`${reply.status} ${reply.body.slice(0, 500)}`)
  }
}
