import { Engine } from 'json-rules-engine'
import jsonLogic, { type RulesLogic } from 'json-logic-js'
import { Query } from 'mingo'
import sift from 'sift'

/** A test of one ready-made fact. */
export interface FactTest {
  readonly fact: string
  readonly operator: 'gte' | 'in' | 'not_in'
  readonly value: number | readonly string[]
}

export type FactObject = { readonly [fact: string]: number | string }

/** All tests must pass. */
export type FactRule = readonly FactTest[]

/** Which of its rules hold of some facts. */
export type Rival = (facts: FactObject) => readonly boolean[] | Promise<readonly boolean[]>

/** Others that decide by facts somebody else made ready, each given the rules in its own language. */
export const RIVALS: { readonly [name: string]: (rules: readonly FactRule[]) => Rival } = {
  'json-rules-engine': jsonRulesEngine,
  'json-logic-js': (rules) => {
    const compiled = rules.map(logicOf)
    return (facts) => compiled.map((rule) => jsonLogic.apply(rule, facts) === true)
  },
  sift: (rules) => {
    const filters = rules.map((rule) => sift(queryOf(rule)))
    return (facts) => filters.map((filter) => filter(facts))
  },
  mingo: (rules) => {
    const queries = rules.map((rule) => new Query(queryOf(rule)))
    return (facts) => queries.map((query) => query.test(facts))
  },
  closures: (rules) => {
    const closures = rules.map(closureOf)
    return (facts) => closures.map((closure) => closure(facts))
  },
}

const JSON_RULES = { gte: 'greaterThanInclusive', in: 'in', not_in: 'notIn' } as const

function jsonRulesEngine(rules: readonly FactRule[]): Rival {
  const engine = new Engine()
  for (const [index, rule] of rules.entries()) {
    engine.addRule({
      name: String(index),
      conditions: {
        all: rule.map(({ fact, operator, value }) => ({
          fact,
          operator: JSON_RULES[operator],
          value,
        })),
      },
      event: { type: 'held' },
    })
  }
  return async (facts) => {
    const { results } = await engine.run(facts)
    const held = new Set(results.map(({ name }) => name))
    return rules.map((_, index) => held.has(String(index)))
  }
}

const logicOf = (rule: FactRule): RulesLogic =>
  ({
    and: rule.map(({ fact, operator, value }) => {
      const known = { var: fact }
      if (operator === 'gte') return { '>=': [known, value] }
      return operator === 'in' ? { in: [known, value] } : { '!': [{ in: [known, value] }] }
    }),
  }) as RulesLogic

const queryOf = (rule: FactRule) => {
  const names = { gte: '$gte', in: '$in', not_in: '$nin' }
  return Object.fromEntries(
    rule.map(({ fact, operator, value }) => [fact, { [names[operator]]: value }]),
  )
}

function closureOf(rule: FactRule): (facts: FactObject) => boolean {
  const tests = rule.map(({ fact, operator, value }): ((facts: FactObject) => boolean) => {
    if (typeof value === 'number') return (facts) => Number(facts[fact]) >= value
    const wanted = new Set<unknown>(value)
    return operator === 'in'
      ? (facts) => wanted.has(facts[fact])
      : (facts) => !wanted.has(facts[fact])
  })
  return (facts) => tests.every((test) => test(facts))
}
