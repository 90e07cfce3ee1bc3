import type { CollectResponse } from '../edge/protocol/collect.ts'
import type { Decision } from '../edge/protocol/decision.ts'
import { guard } from './guard.ts'
import { load } from './part.ts'
import type { Render } from './render.ts'

export type Topic = 'decisions' | 'segments'
type Listener = (value: unknown) => void

/** More in one page is a mistake of the page's. */
const MAX_PLACEMENTS = 100
const PLACEMENT = 'data-prisme-placement'

const named = new Set<unknown>()
const listeners: (readonly [Topic, Listener])[] = []
const told: { [T in Topic]?: readonly unknown[] } = {}
let decisions: readonly Decision[] = []
let part: Promise<{ readonly render: Render }> | undefined

const placesInPage = () => [...document.querySelectorAll(`[${PLACEMENT}]`)]

/** Placements to decide for: those in the page now, and those that were ever asked for by name. */
export function placements(extra: unknown = []): readonly string[] {
  if (Array.isArray(extra)) extra.forEach((name) => named.add(name))
  const all = new Set([...named, ...placesInPage().map((place) => place.getAttribute(PLACEMENT))])
  return [...all].slice(0, MAX_PLACEMENTS) as string[]
}

/** Shows what was decided, also in placements that came into the page since. */
export const show = guard(async () => {
  if (!part && placesInPage().length === 0) return
  // Pages with placements load the part while the edge decides.
  part ??= load('render')
  const loading = part
  part = undefined // unless it loads, the next answer tries again
  const { render } = await loading
  part = loading
  render(new Map(decisions.map(({ placement, content }) => [placement, content])))
})

/** Tells listeners and the document, if it is news. */
function tell(topic: Topic, value: readonly unknown[]): void {
  if (JSON.stringify(told[topic]) === JSON.stringify(value)) return
  told[topic] = value
  document.dispatchEvent(new CustomEvent(`prisme:${topic}`, { detail: { [topic]: value } }))
  for (const [about, listener] of listeners) if (about === topic) guard(listener)(value)
}

/** Takes an answer of the edge, whatever it is, to a request for these placements. */
export function receive(answer: unknown, asked: readonly string[]): void {
  const { segments, decisions: fresh } = (answer ?? {}) as Partial<CollectResponse>
  if (Array.isArray(segments)) tell('segments', segments)
  if (asked.length === 0 || !Array.isArray(fresh)) return
  decisions = [
    ...decisions.filter(({ placement }) => !asked.includes(placement)),
    ...fresh.filter((decision) => decision?.placement),
  ]
  show()
  tell('decisions', decisions)
}

/** Tells the present value, if there is one, and every change. */
export function listen(topic: Topic, listener: Listener): void {
  listeners.push([topic, listener])
  const value = told[topic]
  if (value) listener(value)
}

/** The visitor is someone else now, or said no: the page shows its own content again. */
export function forget(): void {
  receive(
    { segments: [], decisions: [] },
    decisions.map(({ placement }) => placement),
  )
}
