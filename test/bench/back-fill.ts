import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { BackFillStatus } from '../../edge/protocol/back-fill.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { exponent } from './engine/rounds.ts'
import { load, post, type Call, type Round } from './load.ts'
import { usageOf } from './process-usage.ts'
import { startEdge } from './server.ts'
import { median } from './statistics.ts'

export interface BackFillFigure {
  readonly condition: string
  readonly profiles: number
  readonly events: number
  readonly segments: number
  /** Profiles a second, by the clock on the wall and by the processor time of workerd. */
  readonly rate: number
  readonly cpuRate: number
  /** Megabytes of workerd at its most while it counted. */
  readonly memory: number
}

export interface IngestFigure {
  readonly p50: number
  readonly p99: number
  /** With a count under way against without. */
  readonly p50Ratio: number
  readonly p99Ratio: number
}

export interface BackFillFigures {
  readonly figures: readonly BackFillFigure[]
  /** How the time of one profile grows with each: 0 is not at all, 1 is in proportion. */
  readonly slopes: { readonly [over: string]: number }
  /** Profiles a second of processor time, without what each count costs however few they are. */
  readonly marginalRate: number
  readonly ingest: IngestFigure
}

const NAMES = ['Product Viewed', 'Product List Viewed', 'Product Added', 'Cart Viewed', 'Searched']
const CATEGORIES = ['shoes', 'coats', 'hats', 'bags']
/** People whose events travel in one request. */
const TOGETHER = 10
const CALLERS = 4
const POLL = 100
/** Milliseconds. */
const QUIET = 1_500

/** What is counted anew, of what was never counted: what touches nobody, what names alone decide, what properties decide, and order. */
const CONDITIONS: { readonly [name: string]: (n: number) => Condition } = {
  nobody: (n) => ({ type: 'performed', event: `Never ${n}`, operator: 'gte', value: 1 }),
  names: (n) => ({ type: 'performed', event: 'Product Viewed', operator: 'gte', value: 2 + n }),
  properties: (n) => ({
    type: 'performed',
    event: 'Product Viewed',
    where: [{ property: 'category', operator: 'in', value: ['shoes', `other ${n}`] }],
    measure: 'sum',
    property: 'price',
    operator: 'gt',
    value: 100,
  }),
  order: (n) => ({
    type: 'sequence',
    steps: [
      { event: 'Searched', where: [{ property: 'price', operator: 'gt', value: n / 1_000 }] },
      { event: 'Product Added', within: 'P1D' },
    ],
  }),
}

/** Counts new segments over made-up histories in workerd, and ingests meanwhile. */
export async function benchBackFill(
  people: number,
  rounds: number,
  say: (line: string) => void,
): Promise<BackFillFigures> {
  await build('tag', say)
  await mkdir(join(ROOT, '.build'), { recursive: true })
  const figures: BackFillFigure[] = []
  const measured = async (shop: Shop, condition: string, segments = 1) => {
    const figure = await shop.count(condition, segments)
    say(
      `${condition}: ${figure.profiles} profiles of ${figure.events} events, ${segments} segments: ` +
        `${figure.rate.toFixed(0)}/s, ${figure.cpuRate.toFixed(0)}/s of processor time, ${figure.memory} MB`,
    )
    figures.push(figure)
    return figure
  }
  const timeOf = ({ cpuRate }: BackFillFigure): number => 1 / cpuRate
  const profiles: [number, number][] = []
  const events: [number, number][] = []
  const segments: [number, number][] = []
  let ingest: IngestFigure | undefined
  await inShop(50, async (shop) => {
    for (const part of [0.25, 0.5, 1]) {
      await shop.grow(Math.round(people * part))
      const figure = await measured(shop, 'properties')
      profiles.push([figure.profiles, timeOf(figure)])
    }
    for (const name of Object.keys(CONDITIONS)) await measured(shop, name)
    for (const count of [1, 10, 100]) {
      segments.push([count, timeOf(await measured(shop, 'properties', count))])
    }
    ingest = await shop.ingest(rounds)
  })
  for (const count of [10, 50, 200]) {
    await inShop(count, async (shop) => {
      await shop.grow(Math.round(people * 0.25))
      events.push([count, timeOf(await measured(shop, 'properties'))])
    })
  }
  if (ingest === undefined) throw new Error('Nothing was ingested')
  const slopes = {
    profiles: exponent(profiles),
    'events of a profile': exponent(events),
    segments: exponent(segments),
  }
  return { figures, slopes, marginalRate: marginalOf(profiles), ingest }
}

/** How many more are done in how much more time: of the fewest and the most. */
function marginalOf(points: readonly (readonly [profiles: number, time: number])[]): number {
  const [[few, shorter], [many, longer]] = [points[0] ?? [0, 0], points.at(-1) ?? [0, 0]]
  return (many - few) / (many * longer - few * shorter)
}

async function inShop(events: number, work: (shop: Shop) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(ROOT, '.build/bench-back-fill-'))
  const edge = await startEdge(folder)
  try {
    const tokenSecret = randomBytes(32).toString('base64url')
    const made = await fetch(`${edge.origin}/test/demo`, {
      method: 'POST',
      body: JSON.stringify({ tokenSecret }),
    })
    if (!made.ok) throw new Error(`No demo workspace: ${await made.text()}`)
    await work(new Shop(edge.origin, events))
  } finally {
    await edge.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** The demo workspace on a server of its own. */
class Shop {
  readonly #origin: string
  readonly #events: number
  #people = 0
  #segments = 0

  constructor(origin: string, events: number) {
    this.#origin = origin
    this.#events = events
  }

  /** So many people, each of whom has done as much. */
  async grow(people: number): Promise<void> {
    let next = this.#people
    const caller = async () => {
      while (next < people) {
        const from = next
        next += TOGETHER
        await this.#tell(from, Math.min(from + TOGETHER, people))
      }
    }
    await Promise.all(Array.from({ length: CALLERS }, caller))
    this.#people = people
    await this.#idle()
    // A count gives way for a second to whoever told so much.
    await new Promise((resolve) => setTimeout(resolve, QUIET))
  }

  async #tell(from: number, to: number): Promise<void> {
    const now = Date.now()
    const batch = Array.from({ length: (to - from) * this.#events }, (_, n) => {
      const [person, place] = [from + Math.floor(n / this.#events), n % this.#events]
      return eventOf(person, place, now - (this.#events - place) * HOUR)
    })
    const most = 500
    for (let at = 0; at < batch.length; at += most) {
      const body = JSON.stringify({ batch: batch.slice(at, at + most) })
      const headers = {
        authorization: `Basic ${Buffer.from(`${DEMO.secretKey}:`).toString('base64')}`,
        'content-type': 'application/json',
      }
      const reply = await post(this.#origin, { path: '/v1/batch', body, headers })
      const accepted = reply.body.split('"accepted"').length - 1
      if (accepted < Math.min(most, batch.length - at)) {
        throw new Error(`${reply.status} ${reply.body.slice(0, 500)}`)
      }
    }
  }

  /** The time from when the count may begin until everybody was looked at. */
  async count(condition: string, segments: number): Promise<BackFillFigure> {
    await this.#ask('POST', '/api/back-fill/pause')
    await this.#define(condition, segments)
    const before = usageOf()
    const begun = performance.now()
    await this.#ask('POST', '/api/back-fill/resume')
    const memory = await this.#idle()
    const seconds = (performance.now() - begun) / 1_000
    const cpu = usageOf().cpuSeconds - before.cpuSeconds
    const profiles = this.#people
    return {
      condition,
      profiles,
      events: this.#events,
      segments,
      rate: profiles / seconds,
      cpuRate: profiles / cpu,
      memory,
    }
  }

  async #define(condition: string, segments: number): Promise<void> {
    const make = CONDITIONS[condition]
    if (make === undefined) throw new Error(`No condition is called ${condition}`)
    for (let n = 0; n < segments; n++) {
      const name = `Segment ${this.#segments++}`
      await this.#ask('POST', '/api/segments', { name, condition: make(this.#segments) })
    }
  }

  /** Waits until nothing is being counted. The most memory meanwhile, in megabytes. */
  async #idle(): Promise<number> {
    let memory = 0
    for (;;) {
      const { state } = await this.#ask<BackFillStatus>('GET', '/api/back-fill')
      memory = Math.max(memory, usageOf().memory)
      if (state === 'idle') return memory
      await new Promise((resolve) => setTimeout(resolve, POLL))
    }
  }

  /** Visits with and without a count under way, in turns: whatever else the machine does befalls both. */
  async ingest(rounds: number): Promise<IngestFigure> {
    const [alone, beside]: [Round[], Round[]] = [[], []]
    const duration = 1_500
    for (let round = 0; round < rounds; round++) {
      alone.push(await this.#visits(duration))
      let isOver = false
      const counting = (async () => {
        while (!isOver) await this.count('properties', 1)
      })()
      beside.push(await this.#visits(duration))
      isOver = true
      await counting
    }
    const of = (rounds: readonly Round[], what: 'p50' | 'p99') =>
      median(rounds.map((round) => round[what]))
    return {
      p50: of(beside, 'p50'),
      p99: of(beside, 'p99'),
      p50Ratio: of(beside, 'p50') / of(alone, 'p50'),
      p99Ratio: of(beside, 'p99') / of(alone, 'p99'),
    }
  }

  #visits(duration: number): Promise<Round> {
    return load({
      origin: this.#origin,
      concurrency: CALLERS,
      duration,
      next: () => this.#visit(),
      fault: ({ status, body }) =>
        status === 200 && body.includes('"accepted"') ? undefined : 'not accepted',
    })
  }

  #visit(): Call {
    const person = Math.floor(Math.random() * this.#people)
    const headers = {
      authorization: `Basic ${Buffer.from(`${DEMO.secretKey}:`).toString('base64')}`,
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ batch: [eventOf(person, 0, Date.now())] })
    return { path: '/v1/batch', body, headers }
  }

  async #ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#origin}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${DEMO.secretKey}`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${await response.text()}`)
    return (await response.json()) as T
  }
}

function eventOf(person: number, place: number, at: number) {
  const product = (person * 7 + place * 13) % 997
  return {
    type: 'track',
    event: NAMES[(person + place) % NAMES.length],
    userId: `user-${person}`,
    messageId: randomBytes(12).toString('base64url'),
    timestamp: new Date(Math.max(at, Date.now() - 300 * DAY)).toISOString(),
    properties: {
      product_id: `sku-${product}`,
      name: `Product number ${product}`,
      category: CATEGORIES[product % CATEGORIES.length],
      brand: `brand ${product % 31}`,
      price: 10 + (product % 90),
      quantity: 1 + (place % 3),
    },
    context: { page: { url: `https://shop.example.com/p/${product}`, path: `/p/${product}` } },
  }
}
