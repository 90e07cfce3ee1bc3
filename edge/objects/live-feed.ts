import type { LiveMessage, ShardReport } from '../protocol/live.ts'
import type { Millis } from '../protocol/time.ts'

/** Four bursts a second are all that an eye can follow; the first after a quiet moment goes at once. */
const GAP: Millis = 250

/** What one burst carries at most of each kind, and what is kept to greet a new watcher with: the newest. */
const KEPT = { events: 200, transitions: 200, deliveries: 200 } as const

export type LiveItems = Pick<ShardReport, 'events' | 'transitions' | 'deliveries'>
type Sizes = Pick<ShardReport, 'population' | 'sizes'>

const NOTHING: LiveItems = { events: [], transitions: [], deliveries: [] }

/**
 * Tells watchers what happens, in bursts: of sizes only the last before a burst matters, and of events more than a
 * page shows are dropped, oldest first. Memory only, because previews hold what people did and are not history.
 */
export class LiveFeed {
  readonly #broadcast: (messages: readonly string[]) => void
  #recent = NOTHING
  #waiting = NOTHING
  #sizes: Sizes | undefined
  #lastBurst: Millis = -Infinity
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(broadcast: (messages: readonly string[]) => void) {
    this.#broadcast = broadcast
  }

  /** What happened lately, for somebody who begins to watch. */
  greeting(): readonly string[] {
    return messagesOf(this.#recent)
  }

  /** What is held of people who were erased: their events, and what else names them. */
  forget(profiles: ReadonlySet<string>, names: readonly string[]): void {
    const isKept = ({ profile, preview }: LiveItems['events'][number]): boolean =>
      !profiles.has(profile ?? '') && !names.some((name) => preview.includes(JSON.stringify(name)))
    const rest = ({ events, transitions, deliveries }: LiveItems): LiveItems => ({
      events: events.filter(isKept),
      transitions: transitions.filter(({ profile }) => !profiles.has(profile)),
      deliveries,
    })
    this.#recent = rest(this.#recent)
    this.#waiting = rest(this.#waiting)
  }

  push(items: LiveItems, sizes: Sizes, watched: boolean): void {
    this.#recent = join(this.#recent, items)
    if (!watched) return
    this.#waiting = join(this.#waiting, items)
    this.#sizes = sizes
    if (this.#timer !== undefined) return
    const quiet = Date.now() - this.#lastBurst
    if (quiet >= GAP) this.#burst()
    else this.#timer = setTimeout(() => this.#burst(), Math.min(GAP, GAP - Math.max(quiet, 0)))
  }

  #burst(): void {
    this.#timer = undefined
    this.#lastBurst = Date.now()
    const messages = messagesOf(this.#waiting)
    if (this.#sizes !== undefined) messages.unshift(text({ type: 'sizes', ...this.#sizes }))
    this.#waiting = NOTHING
    this.#sizes = undefined
    this.#broadcast(messages)
  }
}

const join = (old: LiveItems, young: LiveItems): LiveItems => ({
  events: [...old.events, ...young.events].slice(-KEPT.events),
  transitions: [...old.transitions, ...young.transitions].slice(-KEPT.transitions),
  deliveries: [...old.deliveries, ...young.deliveries].slice(-KEPT.deliveries),
})

const text = (message: LiveMessage): string => JSON.stringify(message)

function messagesOf({ events, transitions, deliveries }: LiveItems): string[] {
  const messages: string[] = []
  if (events.length > 0) messages.push(text({ type: 'events', items: events }))
  if (transitions.length > 0) messages.push(text({ type: 'transitions', items: transitions }))
  if (deliveries.length > 0) messages.push(text({ type: 'deliveries', items: deliveries }))
  return messages
}
