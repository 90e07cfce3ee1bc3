import type { SequenceCondition, SequenceStep } from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { NEVER, type Millis } from '../protocol/time.ts'
import type { EvaluateEvents, Site } from './condition.ts'
import { compareEntries, instantOf, placeAfter, placeOf, type Entry } from './entry.ts'
import type { Feature } from './feature.ts'

/** Of each step the latest so many events are looked at. */
export const MAX_STEP_ENTRIES = 200
/** Events of any name that are kept where one step must follow another immediately. */
const MAX_NEIGHBOURS = 1_000

interface Step {
  readonly feature: Feature
  readonly within: Millis
  readonly immediately: boolean
}

/**
 * Compiles an ordered sequence. Of all choices of events that satisfy it only the one that begins latest matters: it
 * is the last to leave the window, and the shortest for its end. Each step asks, of its every event, how late a choice
 * that ends there may begin.
 */
export function compileSequence(condition: SequenceCondition, site: Site): EvaluateEvents {
  const { horizon, purposes, features } = site
  const steps = condition.steps.map(
    ({ event, where, within, immediately = false }: SequenceStep) => {
      const keep = MAX_STEP_ENTRIES
      const feature = features.demand({ event, where, keep, detail: 'moment', purposes })
      site.reads.features.add(feature)
      return { feature, within: (within && parseDuration(within)) || NEVER, immediately }
    },
  )
  const neighbours = steps.some(({ immediately }) => immediately)
    ? features.demand({ keep: MAX_NEIGHBOURS, detail: 'moment', purposes })
    : undefined
  if (neighbours !== undefined) site.reads.features.add(neighbours)
  const window = Math.min(
    (condition.window && parseDuration(condition.window.last)) ?? horizon,
    horizon,
  )
  const total = (condition.total && parseDuration(condition.total)) || NEVER
  return (facts, now) => {
    const all = neighbours && facts.entries(neighbours)
    // What left the window counts no more, nor does what came before all that counts.
    const entriesOf = (feature: Feature): readonly Entry[] => {
      const entries = facts.entries(feature)
      const first = placeOf(entries, now - window + 1)
      return first === 0 ? entries : entries.slice(first)
    }
    const start = latestStart(steps, entriesOf, all, total)
    const until = start + window
    return until > now ? { holds: true, until } : { holds: false, until: NEVER }
  }
}

/** A choice of events as far as some step: where it ends, and how late it may begin. */
interface Choice {
  readonly end: Entry
  readonly start: Millis
}

function latestStart(
  steps: readonly Step[],
  entriesOf: (feature: Feature) => readonly Entry[],
  neighbours: readonly Entry[] | undefined,
  total: Millis,
): Millis {
  let choices: readonly Choice[] = []
  for (const [place, step] of steps.entries()) {
    const entries = entriesOf(step.feature)
    choices =
      place === 0
        ? entries.map((end) => ({ end, start: instantOf(end) }))
        : step.immediately && neighbours !== undefined
          ? followedAtOnce(choices, entries, step.within, neighbours)
          : followed(choices, entries, step.within)
    if (choices.length === 0) return Number.NEGATIVE_INFINITY
  }
  return choices
    .filter(({ end, start }) => instantOf(end) - start <= total)
    .reduce((latest, { start }) => Math.max(latest, start), Number.NEGATIVE_INFINITY)
}

/** Both ordered: the best of the choices that end before an event, and not too long before, in one pass. */
function followed(
  choices: readonly Choice[],
  entries: readonly Entry[],
  within: Millis,
): readonly Choice[] {
  const found: Choice[] = []
  // Those that may still be the best, the best first.
  const open: Choice[] = []
  let head = 0
  let next = 0
  for (const end of entries) {
    for (let choice = choices[next]; choice !== undefined; choice = choices[++next]) {
      if (compareEntries(choice.end, end) >= 0) break
      while (open.length > head && (open.at(-1)?.start ?? 0) <= choice.start) open.pop()
      open.push(choice)
    }
    while (head < open.length && instantOf(open[head]?.end ?? 0) < instantOf(end) - within) head++
    const best = open[head]
    if (best !== undefined) found.push({ end, start: best.start })
  }
  return found
}

function followedAtOnce(
  choices: readonly Choice[],
  entries: readonly Entry[],
  within: Millis,
  neighbours: readonly Entry[],
): readonly Choice[] {
  const found: Choice[] = []
  let next = 0
  for (const end of entries) {
    // The event right before it, of whatever name: the one itself is the last of those up to it.
    const place = placeAfter(neighbours, end) - 1
    const [before, itself] = [neighbours[place - 1], neighbours[place]]
    if (before === undefined || itself === undefined || compareEntries(itself, end) !== 0) continue
    let choice = choices[next]
    while (choice !== undefined && compareEntries(choice.end, before) < 0) choice = choices[++next]
    if (choice === undefined || compareEntries(choice.end, before) !== 0) continue
    if (instantOf(end) - instantOf(choice.end) <= within) found.push({ end, start: choice.start })
  }
  return found
}
