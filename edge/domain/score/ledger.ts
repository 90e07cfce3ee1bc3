import type { Json } from '../../protocol/json.ts'
import { DEFAULT_WEIGHT, type StandingTouch } from '../../protocol/touch.ts'
import { DAY, type Millis } from '../../protocol/time.ts'
import type { Purpose } from '../../protocol/consent.ts'
import { ONSITE } from '../../protocol/reaction.ts'
import { compareEntries, entryKeptFrom, instantOf, placeOf, valueOf, type Entry } from '../entry.ts'
import type { Feature, FeatureSet, Limit } from '../feature.ts'
import type { Touch } from './pressure.ts'
import { TOUCH_EVENT_NAMES, touchFactOf, type TouchFact } from './touch-fact.ts'

/** Of what is said of a person's messages so much is kept: beyond it the latest stands for all. */
export const MAX_TOUCH_FACTS = 1_000
/** And of what pages showed them so much: whoever is there every day would be known by nothing else. */
export const MAX_ONSITE_FACTS = 500

/** A planned message that nobody came back for keeps its place for so long after its instant. */
export const PLAN_GRACE: Millis = DAY

/** The feature that keeps what was said of a person's messages: the ledger. */
export const touchFeature = (features: FeatureSet, purposes: readonly Purpose[] = []): Feature =>
  features.demand({
    event: TOUCH_EVENT_NAMES,
    fact: TOUCH_FACT,
    purposes,
    keep: MAX_TOUCH_FACTS,
    detail: 'value',
    limit: LATEST_OF_PAGES,
  })

const LATEST_OF_PAGES: Limit = {
  name: `latest ${MAX_ONSITE_FACTS} of pages`,
  of: (entries, entry) => {
    if (!isOfPages(entry) || entries.length < MAX_ONSITE_FACTS) return entries
    const own = entries.filter(isOfPages)
    const [first] = own
    if (first === undefined || own.length < MAX_ONSITE_FACTS) return entries
    return compareEntries(entry, first) < 0 ? undefined : entries.filter((one) => one !== first)
  },
}

/** It says that a page showed something. */
export const isOfPages = (entry: Entry): boolean => {
  const [kind, , channel] = factOf(entry)
  return kind === 'sent' && channel === ONSITE
}

const TOUCH_FACT = { name: 'touch', of: touchFactOf }

/** A message that stands, with what its place depends on. */
export interface LedgerTouch extends Touch, StandingTouch {
  /** Of a planned one: when it was planned. */
  readonly plannedAt: Millis
  /** When what it follows from ceases to be kept is counted from then. */
  readonly keptFrom: Millis
}

export interface Ledger {
  /** In order of time. */
  readonly sent: readonly LedgerTouch[]
  /** In the order in which they were planned. */
  readonly planned: readonly LedgerTouch[]
  readonly byId: ReadonlyMap<string, LedgerTouch>
  /** When messages were last released, by id. */
  readonly released: ReadonlyMap<string, Millis>
}

/** Made once of each list, whoever asks: lists of entries never change. */
const known = new WeakMap<readonly Entry[], Ledger>()

/** A person's messages as they stand at an instant, by what was said until then. */
export function ledgerAt(entries: readonly Entry[], now: Millis): Ledger {
  const end = placeOf(entries, now + 1)
  if (end < entries.length) return ledgerOf(entries.slice(0, end))
  let made = known.get(entries)
  if (made === undefined) known.set(entries, (made = ledgerOf(entries)))
  return made
}

/** By all that was said, also by clocks that are ahead: what takes a place takes it. */
export const wholeLedger = (entries: readonly Entry[]): Ledger => ledgerAt(entries, Infinity)

function ledgerOf(entries: readonly Entry[]): Ledger {
  const facts = new Map<string, Entry[]>()
  for (const [place, entry] of entries.entries()) {
    // Without an id each is a message of its own.
    const id = factOf(entry)[1] ?? place
    const key = typeof id === 'number' ? `#${id}` : `=${id}`
    const own = facts.get(key)
    if (own === undefined) facts.set(key, [entry])
    else own.push(entry)
  }
  const standing: LedgerTouch[] = []
  const released = new Map<string, Millis>()
  for (const own of facts.values()) {
    const id = factOf(own[0] as Entry)[1]
    const { touch, releasedAt } = messageOf(own)
    if (touch !== undefined) standing.push(touch)
    if (id !== null && releasedAt !== undefined) released.set(id, releasedAt)
  }
  const sent = standing.filter(({ state }) => state === 'sent')
  const planned = standing.filter(({ state }) => state === 'planned')
  return {
    sent: sent.sort((a, b) => a.at - b.at),
    planned: planned.sort((a, b) => a.plannedAt - b.plannedAt),
    byId: new Map(
      standing.flatMap((touch) =>
        touch.messageId === undefined ? [] : [[touch.messageId, touch] as const],
      ),
    ),
    released,
  }
}

const factOf = (entry: Entry): TouchFact => valueOf(entry) as Json as unknown as TouchFact

/**
 * One message by all that was said of it: it stands from when it was first sent, or for when it is planned, unless it
 * was released since. At equal times a release comes last, for many tell whole seconds.
 */
function messageOf(facts: readonly Entry[]): {
  readonly touch: LedgerTouch | undefined
  readonly releasedAt: Millis | undefined
} {
  let touch: LedgerTouch | undefined
  let releasedAt: Millis | undefined
  let told: number | null = null
  for (const entry of facts.toSorted(inTurn)) {
    const [kind, messageId, channel, weight, tags, counts, plannedFor] = factOf(entry)
    const at = instantOf(entry)
    if (kind === 'released') {
      touch = undefined
      releasedAt = at
      continue
    }
    // What was sent is planned no more; later plans of one replace it.
    if (kind === 'planned' && touch?.state === 'sent') continue
    const before = kind === 'planned' ? undefined : touch
    const isStanding = before?.state === 'sent'
    // What told of it first says what it weighs; a plan, only until it is sent.
    told = isStanding ? (told ?? weight) : (weight ?? (before === undefined ? null : told))
    const named = tags.length > 0 ? tags : (before?.tags ?? [])
    touch = {
      ...(messageId !== null && { messageId }),
      channel: before?.channel || (channel ?? ''),
      weight: told ?? DEFAULT_WEIGHT,
      tags: isStanding && before.tags.length > 0 ? before.tags : named,
      counts: counts && before?.counts !== false,
      at: isStanding ? before.at : kind === 'planned' ? (plannedFor ?? at) : at,
      state: kind,
      plannedAt: before?.plannedAt ?? at,
      keptFrom: isStanding ? before.keptFrom : entryKeptFrom(entry),
    }
  }
  return { touch, releasedAt }
}

const ORDER = { planned: 0, sent: 1, released: 2 } as const

const inTurn = (a: Entry, b: Entry): number =>
  instantOf(a) - instantOf(b) || ORDER[factOf(a)[0]] - ORDER[factOf(b)[0]]

/** Whether a planned message still holds its place at an instant. */
export const isAwaited = ({ at }: LedgerTouch, now: Millis): boolean => at + PLAN_GRACE > now
