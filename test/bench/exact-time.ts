import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { SegmentCloudEvent } from '../../edge/protocol/delivery.ts'
import { build } from '../build.ts'
import { ROOT } from '../command.ts'
import { DEMO } from '../demo/account.ts'
import { post } from './load.ts'
import { startEdge } from './server.ts'
import { percentile } from './statistics.ts'

/** Milliseconds, of all deliveries of a run. */
export interface TimeFigure {
  readonly part: string
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** As `test/timed-worker.ts` tells them, by delivery id. */
type QueueTimes = { readonly [id: string]: readonly [handedIn: number, handedOut: number] }

interface Arrival {
  readonly id: string
  readonly at: number
  readonly decidedAt: number
  readonly arrived: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** Events that one request brings. */
const BATCH = 300
/** Time to make everybody, before the first is due. */
const PREPARATION = 15 * SECOND
const PREPARATION_EACH = 8
/** Deliveries that have not arrived by then after the last due instant are missing. */
const PATIENCE = 2 * MINUTE
const BEARER = { authorization: `Bearer ${DEMO.secretKey}`, 'content-type': 'application/json' }
const BASIC = {
  authorization: `Basic ${Buffer.from(`${DEMO.secretKey}:`).toString('base64')}`,
  'content-type': 'application/json',
}

interface Sort {
  readonly name: string
  readonly on: 'entered' | 'exited'
  readonly condition: Condition
  /** From the first event until the crossing. */
  readonly after: number
  /** Names of events, a second apart. */
  readonly events: readonly string[]
}

/** People whom time alone lets enter or exit a segment, each sort another one. */
const SORTS: readonly Sort[] = [
  {
    name: 'a count leaves its window',
    on: 'exited',
    condition: {
      type: 'performed',
      event: 'Bench Viewed',
      operator: 'gte',
      value: 1,
      window: { last: 'P1D' },
    },
    after: DAY,
    events: ['Bench Viewed'],
  },
  {
    name: 'nothing followed',
    on: 'entered',
    condition: {
      type: 'notFollowedBy',
      event: 'Bench Added',
      then: { event: 'Bench Ordered' },
      within: 'P1D',
      since: 'last',
    },
    after: DAY,
    events: ['Bench Added'],
  },
  {
    name: 'a sequence leaves its window',
    on: 'exited',
    condition: {
      type: 'sequence',
      steps: [{ event: 'Bench Opened' }, { event: 'Bench Closed', within: 'PT1H' }],
      window: { last: 'P1D' },
    },
    after: DAY,
    events: ['Bench Opened', 'Bench Closed'],
  },
]

/**
 * Makes people whose segments time alone changes, their instants spread over one minute, and stamps what arrives at a
 * webhook receiver. The due instants are known from the events sent, and what arrives must name them.
 */
export async function benchExactTime(
  people: number,
  say: (line: string) => void,
): Promise<readonly TimeFigure[]> {
  await build('tag', say)
  await mkdir(join(ROOT, '.build'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, '.build/bench-exact-time-'))
  const edge = await startEdge(folder, 'timed-worker')
  const receiver = await startReceiver()
  try {
    const tokenSecret = randomBytes(32).toString('base64url')
    await call(edge.origin, '/test/demo', { tokenSecret })
    await setUp(edge.origin, receiver.url)
    const first = Date.now() + PREPARATION + people * PREPARATION_EACH
    const due = Array.from({ length: people }, (_, n) => Math.floor(first + (n * MINUTE) / people))
    await makePeople(edge.origin, due)
    if (Date.now() > first)
      throw new Error('It took longer to make everybody than until the first is due')
    say(`${people} people are made; the first is due in ${first - Date.now()} ms`)
    await receiver.received(people, first + MINUTE + PATIENCE)
    if (receiver.arrivals.length < people) {
      const overview = await fetch(`${edge.origin}/api/reports/overview`, { headers: BEARER })
      const { deliveries } = (await overview.json()) as { deliveries: object }
      const states = JSON.stringify(deliveries)
      throw new Error(`${receiver.arrivals.length} of ${people} arrived; deliveries are ${states}`)
    }
    const found = receiver.arrivals.map(({ at }) => at).toSorted((a, b) => a - b)
    if (found.some((at, n) => at !== due[n])) throw new Error('Not told with the due instants')
    const held = (await (await fetch(`${edge.origin}/test/queue-times`)).json()) as QueueTimes
    return figuresOf(receiver.arrivals, held)
  } finally {
    await edge.stop()
    receiver.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

function figuresOf(arrivals: readonly Arrival[], held: QueueTimes): readonly TimeFigure[] {
  const timesOf = ({ id }: Arrival) => {
    const times = held[id]
    if (times === undefined) throw new Error(`${id} was in no queue`)
    return times
  }
  const figure = (part: string, of: (arrival: Arrival) => number): TimeFigure => {
    const values = arrivals.map(of)
    return {
      part,
      p50: percentile(values, 0.5),
      p99: percentile(values, 0.99),
      max: Math.max(...values),
    }
  }
  const inQueue = (arrival: Arrival) => timesOf(arrival)[1] - timesOf(arrival)[0]
  return [
    figure('arrival after the due instant', ({ at, arrived }) => arrived - at),
    figure('the same without the queue', (one) => one.arrived - one.at - inQueue(one)),
    figure('alarm: decided after due', ({ at, decidedAt }) => decidedAt - at),
    figure('outbox: handed to the queue after decided', (one) => timesOf(one)[0] - one.decidedAt),
    figure('queue', inQueue),
    figure('sending', (one) => one.arrived - timesOf(one)[1]),
  ]
}

async function setUp(origin: string, url: string): Promise<void> {
  const hook = await call(origin, '/api/destinations', {
    name: 'Receiver',
    kind: 'webhook',
    url,
    purposes: ['analytics'],
  })
  for (const { name, condition, on } of SORTS) {
    const segment = await call(origin, '/api/segments?wait=live', { name, condition })
    await call(origin, '/api/activations', {
      name,
      segment: segment.id,
      destinations: [hook.id],
      on: [on],
    })
  }
}

async function call(origin: string, path: string, body: object): Promise<{ readonly id: string }> {
  const request = { path, body: JSON.stringify(body), headers: BEARER }
  const reply = await post(origin, request)
  if (reply.status >= 300) throw new Error(`${path}: ${reply.status} ${reply.body}`)
  return JSON.parse(reply.body) as { id: string }
}

/** One person an instant. */
async function makePeople(origin: string, due: readonly number[]): Promise<void> {
  const events = due.flatMap((at, n) => {
    const sort = SORTS[n % SORTS.length]!
    return sort.events.map((event, step) => ({
      type: 'track',
      event,
      userId: `bench-${n}`,
      messageId: `bench-${n}-${step}`,
      timestamp: new Date(at - sort.after + step * SECOND).toISOString(),
      properties: {},
    }))
  })
  for (let from = 0; from < events.length; from += BATCH) {
    const batch = events.slice(from, from + BATCH)
    // No `sentAt`: the instants are taken as they are.
    const reply = await post(origin, {
      path: '/v1/batch',
      body: JSON.stringify({ batch }),
      headers: BASIC,
    })
    const { verdicts } = JSON.parse(reply.body) as { verdicts?: readonly { status: string }[] }
    const accepted = verdicts?.filter(({ status }) => status === 'accepted').length
    if (accepted !== batch.length) throw new Error(`${reply.status} ${reply.body.slice(0, 500)}`)
  }
}

/** Answers at once, and stamps each delivery when its last byte is here; only the first copy counts. */
async function startReceiver() {
  const arrivals: Arrival[] = []
  const known = new Set<string>()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const arrived = Date.now()
      response.writeHead(204).end()
      const { id, data } = JSON.parse(Buffer.concat(chunks).toString()) as SegmentCloudEvent
      if (known.has(id)) return
      known.add(id)
      arrivals.push({ id, arrived, at: Date.parse(data.at), decidedAt: Date.parse(data.decidedAt) })
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    arrivals,
    url: `http://127.0.0.1:${port}/hook`,
    async received(count: number, until: number) {
      while (arrivals.length < count) {
        if (Date.now() > until) return
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    stop() {
      server.closeAllConnections()
      server.close()
    },
  }
}
