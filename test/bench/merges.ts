import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { addressOf } from '../../edge/domain/id.ts'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { post } from './load.ts'
import { startEdge } from './server.ts'
import { percentile } from './statistics.ts'

export interface MergeFigure {
  /** Of each of the two profiles. */
  readonly events: number
  readonly merges: number
  /** Milliseconds from the request that names both until its answer, by when they are one. */
  readonly p50: number
  readonly p99: number
}

/** Events that one request brings. */
const BATCH = 500
/** The first merges warm up and count for nothing. */
const WARM_UP = 3
const HEADERS = {
  authorization: `Basic ${Buffer.from(`${DEMO.secretKey}:`).toString('base64')}`,
  'content-type': 'application/json',
}

interface Side {
  readonly userId?: string
  readonly loyaltyId?: string
}

/** Merges pairs of profiles that live in different shards, one after the other, each in one request. */
export async function benchMerges(
  merges: number,
  events: number,
  say: (line: string) => void,
): Promise<readonly MergeFigure[]> {
  await build('tag', say)
  await mkdir(join(ROOT, '.build'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.build/bench-merges-'))
  const edge = await startEdge(folder)
  try {
    const tokenSecret = randomBytes(32).toString('base64url')
    const made = await fetch(`${edge.origin}/test/demo`, {
      method: 'POST',
      body: JSON.stringify({ tokenSecret }),
    })
    if (!made.ok) throw new Error(`No demo workspace: ${await made.text()}`)
    const figures: MergeFigure[] = []
    for (const size of [1, events]) {
      const times: number[] = []
      for (let n = 0; n < merges + WARM_UP; n += 1) {
        const time = await measure(edge.origin, `${size}-${n}`, size)
        if (n >= WARM_UP) times.push(time)
      }
      const [p50, p99] = [percentile(times, 0.5), percentile(times, 0.99)]
      say(`${size} events each: p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`)
      figures.push({ events: size, merges, p50, p99 })
    }
    return figures
  } finally {
    await edge.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(origin: string, name: string, events: number): Promise<number> {
  const one = { userId: `user-${name}` }
  await say(
    origin,
    Array.from({ length: events }, () => viewOf(one)),
  )
  const home = await shardOf(origin, 'userId', one.userId)
  // Where somebody is born is decided by chance: another, until the two live apart.
  let other: { loyaltyId: string } = { loyaltyId: '' }
  for (let turn = 0, there = home; there === home; turn += 1) {
    other = { loyaltyId: `card-${name}-${turn}` }
    await say(origin, [viewOf(other)])
    there = await shardOf(origin, 'loyaltyId', other.loyaltyId)
  }
  if (events > 1)
    await say(
      origin,
      Array.from({ length: events - 1 }, () => viewOf(other)),
    )
  const both = [viewOf({ ...one, ...other })]
  const begun = performance.now()
  await say(origin, both)
  const time = performance.now() - begun
  const [first, second] = [
    await profileBy(origin, 'userId', one.userId),
    await profileBy(origin, 'loyaltyId', other.loyaltyId),
  ]
  if (first !== second) throw new Error(`${name} are still two`)
  return time
}

/** A message of the size of a page view. */
const viewOf = ({ userId, loyaltyId }: Side) => ({
  type: 'track',
  event: 'Product Viewed',
  messageId: randomBytes(12).toString('base64url'),
  timestamp: new Date().toISOString(),
  properties: { product_id: 'shoe-12', name: 'Trail runner', category: 'shoes', price: 89 },
  ...(userId !== undefined && { userId }),
  context: {
    page: { url: 'https://shop.example.com/product/shoe-12', path: '/product/shoe-12' },
    ...(loyaltyId !== undefined && { externalIds: [{ type: 'loyaltyId', id: loyaltyId }] }),
  },
})

async function say(origin: string, events: readonly object[]): Promise<void> {
  for (let from = 0; from < events.length; from += BATCH) {
    const batch = events.slice(from, from + BATCH)
    const body = JSON.stringify({ batch, sentAt: new Date().toISOString() })
    const reply = await post(origin, { path: '/v1/batch', body, headers: HEADERS })
    const { verdicts } = JSON.parse(reply.body) as { verdicts?: readonly { status: string }[] }
    const accepted = verdicts?.filter(({ status }) => status === 'accepted').length
    if (accepted !== batch.length) throw new Error(`${reply.status} ${reply.body.slice(0, 500)}`)
  }
}

async function profileBy(origin: string, kind: string, value: string): Promise<string> {
  const query = new URLSearchParams({ kind, value })
  const headers = { authorization: `Bearer ${DEMO.secretKey}` }
  const response = await fetch(`${origin}/api/profiles?${query}`, { headers })
  if (!response.ok) throw new Error(`nobody has the ${kind} ${value}: ${await response.text()}`)
  return ((await response.json()) as { id: string }).id
}

/** Of somebody who was never merged. */
async function shardOf(origin: string, kind: string, value: string): Promise<number | undefined> {
  return addressOf(await profileBy(origin, kind, value))?.shard
}
