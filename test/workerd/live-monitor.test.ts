import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { clock } from '../../edge/objects/clock.ts'
import type { LiveMessage, ShardReport } from '../../edge/protocol/live.ts'
import { DAY, MINUTE } from '../../edge/protocol/time.ts'

/** The beginning of a minute. */
const NOON = Date.UTC(2026, 10, 23, 12)

let workspaces = 0
let monitor: ReturnType<typeof env.MONITOR.getByName>
beforeEach(() => {
  monitor = env.MONITOR.getByName(`ws_live${++workspaces}`)
  enteredBefore = new Map()
  clock.now = () => NOON
})
afterEach(() => {
  clock.now = () => Date.now()
})

/** By shard: how many were told to have entered `seg_a` by now. */
let enteredBefore = new Map<number, number>()

function report(changes: Partial<ShardReport> | Record<string, unknown> = {}): ShardReport {
  const { shard = 0, transitions = [] } = changes as Partial<ShardReport>
  const all = (enteredBefore.get(shard) ?? 0) + transitions.length
  enteredBefore.set(shard, all)
  return {
    shard: 0,
    sequence: 1,
    population: 10,
    sizes: { seg_a: 4 },
    sources: { src_web: counts(7) },
    crossings: { seg_a: { entered: all, exited: 0 } },
    events: [],
    transitions: [],
    deliveries: [],
    ...changes,
  } as unknown as ShardReport
}

const counts = (accepted: number) => ({
  accepted,
  duplicate: 1,
  rejected: 2,
  failed: 3,
  replayed: 4,
})

const entered = (count: number, segment = 'seg_a') =>
  Array.from({ length: count }, () => ({
    type: 'entered',
    at: NOON,
    decidedAt: NOON,
    segment,
    profile: 'prf_a',
  }))

const event = (name: string) => ({
  source: 'src_web',
  type: 'track',
  name,
  receivedAt: NOON,
  verdict: { messageId: name, status: 'accepted' },
  preview: '{}',
})

/** A watcher, with every message it was told so far. */
async function watch() {
  const request = new Request('https://monitor/live', { headers: { upgrade: 'websocket' } })
  const response = await monitor.fetch(request)
  const socket = response.webSocket
  if (socket === null) throw new Error(`no WebSocket: ${response.status}`)
  const messages: LiveMessage[] = []
  const pongs: string[] = []
  const closed: number[] = []
  socket.addEventListener('message', ({ data }) => {
    const text = String(data)
    if (text === 'pong') pongs.push(text)
    else messages.push(JSON.parse(text))
  })
  socket.addEventListener('close', ({ code }) => void closed.push(code))
  socket.accept()
  return { socket, messages, pongs, closed }
}

/** Rows the object has written since it was woken. */
const rowsWritten = (): Promise<number> =>
  runInDurableObject(
    monitor,
    (_, state) => state.storage.sql.exec<{ n: number }>('SELECT total_changes() AS n').one().n,
  )

describe('figures', () => {
  test('are the sums of the latest reports of all shards', async () => {
    await monitor.report(report())
    await monitor.report(report({ shard: 1, population: 5, sizes: { seg_a: 1, seg_b: 2 } }))
    await monitor.report(report({ sequence: 2, population: 12, sizes: { seg_a: 6 } }))
    expect(await monitor.overview()).toMatchObject({
      population: 17,
      sizes: { seg_a: 7, seg_b: 2 },
      sources: { src_web: { accepted: 14, duplicate: 2, rejected: 4, failed: 6, replayed: 8 } },
    })
  })

  test('ignore a report that is older than one already taken, or the same again', async () => {
    await monitor.report(report({ sequence: 5, transitions: entered(3) }))
    const taken = await monitor.overview()
    await monitor.report(report({ sequence: 4, population: 99, transitions: entered(1) }))
    await monitor.report(report({ sequence: 5, population: 99, transitions: entered(1) }))
    expect(await monitor.overview()).toEqual(taken)
  })

  test('drop a segment that a shard no longer knows', async () => {
    await monitor.report(report())
    await monitor.report(report({ sequence: 2, sizes: {} }))
    expect((await monitor.overview()).sizes).toEqual({ seg_a: 0 })
  })

  test('know when a source was first and last heard of', async () => {
    await monitor.report(report({ sources: { src_web: counts(0) } }))
    expect((await monitor.overview()).sources['src_web']).toMatchObject({
      firstAt: null,
      lastAt: null,
    })
    clock.now = () => NOON + 5
    await monitor.report(report({ sequence: 2, sources: { src_web: counts(1) } }))
    clock.now = () => NOON + 9
    await monitor.report(report({ sequence: 3, sources: { src_web: counts(2) } }))
    clock.now = () => NOON + 11
    await monitor.report(report({ sequence: 4, sources: { src_web: counts(2) } }))
    expect((await monitor.overview()).sources['src_web']).toMatchObject({
      firstAt: NOON + 5,
      lastAt: NOON + 9,
    })
  })

  test('survive the loss of the object’s memory', async () => {
    await monitor.report(report({ transitions: entered(4) }))
    await monitor.report(report({ shard: 1, sizes: { seg_a: 1 }, transitions: entered(1) }))
    const told = await monitor.overview()
    await evictDurableObject(monitor)
    expect(await monitor.overview()).toEqual(told)
    await monitor.report(report({ sequence: 1, population: 1_000 }))
    expect(await monitor.overview()).toEqual(told)
  })
})

describe('history', () => {
  test('has one point a minute in which something changed', async () => {
    await monitor.report(report({ transitions: entered(2) }))
    await monitor.report(report({ sequence: 2, sizes: { seg_a: 5 }, transitions: entered(1) }))
    clock.now = () => NOON + 3 * MINUTE + 1
    await monitor.report(report({ sequence: 3, sizes: { seg_a: 5 } }))
    clock.now = () => NOON + 4 * MINUTE
    await monitor.report(report({ sequence: 4, sizes: { seg_a: 3 } }))
    expect((await monitor.overview()).history).toEqual([
      { segment: 'seg_a', minute: NOON, size: 5, entered: 3, exited: 0 },
      { segment: 'seg_a', minute: NOON + 4 * MINUTE, size: 3, entered: 0, exited: 0 },
    ])
  })

  test('counts every crossing, also those left out of a report to keep it small', async () => {
    const crossings = { seg_a: { entered: 5_000, exited: 40 } }
    await monitor.report(report({ transitions: entered(100), crossings }))
    expect((await monitor.overview()).history[0]).toMatchObject({ entered: 5_000, exited: 40 })
  })

  test('loses nothing with a report: what crossed is told again with the next', async () => {
    const told = (entered: number, exited: number) => ({
      crossings: { seg_a: { entered, exited } },
    })
    await monitor.report(report({ ...told(3, 0) }))
    await monitor.report(report({ sequence: 3, ...told(9, 4) }))
    // A shard that came back from a backup has counted less than was told already.
    await monitor.report(report({ sequence: 4, ...told(8, 5) }))
    expect((await monitor.overview()).history[0]).toMatchObject({ entered: 9, exited: 5 })
  })

  test('is not rewritten by a clock that was set back', async () => {
    await monitor.report(report({ transitions: entered(1) }))
    clock.now = () => NOON + MINUTE
    await monitor.report(report({ sequence: 2, transitions: entered(1) }))
    clock.now = () => NOON
    await monitor.report(report({ sequence: 3, transitions: entered(1) }))
    const { history } = await monitor.overview()
    expect(history.map(({ minute, entered }) => [minute, entered])).toEqual([
      [NOON, 1],
      [NOON + MINUTE, 2],
    ])
  })

  test('is told for the last day, or for the time asked for', async () => {
    await monitor.report(report({ transitions: entered(1) }))
    clock.now = () => NOON + 2 * DAY
    await monitor.report(report({ sequence: 2, transitions: entered(1) }))
    const minutes = async (range?: { from?: number; to?: number }) =>
      (await monitor.overview(range)).history.map(({ minute }) => minute)
    expect(await minutes()).toEqual([NOON + 2 * DAY])
    expect(await minutes({ from: 0 })).toEqual([NOON, NOON + 2 * DAY])
    expect(await minutes({ from: 0, to: NOON + 2 * DAY })).toEqual([NOON])
  })

  test('is kept for thirty days', async () => {
    await monitor.report(report({ transitions: entered(1) }))
    clock.now = () => NOON + 20 * DAY
    await monitor.report(report({ sequence: 2, transitions: entered(1) }))
    await monitor.overview()
    clock.now = () => NOON + 40 * DAY
    await monitor.report(report({ sequence: 3, transitions: entered(1) }))
    const { history } = await monitor.overview({ from: 0 })
    expect(history.map(({ minute }) => minute)).toEqual([NOON + 20 * DAY, NOON + 40 * DAY])
  })

  test('costs two rows a second while reports come, and one a changed segment a minute', async () => {
    await monitor.report(report({ transitions: entered(1) }))
    const before = await rowsWritten()
    const start = Date.now()
    for (let at = 2; at <= 200; at++) {
      await monitor.report(report({ sequence: at, sizes: { seg_a: at }, transitions: entered(1) }))
    }
    await monitor.overview()
    const busy = await rowsWritten()
    // The shard's row and the present minute's; once more for the question at the end.
    const seconds = Math.ceil((Date.now() - start) / 1_000)
    expect(busy - before).toBeLessThanOrEqual(2 * (seconds + 1))

    clock.now = () => NOON + MINUTE
    await monitor.report(report({ sequence: 201, sizes: { seg_a: 1, seg_b: 1 } }))
    await monitor.overview()
    expect((await rowsWritten()) - busy).toBe(2 + 1)
  })
})

describe('watching', () => {
  test('only a WebSocket may', async () => {
    expect((await monitor.fetch(new Request('https://monitor/live'))).status).toBe(426)
  })

  test('shards are told whether anybody does', async () => {
    expect(await monitor.report(report())).toEqual({ watching: false })
    const { socket } = await watch()
    expect(await monitor.report(report({ sequence: 2 }))).toEqual({ watching: true })
    socket.close(1000)
    await vi.waitFor(async () => {
      const sequence = Date.now()
      expect(await monitor.report(report({ sequence }))).toEqual({ watching: false })
    })
  })

  test('begins with the state, then with what happened lately', async () => {
    await monitor.report(report({ events: [event('Product Viewed')], transitions: entered(1) }))
    const { messages } = await watch()
    await vi.waitFor(() => expect(messages).toHaveLength(3))
    expect(messages).toMatchObject([
      { type: 'state', population: 10, sizes: { seg_a: 4 }, sources: { src_web: counts(7) } },
      { type: 'events', items: [{ name: 'Product Viewed' }] },
      { type: 'transitions', items: [{ segment: 'seg_a', type: 'entered' }] },
    ])
  })

  test('what happens comes at once after a quiet moment', async () => {
    const { messages } = await watch()
    await vi.waitFor(() => expect(messages).toHaveLength(1))
    await monitor.report(report({ events: [event('Page Viewed')] }))
    await vi.waitFor(() => expect(messages).toHaveLength(3), { timeout: 200, interval: 5 })
    expect(messages.slice(1)).toMatchObject([{ type: 'sizes', population: 10 }, { type: 'events' }])
  })

  test('sizes come a few times a second, and the last is right', async () => {
    const { messages } = await watch()
    const start = Date.now()
    for (let at = 1; at <= 300; at++) {
      await monitor.report(report({ sequence: at, population: at }))
    }
    await vi.waitFor(() => expect(messages.at(-1)).toMatchObject({ population: 300 }))
    const sizes = messages.filter(({ type }) => type === 'sizes')
    // The first goes at once, hence one more.
    expect(sizes.length).toBeLessThanOrEqual(1 + (5 * (Date.now() - start)) / 1_000)
  })

  test('of more events than a page shows, the newest come', async () => {
    const { messages } = await watch()
    await monitor.report(report())
    for (let at = 0; at < 30; at++) {
      const events = Array.from({ length: 10 }, (_, index) => event(`e${10 * at + index}`))
      await monitor.report(report({ sequence: 2 + at, events }))
    }
    const names = () =>
      messages.flatMap((message) =>
        message.type === 'events' ? message.items.map(({ name }) => name) : [],
      )
    await vi.waitFor(() => expect(names().at(-1)).toBe('e299'))
    const second = await watch()
    await vi.waitFor(() => expect(second.messages).toHaveLength(2))
    const greeting = second.messages[1]
    expect(greeting?.type === 'events' && greeting.items.map(({ name }) => name)).toEqual(
      Array.from({ length: 200 }, (_, at) => `e${100 + at}`),
    )
  })

  test('goes on after the object lost its memory', async () => {
    const { messages } = await watch()
    await vi.waitFor(() => expect(messages).toHaveLength(1))
    await evictDurableObject(monitor, { webSockets: 'hibernate' })
    expect(await monitor.report(report({ sequence: 2, population: 77 }))).toEqual({
      watching: true,
    })
    await vi.waitFor(() => expect(messages.at(-1)).toMatchObject({ type: 'sizes', population: 77 }))
  })

  test('ends after an hour: who may watch is asked again', async () => {
    const { messages, closed } = await watch()
    await vi.waitFor(() => expect(messages).toHaveLength(1))
    await runInDurableObject(monitor, (_, state) => {
      for (const socket of state.getWebSockets()) socket.serializeAttachment({ openedAt: 0 })
    })
    await monitor.report(report({ sequence: 2, population: 77 }))
    await vi.waitFor(() => expect(closed).toEqual([4001]))
    expect(messages).toHaveLength(1)
  })

  test('what a watcher says is not listened to, and a ping is answered', async () => {
    const { socket, messages, pongs } = await watch()
    socket.send('{"type":"sizes","population":1}')
    socket.send('ping')
    await vi.waitFor(() => expect(pongs).toEqual(['pong']))
    expect(messages.map(({ type }) => type)).toEqual(['state'])
    expect(await monitor.report(report())).toEqual({ watching: true })
  })
})
