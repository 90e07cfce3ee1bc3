import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admissible } from '../../edge/domain/admissible.ts'
import { applyEvent, noChanges } from '../../edge/domain/apply-event.ts'
import { compileCatalog } from '../../edge/domain/compiled-catalog.ts'
import { consentHistory } from '../../edge/domain/consent-history.ts'
import { gatherAnswers, withdrawnSince, type Consent } from '../../edge/domain/consent.ts'
import { foldProfile, settle } from '../../edge/domain/fold.ts'
import {
  decodeProfile,
  encodeProfile,
  newProfile,
  type Profile,
} from '../../edge/domain/profile.ts'
import { advance, review } from '../../edge/domain/review.ts'
import { dueAt } from '../../edge/domain/standing.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ConsentAnswers } from '../../edge/protocol/consent.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import type { Transition } from '../../edge/protocol/membership.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'
import { catalogOf, track } from './build.ts'
import { ConsentOracle } from './oracle.ts'

interface Wanted {
  readonly condition: Condition
  readonly purposes?: readonly string[]
}

/** One profile as its shard keeps it: events applied as they come, the history read again when consent asks for it. */
class Person {
  readonly compiled
  profile: Profile
  readonly history: EventRecord[] = []
  readonly log: Transition[] = []

  constructor(wanted: readonly Wanted[], grantLifetime: Millis = 395 * DAY) {
    const catalog = catalogOf(...wanted.map(({ condition }) => condition))
    this.compiled = compileCatalog({
      ...catalog,
      consent: { grantLifetime },
      segments: catalog.segments.map((segment, index) => ({
        ...segment,
        purposes: wanted[index]?.purposes ?? [],
      })),
    })
    this.profile = newProfile('prf_test' as ProfileId, 'bucket', 0)
    this.profile.consentMode = 'implied'
    this.profile.version = this.compiled.catalog.version
    this.#review(0, { ...noChanges(), everything: true })
  }

  #review(now: Millis, changes: ReturnType<typeof noChanges>): void {
    const cause = { type: 'event', messageIds: [] } as const
    const moment = { now, at: now, decidedAt: now, cause }
    this.log.push(...review(this.profile, this.compiled, changes, moment))
  }

  pass(now: Millis): void {
    this.log.push(...advance(this.profile, this.compiled, now))
    this.profile = decodeProfile(encodeProfile(this.profile))
  }

  take(event: EventRecord): void {
    this.pass(event.receivedAt)
    const changes = noChanges()
    const before = new Map(this.profile.consent)
    applyEvent(this.profile, event, 'implied', this.compiled.features, changes)
    this.history.push(event)
    this.profile = settle(this.profile, changes, () => this.history, this.compiled)
    changes.withdrawn = withdrawnSince(before, this.profile.consent)
    this.#review(event.receivedAt, changes)
  }

  is(index = 0): boolean {
    return this.profile.memberships.has(`seg_${index}` as never)
  }
}

const viewed = (at: Millis, consent?: ConsentAnswers, more: Partial<EventRecord> = {}) =>
  track(
    'Product Viewed',
    at,
    {},
    { implied: true, ...(consent !== undefined && { consent }), ...more },
  )
const answer = (at: Millis, consent: ConsentAnswers) =>
  track(
    'Segment Consent Preference Updated',
    at,
    {},
    { consent, purpose: 'necessary', implied: true },
  )
const once: Condition = { type: 'performed', event: 'Product Viewed', operator: 'gte', value: 1 }
const forAds: Wanted = { condition: once, purposes: ['advertising'] }

describe('what a page carries along', () => {
  const phone = { device: 'dev_phone' as never }
  const laptop = { device: 'dev_laptop' as never }
  const said = (at: Millis, granted: boolean, more: Partial<EventRecord> = {}) =>
    viewed(at, { email: granted }, more)
  const unsubscribed = (at: Millis) =>
    track(
      'Segment Consent Preference Updated',
      at,
      {},
      { consent: { email: false }, purpose: 'necessary', source: 'src_mail' as never },
    )
  const emailable: Wanted = { condition: { type: 'consent', purpose: 'email' } }

  test('does not undo what was denied elsewhere since; an answer that is given does', () => {
    const person = new Person([emailable])
    person.take(said(1, true, phone))
    expect(person.is()).toBe(true)
    person.take(unsubscribed(5))
    person.take(said(6, true, phone))
    expect(person.is()).toBe(false)
    expect(consentHistory(person.history).map(({ granted }) => granted)).toEqual([false, true])
    person.take({ ...answer(7, { email: true }), ...phone })
    expect(person.is()).toBe(true)
  })

  test('ends a denial of its own device, whose answer has changed', () => {
    const person = new Person([emailable])
    person.take(said(1, false, phone))
    person.take(said(2, true, laptop))
    expect(person.is()).toBe(false)
    person.take(said(3, true, phone))
    expect(person.is()).toBe(true)
  })

  test('is weighed the same in whatever order it comes', () => {
    const moment = fc.record({
      at: fc.integer({ min: 1, max: 6 }),
      granted: fc.boolean(),
      from: fc.constantFrom(phone, laptop, {}),
      isGiven: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc
          .array(moment, { minLength: 1, maxLength: 6 })
          .chain((list) =>
            fc.tuple(
              fc.constant(list),
              fc.shuffledSubarray(list, { minLength: list.length, maxLength: list.length }),
            ),
          ),
        ([list, shuffled]) => {
          const play = (moments: typeof list): readonly unknown[] => {
            const person = new Person([emailable])
            for (const { at, granted, from, isGiven } of moments) {
              const event = isGiven ? answer(at, { email: granted }) : said(at, granted)
              person.take({ ...event, ...from, receivedAt: 10 })
            }
            const last = person.profile.consent.get('email')?.at(-1)
            return [person.is(), last?.granted, last?.granted === true && last.since]
          }
          expect(play(shuffled)).toEqual(play(list))
        },
      ),
      { numRuns: 3_000, seed: 11 },
    )
  })
})

describe('a segment for advertising', () => {
  test('counts what was collected under consent to it, and nothing else', () => {
    const person = new Person([forAds])
    person.take(viewed(1))
    person.take(viewed(2, { advertising: false }))
    expect(person.is()).toBe(false)
    person.take(answer(3, { advertising: true }))
    expect(person.is()).toBe(false)
    person.take(viewed(4, { advertising: true }))
    expect(person.is()).toBe(true)
  })

  test('is left with the withdrawal, for that reason; granting again revives nothing', () => {
    const person = new Person([forAds, { condition: once }])
    person.take(viewed(1, { advertising: true }))
    person.take(answer(5, { advertising: false }))
    expect([person.is(0), person.is(1)]).toEqual([false, true])
    expect(person.log.at(-1)).toMatchObject({
      type: 'exited',
      segment: 'seg_0',
      cause: { type: 'consent', purposes: ['advertising'] },
    })
    person.take(answer(6, { advertising: true }))
    expect(person.is()).toBe(false)
    person.take(viewed(7, { advertising: true }))
    expect(person.is()).toBe(true)
  })

  test('a withdrawal that comes late silences what came before it', () => {
    const person = new Person([forAds])
    person.take(viewed(10, { advertising: true }))
    person.take({ ...answer(5, { advertising: false }), receivedAt: 20 })
    expect(person.is()).toBe(true)
    person.take({ ...answer(10, { advertising: false }), receivedAt: 30 })
    expect(person.is()).toBe(false)
  })

  test('is left at the instant at which the grant expires, however late anybody looks', () => {
    const person = new Person([forAds], 30 * DAY)
    person.take(viewed(1 * DAY, { advertising: true }))
    expect(dueAt(person.profile)).toBe(31 * DAY)
    person.pass(40 * DAY)
    expect(person.log.at(-1)).toMatchObject({
      type: 'exited',
      at: 31 * DAY,
      decidedAt: 40 * DAY,
      cause: { type: 'consent', purposes: ['advertising'] },
    })
  })

  test('a grant that is only carried along does not stand longer for it', () => {
    const person = new Person([forAds], 30 * DAY)
    person.take(viewed(1 * DAY, { advertising: true }))
    person.take(viewed(20 * DAY, { advertising: true }))
    person.pass(31 * DAY - 1)
    expect(person.is()).toBe(true)
    person.pass(31 * DAY)
    expect(person.is()).toBe(false)
  })

  test('a grant that is given again stands longer; by a string, from when it was given', () => {
    const person = new Person([forAds], 30 * DAY)
    person.take(viewed(1 * DAY, { advertising: true }))
    person.take(answer(20 * DAY, { advertising: true }))
    person.take(viewed(30 * DAY, { advertising: true }))
    person.pass(49 * DAY)
    expect(person.is()).toBe(true)
    person.take(
      viewed(
        49 * DAY,
        { advertising: true },
        {
          consentSignals: { advertising: 'tcf' },
          consentSince: 25 * DAY,
        },
      ),
    )
    person.pass(55 * DAY - 1)
    expect(person.is()).toBe(true)
    person.pass(55 * DAY)
    expect(person.is()).toBe(false)
  })
})

describe('analytics, which events are kept for', () => {
  const gold: Condition = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' }
  const french: Condition = { type: 'context', field: 'country', operator: 'equals', value: 'FR' }
  const idle: Condition = { type: 'not', condition: once }
  const everything = [once, gold, french, idle].map((condition) => ({ condition }))
  const visit = (at: Millis, consent?: ConsentAnswers) => [
    viewed(at, consent, { context: { country: 'FR' } }),
    track(
      'Identified',
      at,
      {},
      {
        type: 'identify',
        implied: true,
        traits: { plan: 'gold' },
        ...(consent !== undefined && { consent }),
      },
    ),
  ]
  const states = (person: Person) => everything.map((_, index) => person.is(index))

  test('withdrawn, no fact of it counts any more', () => {
    const person = new Person(everything)
    for (const event of visit(1)) person.take(event)
    expect(states(person)).toEqual([true, true, true, false])
    person.take(answer(2, { analytics: false }))
    expect(states(person)).toEqual([false, false, false, true])
    expect(person.profile.traits.size + person.profile.ever.size).toBe(0)
  })

  test('expired, likewise, until it is given again', () => {
    const person = new Person(everything, 30 * DAY)
    for (const event of visit(1 * DAY, { analytics: true })) person.take(event)
    person.pass(31 * DAY)
    expect(states(person)).toEqual([false, false, false, true])
    person.take(answer(40 * DAY, { analytics: true }))
    expect(states(person)).toEqual([true, true, true, false])
  })

  test('what a source collects for something else counts on', () => {
    const person = new Person(everything)
    person.take(viewed(1, undefined, { purpose: 'necessary' }))
    person.take(viewed(1, { email: true }, { purpose: 'email' }))
    person.take(answer(2, { analytics: false }))
    expect(person.is()).toBe(true)
    person.take(answer(3, { email: false }))
    expect(person.is()).toBe(true)
  })
})

test('what is kept under a grant counts as long as that grant, whatever else is granted', () => {
  const person = new Person([{ condition: once }], 30 * DAY)
  person.take(viewed(1 * DAY, { email: true }, { purpose: 'email' }))
  person.take(answer(20 * DAY, { analytics: true }))
  person.pass(31 * DAY - 1)
  expect(person.is()).toBe(true)
  person.pass(31 * DAY)
  expect(person.is()).toBe(false)
  expect(person.log.at(-1)).toMatchObject({ cause: { type: 'consent', purposes: ['email'] } })
})

const ANSWERS = ['analytics', 'advertising'] as const
const hours = fc.integer({ min: 0, max: 12 }).map((n) => n * HOUR)
const answers = fc
  .record(Object.fromEntries(ANSWERS.map((one) => [one, fc.option(fc.boolean())])))
  .map(
    (given) =>
      Object.fromEntries(Object.entries(given).filter(([, one]) => one !== null)) as ConsentAnswers,
  )
const events = fc
  .array(
    fc.record({
      at: hours,
      consent: answers,
      purpose: fc.constantFrom(undefined, 'necessary', 'advertising'),
      said: fc.option(fc.constantFrom('gold', 'free'), { nil: undefined }),
      name: fc.constantFrom('A', 'B', 'Segment Consent Preference Updated'),
    }),
    { maxLength: 9 },
  )
  .map((items) =>
    items.map(({ at, consent, purpose, said, name }, index) =>
      // Traits of one instant are told apart, answers of one instant are not.
      track(
        said === undefined ? name : 'Identified',
        at + (said === undefined ? 0 : index + 1),
        {},
        {
          receivedAt: 13 * HOUR,
          implied: true,
          consent,
          // A trait that was said anew for another purpose hides the one before, even when that purpose has lapsed.
          ...(purpose !== undefined && said === undefined && { purpose }),
          ...(said !== undefined && { type: 'identify', traits: { plan: said } }),
        },
      ),
    ),
  )
const wanted = fc.array(
  fc.record({
    condition: fc.constantFrom<Condition[]>(
      { type: 'performed', event: 'A', operator: 'gte', value: 2 },
      {
        type: 'performed',
        event: ['A', 'B'],
        operator: 'equals',
        value: 1,
        window: { last: 'PT8H' },
      },
      { type: 'not', condition: { type: 'performed', event: 'B', operator: 'gte', value: 1 } },
      { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
      { type: 'consent', purpose: 'advertising' },
      { type: 'not', condition: { type: 'consent', purpose: 'analytics' } },
    ),
    purposes: fc.subarray(['analytics', 'advertising', 'personalization']),
  }),
  { minLength: 1, maxLength: 3 },
)
const LIFETIME = 10 * HOUR
const RUNS = Number(process.env['PRISME_RUNS'] ?? 1_000)

describe('whatever is answered when', () => {
  test('the engine agrees with a brute-force reading, after each event and as time passes', () => {
    fc.assert(
      fc.property(wanted, events, fc.array(hours, { maxLength: 3 }), (segments, given, pauses) => {
        const person = new Person(segments, LIFETIME)
        const compare = (now: Millis) =>
          segments.forEach(({ condition, purposes }, index) => {
            const oracle = new ConsentOracle(person.history, purposes, LIFETIME)
            expect(person.is(index)).toBe(oracle.holds(condition, now, 750 * DAY))
          })
        for (const event of given) {
          person.take(event)
          compare(event.receivedAt)
        }
        let now = 13 * HOUR
        for (const pause of pauses) {
          person.pass((now += pause / 2))
          compare(now)
        }
      }),
      { numRuns: RUNS, seed: 20_261_126 },
    )
  })

  test('the order of arrival changes nobody, no answer and no history of answers', () => {
    const orders = events.chain((given) =>
      fc.tuple(
        fc.constant(given),
        fc.shuffledSubarray(given, { minLength: given.length, maxLength: given.length }),
      ),
    )
    fc.assert(
      fc.property(wanted, orders, (segments, [given, shuffled]) => {
        const [one, other] = [given, shuffled].map((list) => {
          const person = new Person(segments, LIFETIME)
          for (const event of list) person.take(event)
          return person
        }) as [Person, Person]
        const members = ({ profile }: Person) => [...profile.memberships.keys()].sort()
        expect(members(other)).toEqual(members(one))
        const folded = foldProfile(one.profile, shuffled, one.compiled)
        for (const profile of [other.profile, folded]) {
          expect(latestOf(profile.consent)).toEqual(latestOf(one.profile.consent))
          expect(sorted(profile.occurrences)).toEqual(sorted(one.profile.occurrences))
        }
        expect(consentHistory(shuffled)).toEqual(consentHistory(given))
      }),
      { numRuns: RUNS, seed: 20_261_126 },
    )
  })

  test('exactly what counts may be kept; of the rest, the answers alone', () => {
    fc.assert(
      fc.property(events, events, (before, others) => {
        const given = others.map((event) => ({ ...event, timestamp: event.timestamp + DAY }))
        const known: Consent = new Map()
        gatherAnswers(known, before)
        const kept = admissible(known, given)
        const oracle = new ConsentOracle([...before, ...given])
        given.forEach((event, index) => {
          expect(kept[index] === event).toBe(oracle.counts(event, event.purpose ?? 'analytics'))
          const left = kept[index]
          if (left !== event) expect(left?.properties ?? {}).toEqual({})
          if (left !== event && left !== undefined) expect(left).not.toHaveProperty('traits')
        })
      }),
      { numRuns: RUNS, seed: 20_261_126 },
    )
  })
})

const latestOf = (consent: Consent) =>
  sorted(new Map([...consent].map(([purpose, runs]) => [purpose, runs.at(-1)])))
const sorted = <T>(map: ReadonlyMap<string, T>) =>
  [...map].sort(([a], [b]) => (a < b ? -1 : Number(a > b)))

test('the history of answers tells each change, who said it and by what signal', () => {
  const said = (at: Millis, granted: boolean, more: Partial<EventRecord> = {}) =>
    viewed(at, { advertising: granted }, { messageId: `m-${at}`, ...more })
  const changes = consentHistory([
    said(4, false, { consentSignals: { advertising: 'gpc' } }),
    said(1, true, { consentSignals: { advertising: 'tcf' } }),
    said(2, true),
    said(9, true, { identifiers: [{ kind: 'userId', value: 'u', proven: true }] }),
  ])
  expect(changes).toMatchObject([
    { granted: true, at: 9, signal: 'preferences', identifiers: ['userId'], messageId: 'm-9' },
    { granted: false, at: 4, signal: 'gpc' },
    { granted: true, at: 1, signal: 'tcf', source: 'src_test' },
  ])
})
