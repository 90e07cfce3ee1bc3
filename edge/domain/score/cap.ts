import type { Catalog } from '../../protocol/catalog.ts'
import { parseDuration } from '../../protocol/duration.ts'
import type { CapId, SegmentId } from '../../protocol/id.ts'
import {
  DEFAULT_WEIGHT,
  type CapBudget,
  type CapDefinition,
  type CapThreshold,
  type TouchAsk,
  type TouchRefusal,
} from '../../protocol/touch.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import type { CompiledCatalog } from '../compiled-catalog.ts'
import { grantLifetime } from '../consent.ts'
import { instantOf } from '../entry.ts'
import type { Feature } from '../feature.ts'
import { KnownFacts } from '../known-facts.ts'
import type { Profile } from '../profile.ts'
import {
  isAwaited,
  isOfPages,
  MAX_ONSITE_FACTS,
  MAX_TOUCH_FACTS,
  touchFeature,
  wholeLedger,
  type Ledger,
  type LedgerTouch,
} from './ledger.ts'
import { counts, pressureAround, refusalOf, type Cap, type Touch } from './pressure.ts'

/** A cap in force. */
export interface ActiveCap extends Cap {
  readonly id: CapId
  readonly name: string
  readonly thresholds: readonly CapThreshold[]
}

/** What is asked of somebody whose messages these are. */
export interface TouchQuestion extends Touch {
  readonly messageId: string
  readonly transactional: boolean
  readonly isPlanned: boolean
  readonly campaign: TouchAsk['campaign']
}

const active = new WeakMap<Catalog, readonly ActiveCap[]>()

/** The caps of a catalog that are switched on. */
export function capsOf(catalog: Catalog): readonly ActiveCap[] {
  let caps = active.get(catalog)
  if (caps === undefined) active.set(catalog, (caps = (catalog.caps ?? []).flatMap(activated)))
  return caps
}

function activated(cap: CapDefinition): readonly ActiveCap[] {
  const { id, key, name, channel, tag, most, thresholds, onSite, enabled } = cap
  const window = parseDuration(cap.window)
  if (!enabled || window === undefined) return []
  return [{ id, key, name, channel, tag, window, most, thresholds, onSite }]
}

/** A cap as it stands for one person: of its thresholds the first whose segment they are in. */
export function capFor(cap: ActiveCap, isMember: (segment: SegmentId) => boolean): ActiveCap {
  const threshold = cap.thresholds.find(({ segment }) => isMember(segment))
  return threshold === undefined ? cap : { ...cap, most: threshold.most }
}

/** Whose messages are asked for, by what is known of them under the consent of an instant. */
export interface Pressed {
  readonly ledger: Ledger
  /** All that a cap counts is known since then: of what was before, some may have been let go. */
  readonly since: (cap: Cap) => Millis
  readonly caps: readonly ActiveCap[]
}

export function pressedOf(profile: Profile, compiled: CompiledCatalog, now: Millis): Pressed {
  const { catalog, features, accounts } = compiled
  const feature = touchFeature(features)
  const facts = new KnownFacts(profile, grantLifetime(catalog), now, accounts)
  return {
    ledger: wholeLedger(facts.entries(feature)),
    since: completeSince(profile, feature),
    caps: capsOf(catalog).map((cap) => capFor(cap, (id) => profile.memberships.has(id))),
  }
}

function completeSince({ occurrences }: Profile, { key }: Feature): Pressed['since'] {
  let [since, ofPagesSince] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const [kept, entries] of occurrences) {
    const first = entries[0]
    if (!kept.endsWith(key) || first === undefined || entries.length < MAX_ONSITE_FACTS) continue
    if (entries.length >= MAX_TOUCH_FACTS) since = Math.max(since, instantOf(first))
    const ofPages = entries.filter(isOfPages)
    if (ofPages[0] === undefined || ofPages.length < MAX_ONSITE_FACTS) continue
    ofPagesSince = Math.max(ofPagesSince, instantOf(ofPages[0]))
  }
  return ({ onSite }) => (onSite === true ? Math.max(since, ofPagesSince) : since)
}

export const questionOf = (ask: TouchAsk, now: Millis): TouchQuestion => ({
  messageId: ask.messageId,
  channel: ask.channel,
  weight: ask.weight ?? DEFAULT_WEIGHT,
  tags: ask.tags ?? [],
  at: ask.at ?? now,
  transactional: ask.transactional === true,
  isPlanned: ask.at !== undefined && ask.at > now,
  campaign: ask.campaign,
})

/** The rule that a touch would break. Undefined: it may be sent, or planned. */
export function refusedBy(
  asked: TouchQuestion,
  { ledger, since, caps }: Pressed,
  now: Millis,
): TouchRefusal | undefined {
  if (asked.transactional) return undefined
  const rivals = rivalsOf(asked, ledger, now)
  const refusal = refusalOf(asked, rivals, caps) ?? unknownTo(asked, rivals, since, caps)
  if (refusal === undefined) return undefined
  const { cap, most, pressure, freeAt } = refusal
  return {
    cap,
    name: caps.find(({ key }) => key === cap)?.name ?? cap,
    most,
    pressure,
    weight: asked.weight,
    ...(freeAt !== undefined && { freeAt }),
  }
}

/**
 * What takes its place before a message: all that was sent, and what is planned and heavier, or as heavy and planned
 * before. What is planned and lighter is asked again at its own instant.
 */
function rivalsOf(asked: TouchQuestion, ledger: Ledger, now: Millis): readonly LedgerTouch[] {
  const own = ledger.byId.get(asked.messageId)
  // A plan is as old as it is only where it is for: put off, or sent before, it is a new one.
  const isItsTurn = own?.state === 'planned' && !asked.isPlanned && own.at <= now
  const plannedAt = isItsTurn ? own.plannedAt : NEVER
  const holds = (plan: LedgerTouch): boolean =>
    plan.messageId !== asked.messageId &&
    isAwaited(plan, now) &&
    (plan.weight > asked.weight || (plan.weight === asked.weight && plan.plannedAt < plannedAt))
  return [...ledger.sent, ...ledger.planned.filter(holds)]
    .filter((touch) => touch.counts)
    .sort((a, b) => a.at - b.at)
}

/** Where more was said than is kept, what stands is not known any more: then nothing is allowed. */
function unknownTo(
  asked: Touch,
  rivals: readonly LedgerTouch[],
  since: Pressed['since'],
  caps: readonly ActiveCap[],
) {
  const cap = caps.find((one) => counts(one, asked) && asked.at - one.window < since(one))
  if (cap === undefined) return undefined
  const { key, most, window } = cap
  const pressure = rivals.reduce((sum, touch) => (counts(cap, touch) ? sum + touch.weight : sum), 0)
  return { cap: key, most, pressure, freeAt: since(cap) + window }
}

/** How each cap stands for somebody, by what was sent and what is planned. */
export function budgetsOf({ ledger, since, caps }: Pressed, now: Millis): readonly CapBudget[] {
  const standing = [...ledger.sent, ...ledger.planned.filter((plan) => isAwaited(plan, now))]
    .filter((touch) => touch.counts)
    .sort((a, b) => a.at - b.at)
  return caps.map((cap) => {
    const { id, key, name, most, window, channel = ANY, tag } = cap
    const one = { at: now, channel, tags: tag === undefined ? [] : [tag], weight: DEFAULT_WEIGHT }
    const refusal = refusalOf(one, standing, [cap]) ?? unknownTo(one, standing, since, [cap])
    const pressure = pressureAround(
      standing.filter((touch) => counts(cap, touch)),
      window,
      now,
    )
    return {
      id,
      cap: key,
      name,
      most,
      pressure,
      remaining: Math.max(most - pressure, 0),
      ...(refusal !== undefined && { freeAt: refusal.freeAt ?? null }),
    }
  })
}

/** Of a cap on all channels any will do. */
const ANY = 'email'

/** The caps that were asked about a touch: all that count it if it was allowed, else the one that refused. */
export const askedCaps = (
  asked: TouchQuestion,
  { caps }: Pressed,
  refusal: TouchRefusal | undefined,
): readonly CapId[] =>
  asked.transactional
    ? []
    : caps
        .filter((cap) => (refusal === undefined ? counts(cap, asked) : cap.key === refusal.cap))
        .map(({ id }) => id)
