import { DurableObject } from 'cloudflare:workers'
import { LiveTotals, type MinuteTotals } from '../domain/live-totals.ts'
import type { LiveMessage, ShardReport } from '../protocol/live.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { LiveMonitorCalls } from '../protocol/objects.ts'
import { DAY, HOUR, NEVER, SECOND, type Millis } from '../protocol/time.ts'
import { MonitorStore } from '../storage/monitor-store.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'
import { LiveFeed } from './live-feed.ts'

/** Reports come many times a second; written is the last of each second. A crash forgets less than that. */
const SAVE_GAP: Millis = SECOND

const PRUNE_GAP: Millis = HOUR

/** Rows of history one answer carries at most: the newest. */
const HISTORY_LIMIT = 5_000

const MAX_WATCHERS = 100

/** A watcher must prove anew that they may watch: somebody who lost the right sees no more than this. */
const WATCH_LIFE: Millis = HOUR
const WATCH_OVER = 4001

/** Live figures of one workspace, summed from its shards' reports, told to whoever watches. */
export class LiveMonitor extends DurableObject<Env> implements LiveMonitorCalls {
  readonly #store = new MonitorStore(this.ctx.storage.sql)
  readonly #totals = new LiveTotals(this.#store.shards(), this.#store.present())
  readonly #feed = new LiveFeed((messages) => this.#broadcast(messages))
  readonly #unsaved = new Set<number>()
  #ended: MinuteTotals[] = []
  #savedAt: Millis = -Infinity
  #prunedAt: Millis = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    // Answers without waking the object.
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair('ping', 'pong'))
  }

  /** Reports may come twice, late or out of order: only a newer one counts. */
  async report(report: ShardReport): Promise<{ readonly watching: boolean }> {
    const watching = this.ctx.getWebSockets().length > 0
    const now = clock.now()
    this.#ended.push(...this.#totals.turn(now))
    if (!this.#totals.apply(report, now)) return { watching }
    this.#unsaved.add(report.shard)
    this.#saveSoon()
    const { population, sizes } = this.#totals
    this.#feed.push(report, { population, sizes }, watching)
    return { watching }
  }

  /** Nothing of these people is shown any more. */
  async forget({
    profiles,
    names,
  }: {
    readonly profiles: readonly ProfileId[]
    readonly names: readonly string[]
  }): Promise<void> {
    this.#feed.forget(new Set(profiles), names)
  }

  /** Figures of now, and the history of [from, to), by default of the last day; its newest 5,000 rows. */
  async overview(
    range: { readonly from?: Millis; readonly to?: Millis } = {},
  ): ReturnType<LiveMonitorCalls['overview']> {
    this.#save()
    const { population, sizes, sources, present } = this.#totals
    const { from = clock.now() - DAY, to = NEVER } = range
    const inRange = present.minute >= from && present.minute < to
    const history = [
      ...this.#store.history(from, Math.min(to, Number.MAX_SAFE_INTEGER), HISTORY_LIMIT),
      ...(inRange ? this.#totals.presentMinute() : []),
    ]
    return { population, sizes, sources, history }
  }

  /** The WebSocket of `/api/live`. Whoever calls has checked that the caller may watch this workspace. */
  override async fetch(request: Request): Promise<Response> {
    if (request.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
      return new Response('Upgrade to a WebSocket to watch.', { status: 426 })
    }
    if (this.ctx.getWebSockets().length >= MAX_WATCHERS) {
      return new Response('Too many people watch already.', { status: 503 })
    }
    const { 0: client, 1: server } = new WebSocketPair()
    // Hibernation: the sockets stay open while the object is out of memory.
    this.ctx.acceptWebSocket(server)
    server.serializeAttachment({ openedAt: Date.now() })
    const { population, sizes, sources } = this.#totals
    const state: LiveMessage = { type: 'state', population, sizes, sources }
    server.send(JSON.stringify(state))
    for (const message of this.#feed.greeting()) server.send(message)
    return new Response(null, { status: 101, webSocket: client })
  }

  /** The feed goes one way; what a watcher says is not listened to. */
  override webSocketMessage(): void {}

  #broadcast(messages: readonly string[]): void {
    for (const socket of this.ctx.getWebSockets()) {
      const { openedAt } = socket.deserializeAttachment() as { readonly openedAt: Millis }
      try {
        if (Date.now() - openedAt > WATCH_LIFE) socket.close(WATCH_OVER, 'connect again')
        else for (const message of messages) socket.send(message)
      } catch {
        // It closed in this very moment: its own close event cleans up.
      }
    }
  }

  #saveSoon(): void {
    if (this.#timer !== undefined) return
    const since = Math.max(Date.now() - this.#savedAt, 0)
    if (since >= SAVE_GAP) this.#save()
    else this.#timer = setTimeout(() => this.#save(), SAVE_GAP - since)
  }

  #save(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer)
    this.#timer = undefined
    const now = clock.now()
    this.#savedAt = Date.now()
    if (this.#unsaved.size === 0) return
    const pruning = this.#ended.length > 0 && now - this.#prunedAt >= PRUNE_GAP
    this.ctx.storage.transactionSync(() => {
      for (const number of this.#unsaved) {
        const totals = this.#totals.shard(number)
        if (totals !== undefined) this.#store.saveShard(number, totals)
      }
      this.#store.append(this.#ended)
      this.#store.savePresent(this.#totals.present)
      if (pruning) this.#store.prune(now)
    })
    this.#unsaved.clear()
    this.#ended = []
    if (pruning) this.#prunedAt = now
  }
}
