import type { ClockTest, Condition, Test } from '../../protocol/condition.ts'
import { CLOCK_OPERATORS } from '../../protocol/condition.ts'
import { CONSENT_EVENT } from '../../protocol/consent.ts'
import { parseDuration } from '../../protocol/duration.ts'
import { EVENT_NAMES, type EventContext } from '../../protocol/event.ts'
import type { SegmentId } from '../../protocol/id.ts'
import type { Json } from '../../protocol/json.ts'
import type { SegmentDefinition } from '../../protocol/membership.ts'
import { MESSAGE_EVENTS } from '../../protocol/reaction.ts'
import { DAY, type Millis } from '../../protocol/time.ts'
import type { CapDefinition } from '../../protocol/touch.ts'
import type { Flip, Saying } from '../../protocol/why.ts'
import type { Named } from '../computed/condition.ts'
import { dayAt } from '../named-time.ts'
import type { Profile } from '../profile.ts'
import {
  followedFlips,
  lifecycleFlips,
  performedFlips,
  reactionFlips,
  sequenceFlips,
  type Ground,
} from './behaviour-flips.ts'
import { computedFlips } from './computed-flips.ts'
import { witness, withValueAt } from './witness.ts'

/** Ways to turn several parts that are tried together. */
const MOST_TOGETHER = 60
/** Of each part. */
const MOST_OF_EACH = 12

export interface Scene extends Ground {
  readonly profile: Profile
  readonly segment: (id: SegmentId) => SegmentDefinition | undefined
  /** The computed trait that a condition names. */
  readonly computed: (trait: string) => Named | undefined
  readonly cap: (id: string) => CapDefinition | undefined
  /** Values of a property that events had which a condition asks to be followed. */
  readonly bound: (condition: Condition) => readonly Json[]
  /** Whether a part holds now. */
  readonly holds: (condition: Condition, purposes: readonly string[]) => boolean
  /** Whether a part would hold, or not, after a flip. */
  readonly turns: (flip: Flip, condition: Condition, purposes: readonly string[]) => boolean
}

/**
 * What may turn a condition into what it is not, the least first. Ways to turn a part are tried on that part; what turns
 * several is put together of those.
 */
export function flipsOf(
  condition: Condition,
  target: boolean,
  scene: Scene,
  purposes: readonly string[],
): readonly Flip[] {
  const among = (parts: readonly Condition[], decisive: boolean): readonly Flip[] => {
    // One decisive part settles it; for the other verdict every decisive one must be turned.
    if (target === decisive) {
      return inOrder(parts.flatMap((part) => flipsOf(part, target, scene, purposes)))
    }
    const against = parts.filter((part) => scene.holds(part, purposes) === decisive)
    return together(against.map((part) => flipsOf(part, target, scene, purposes)))
  }
  switch (condition.type) {
    case 'all':
      return among(condition.conditions, false)
    case 'any':
      return among(condition.conditions, true)
    case 'not':
      return flipsOf(condition.condition, !target, scene, purposes)
    case 'segment': {
      const inner = scene.segment(condition.segment as SegmentId)
      if (inner === undefined) return []
      return flipsOf(inner.condition, target, within(scene, inner.id), inner.purposes ?? [])
    }
    default: {
      const found: Flip[] = []
      for (const flip of leafFlips(condition, target, scene)) {
        if (found.length >= MOST_OF_EACH) break
        if (scene.turns(flip, condition, purposes)) found.push(flip)
      }
      return found
    }
  }
}

/** Two changes at one moment may have closed a circle: nobody is in a segment that asks for its own members. */
const within = (scene: Scene, own: SegmentId): Scene => ({
  ...scene,
  segment: (id) => (id === own ? undefined : scene.segment(id)),
})

const size = ({ sayings, wait }: Flip): number =>
  sayings.length * 1_000 + (wait > 0 ? 500 : 0) + Math.min(JSON.stringify(sayings).length / 10, 400)

export const inOrder = (flips: readonly Flip[]): readonly Flip[] =>
  flips.toSorted((a, b) => size(a) - size(b))

/** One of each, all said together: the least of them first. */
function together(parts: readonly (readonly Flip[])[]): readonly Flip[] {
  let all: readonly Flip[] = [{ sayings: [], wait: 0 }]
  for (const part of parts) {
    all = inOrder(
      all.flatMap((one) =>
        part.slice(0, MOST_OF_EACH).map((other): Flip => ({
          sayings: joined(one.sayings, other.sayings),
          wait: Math.max(one.wait, other.wait),
        })),
      ),
    ).slice(0, MOST_TOGETHER)
  }
  return parts.length === 0 ? [] : all
}

/** Traits and answers are said in one breath. */
function joined(some: readonly Saying[], more: readonly Saying[]): readonly Saying[] {
  const all = [...some]
  for (const one of more) {
    const place = all.findIndex(
      ({ type, event, ago }) =>
        one.type !== 'track' && type === one.type && event === one.event && ago === one.ago,
    )
    const known = all[place]
    if (known === undefined) all.push(one)
    else {
      all[place] = {
        ...known,
        ...one,
        ...(one.traits && { traits: { ...known.traits, ...one.traits } }),
        ...(one.context && { context: { ...known.context, ...one.context } }),
      }
    }
  }
  return all
}

type Leaf = Exclude<Condition, { readonly type: 'all' | 'any' | 'not' | 'segment' }>

function leafFlips(condition: Leaf, target: boolean, scene: Scene): readonly Flip[] {
  switch (condition.type) {
    case 'trait': {
      const named = scene.computed(condition.trait)
      if (named !== undefined) {
        return computedFlips(named, condition, traitValues(condition, target, scene), scene)
      }
      return traitValues(condition, target, scene).map((value) => {
        const [name = '', ...path] = condition.trait.split('.')
        const known = scene.profile.traits.get(name)?.value
        const inner = path.length === 0 ? {} : { [name]: known ?? {} }
        const traits = withValueAt(inner, [name, ...path], value ?? null)
        return {
          sayings: [{ type: 'identify', event: EVENT_NAMES.identify, ago: 0, traits }],
          wait: 0,
        }
      })
    }
    case 'account':
      return [] // What is known of an account is said of it, not of the person.
    case 'context': {
      const values =
        'near' in condition
          ? [`${condition.near.lat},${condition.near.lon}`, '-89.99,0.00', '0.00,0.00']
          : [witness(condition, target, scene.zone)?.value, 'other']
      const field = 'near' in condition ? 'location' : condition.field
      return values.map((value) => contextFlip({ ...scene.profile.context }, field, value))
    }
    case 'consent':
      return [consentFlip(condition.purpose, target)]
    case 'performed':
      return performedFlips(condition, scene)
    case 'reaction':
      return reactionFlips(condition, scene)
    case 'sequence':
      return sequenceFlips(condition, scene)
    case 'followedBy':
    case 'notFollowedBy':
      return followedFlips(condition, scene, scene.bound(condition))
    case 'lifecycle':
      return lifecycleFlips(condition, scene)
    case 'pressure':
      return pressureFlips(condition, target)
    case 'budget':
      return budgetFlips(condition, scene)
    case 'score':
      return [] // Each event moves it a little: there is no least one that turns it.
    case 'now':
      return [] // Only time turns it.
  }
}

/** Messages that are tried at most: as many as a condition may well ask for. */
const MAX_MESSAGES = 12

/** So many messages more of its channel and tag, up to what it asks for; none takes one away. */
function pressureFlips(
  { value, ...of }: Extract<Leaf, { readonly type: 'pressure' }>,
  target: boolean,
): readonly Flip[] {
  const [low, high] = typeof value === 'number' ? [value, value] : value
  return touchFlips(of, Math.min(Math.floor(target ? low : high) + 1, MAX_MESSAGES))
}

function touchFlips(
  { channel, tag }: Pick<CapDefinition, 'channel' | 'tag'>,
  most: number,
): readonly Flip[] {
  const properties = {
    ...(channel !== undefined && { channel }),
    ...(tag !== undefined && { tags: [tag] }),
  }
  const saying = { type: 'track', event: MESSAGE_EVENTS.sent, ago: 0, properties } as const
  return Array.from({ length: most }, (_, more) => ({
    sayings: Array.from({ length: more + 1 }, () => saying),
    wait: 0,
  }))
}

/** Messages that the cap counts, and ways to have another of its limits. */
function budgetFlips(
  { cap: id }: Extract<Leaf, { readonly type: 'budget' }>,
  scene: Scene,
): readonly Flip[] {
  const cap = scene.cap(id)
  if (cap === undefined) return []
  const limits = cap.thresholds.flatMap(({ segment }) => {
    const isIn = { type: 'segment', segment } as const
    return flipsOf(isIn, !scene.holds(isIn, []), scene, [])
  })
  return [...touchFlips(cap, MAX_MESSAGES), ...limits]
}

export const consentFlip = (purpose: string, granted: boolean): Flip => ({
  sayings: [{ type: 'track', event: CONSENT_EVENT, ago: 0, consent: { [purpose]: granted } }],
  wait: 0,
})

function contextFlip(
  context: EventContext,
  field: keyof EventContext,
  value: Json | undefined,
): Flip {
  const { [field]: _, ...rest } = context
  const next = { ...rest, ...(value !== undefined && { [field]: String(value) }) }
  return {
    sayings: [{ type: 'page', event: EVENT_NAMES.page, ago: 0, context: next }],
    wait: 0,
  }
}

function traitValues(
  test: Test | ClockTest,
  target: boolean,
  { now, zone }: Ground,
): readonly (Json | undefined)[] {
  if (!isClock(test)) return [witness(test, target, zone)?.value, undefined, 'other', 0]
  const span = typeof test.value === 'string' ? (parseDuration(test.value) ?? DAY) : DAY
  const day = (at: Millis) => {
    const { year, month, day: of } = dayAt(at, zone)
    return `${year}-${String(month).padStart(2, '0')}-${String(of).padStart(2, '0')}`
  }
  const { year } = dayAt(now, zone)
  return [
    `${year - 30}${day(now).slice(4)}`,
    `${year - 30}${day(now + 182 * DAY).slice(4)}`,
    new Date(now - Math.round(span / 2)).toISOString(),
    new Date(now + Math.round(span / 2)).toISOString(),
    new Date(now - 2 * span).toISOString(),
    undefined,
  ]
}

const isClock = (test: Test | ClockTest): test is ClockTest =>
  (CLOCK_OPERATORS as readonly string[]).includes(test.operator)
