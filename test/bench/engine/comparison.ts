import { judgeAt } from '../../../edge/domain/judge.ts'
import { GRANT_LIFETIME } from '../../../edge/protocol/consent.ts'
import type { EventRecord } from '../../../edge/protocol/event.ts'
import { median } from '../statistics.ts'
import { compileConditions, Person } from './person.ts'
import { RIVALS, type FactObject, type Rival } from './rivals.ts'
import { timed } from './rounds.ts'
import { conditionOf, factsOf, life, ruleOf, START, WISHES } from './wishes.ts'

const WARM_UP = 20_000
const CHECKS = 200
/**
 * Turns of one round: in each, everybody works for some 20 milliseconds. What is measured is a stream of events: of
 * shorter turns, getting back into the processor's caches what the others drove out is a part that depends on them.
 */
const TURNS = 5
/** In 500 a person says a plan and travels once. */
const OWN_EVENTS = 5_000
const EVERY_EVENTS = 50
const THEIR_EVENTS: { readonly [name: string]: number } = { 'json-rules-engine': 2, closures: 200 }
const THEIR_USUAL = 35

export interface RivalFigure {
  readonly engine: string
  /** Events per second: one that touches at most ten conditions. */
  readonly rate: number
  /** How many times ours that is faster than it. */
  readonly ratio: number
  /** The same if we evaluated every condition at every event as they do. */
  readonly everyRatio: number
}

export interface Comparison {
  readonly figures: readonly RivalFigure[]
  readonly checked: number
  /** Conditions that one event touched, at most and on average. */
  readonly touchedMost: number
  readonly touchedMean: number
}

/**
 * The same thousand segments by us, who make the facts as well, and by others, who are given them ready. All must agree
 * before anybody's time counts.
 */
export async function benchRivals(rounds: number): Promise<Comparison> {
  const compiled = compileConditions(WISHES.map(conditionOf))
  const person = new Person(compiled, START)
  const stream = life()
  const history: EventRecord[] = []
  const next = (): EventRecord => stream.next().value as EventRecord
  for (let index = 0; index < WARM_UP; index++) {
    const event = next()
    history.push(event)
    person.take(event)
  }
  const rivals = Object.entries(RIVALS).map(([name, make]) => ({
    name,
    decide: make(WISHES.map(ruleOf)),
  }))
  const samples: FactObject[] = []
  for (let check = 0; check < CHECKS; check++) {
    const event = next()
    history.push(event)
    person.take(event)
    const facts = factsOf(history, event.receivedAt)
    samples.push(facts)
    for (const rival of rivals) await agree(rival, facts, person)
  }
  const touched = Array.from(
    { length: 1_000 },
    () => [...compiled.leaves.touched(person.take(next()), new Set())].length,
  )
  const times = await timesOf(rounds, person, rivals, samples, next)
  const own = median(times.own)
  const every = median(times.every)
  const figures = rivals.map(({ name }): RivalFigure => {
    const time = median(times.theirs.get(name) ?? [])
    return { engine: name, rate: 1e6 / time, ratio: time / own, everyRatio: time / every }
  })
  return {
    figures: [
      { engine: 'prisme', rate: 1e6 / own, ratio: 1, everyRatio: own / every },
      { engine: 'prisme, every condition', rate: 1e6 / every, ratio: every / own, everyRatio: 1 },
      ...figures,
    ],
    checked: CHECKS * WISHES.length * rivals.length,
    touchedMost: Math.max(...touched),
    touchedMean: touched.reduce((sum, one) => sum + one, 0) / touched.length,
  }
}

async function agree(
  { name, decide }: { readonly name: string; readonly decide: Rival },
  facts: FactObject,
  person: Person,
): Promise<void> {
  const theirs = await decide(facts)
  const differing = theirs.findIndex((holds, index) => holds !== person.is(index))
  if (differing >= 0) throw new Error(`${name} says otherwise of segment ${differing}`)
}

interface Times {
  /** Microseconds of one event, a value for each turn. */
  readonly own: number[]
  readonly every: number[]
  readonly theirs: Map<string, number[]>
}

/** All take turns of a few milliseconds: whatever else the machine does befalls everybody. */
async function timesOf(
  rounds: number,
  person: Person,
  rivals: readonly { readonly name: string; readonly decide: Rival }[],
  samples: readonly FactObject[],
  next: () => EventRecord,
): Promise<Times> {
  const times: Times = { own: [], every: [], theirs: new Map(rivals.map(({ name }) => [name, []])) }
  for (let turn = -TURNS; turn < rounds * TURNS; turn++) {
    const own = timeOf(OWN_EVENTS, next, (event) => person.take(event))
    const every = timeOf(EVERY_EVENTS, next, (event) => takeAndAskAll(person, event))
    if (turn >= 0) {
      times.own.push(own)
      times.every.push(every)
    }
    for (const { name, decide } of rivals) {
      const count = THEIR_EVENTS[name] ?? THEIR_USUAL
      const begun = process.hrtime.bigint()
      for (let index = 0; index < count; index++) {
        const answer = decide(samples[(turn + TURNS + index) % samples.length] ?? {})
        if (answer instanceof Promise) await answer
      }
      const time = Number(process.hrtime.bigint() - begun) / 1_000 / count
      if (turn >= 0) times.theirs.get(name)?.push(time)
    }
  }
  return times
}

function timeOf(
  count: number,
  next: () => EventRecord,
  work: (event: EventRecord) => void,
): number {
  const events = Array.from({ length: count }, next)
  return timed(() => events.forEach(work)) / count
}

function takeAndAskAll(person: Person, event: EventRecord): void {
  person.take(event)
  const { accounts, segments } = person.compiled
  const judge = judgeAt(person.profile, GRANT_LIFETIME, event.receivedAt, accounts)
  for (const { evaluate } of segments.values()) judge({ evaluate })
}
