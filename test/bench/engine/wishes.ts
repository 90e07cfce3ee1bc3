import type { Condition } from '../../../edge/protocol/condition.ts'
import type { EventRecord } from '../../../edge/protocol/event.ts'
import { DAY, HOUR, type Millis } from '../../../edge/protocol/time.ts'
import { track } from '../../domain/build.ts'
import type { FactObject, FactRule } from './rivals.ts'
import { seeded } from './rounds.ts'

const SEGMENTS = 1_000
const CATEGORIES = 200
const WINDOWS = [1, 3, 7, 14] as const
const PLANS = ['gold', 'silver', 'free', 'trial'] as const
const COUNTRIES = ['FR', 'BE', 'DE', 'ES', 'IT', 'PT'] as const
export const START: Millis = Date.parse('2026-01-01T00:00:00Z')

/** Who looked at a category so often in so many days, has a plan, and is not from some countries. */
export interface Wish {
  readonly category: string
  readonly days: (typeof WINDOWS)[number]
  readonly times: number
  readonly plans: readonly string[]
  readonly notFrom: readonly string[]
}

export const WISHES: readonly Wish[] = Array.from({ length: SEGMENTS }, (_, index) => {
  const turn = Math.floor(index / CATEGORIES)
  return {
    category: `category ${index % CATEGORIES}`,
    days: WINDOWS[turn % WINDOWS.length] ?? 1,
    times: 1 + (turn % 5),
    plans: PLANS.slice(index % 3, (index % 3) + 2),
    notFrom: COUNTRIES.slice(index % 4, (index % 4) + 2),
  }
})

export const conditionOf = ({ category, days, times, plans, notFrom }: Wish): Condition => ({
  type: 'all',
  conditions: [
    {
      type: 'performed',
      event: 'Product Viewed',
      where: [{ property: 'category', operator: 'equals', value: category }],
      operator: 'gte',
      value: times,
      window: { last: `P${days}D` },
    },
    { type: 'trait', trait: 'plan', operator: 'in', value: plans },
    { type: 'context', field: 'country', operator: 'not_in', value: notFrom },
  ],
})

const countName = (category: string, days: number) => `${category}: ${days} days`

export const ruleOf = ({ category, days, times, plans, notFrom }: Wish): FactRule => [
  { fact: countName(category, days), operator: 'gte', value: times },
  { fact: 'plan', operator: 'in', value: plans },
  { fact: 'country', operator: 'not_in', value: notFrom },
]

/** A person who looks at something every few minutes, says another plan now and then, and travels. */
export function* life(): Generator<EventRecord> {
  const random = seeded(20_261_126)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  let at = START
  let country = pick(COUNTRIES)
  for (let index = 0; ; index++) {
    at += Math.ceil(random() * 0.2 * HOUR)
    if (index % 500 === 499) country = pick(COUNTRIES)
    if (index % 500 === 0) {
      const traits = { plan: pick(PLANS) }
      yield track('Identified', at, {}, { type: 'identify', traits, context: { country } })
      continue
    }
    const category = `category ${Math.floor(random() * CATEGORIES)}`
    yield track('Product Viewed', at, { category }, { context: { country } })
  }
}

/** The facts as somebody would have made them ready. */
export function factsOf(events: readonly EventRecord[], now: Millis): FactObject {
  const facts: { [fact: string]: number | string } = {}
  for (const { category, days } of WISHES) facts[countName(category, days)] = 0
  for (const { name, properties, timestamp, traits, context } of events) {
    if (typeof traits?.['plan'] === 'string') facts['plan'] = traits['plan']
    if (context.country !== undefined) facts['country'] = context.country
    if (name !== 'Product Viewed') continue
    for (const days of WINDOWS) {
      const key = countName(String(properties['category']), days)
      if (timestamp > now - days * DAY && key in facts) facts[key] = Number(facts[key]) + 1
    }
  }
  return facts
}
