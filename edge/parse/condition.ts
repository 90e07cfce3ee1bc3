import {
  CONDITION_LIMITS,
  OPERATORS,
  type Condition,
  type Operator,
  type PerformedCondition,
  type PropertyTest,
  type Test,
} from '../protocol/condition.ts'
import { parseDuration } from '../protocol/duration.ts'
import { CONTEXT_FIELDS, type ContextField } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import type { FieldError, Result } from '../protocol/problem.ts'

type Fields = { readonly [key: string]: unknown }

const TYPES = ['all', 'any', 'not', 'trait', 'account', 'performed', 'context', 'consent'] as const
const COUNT_OPERATORS = ['equals', 'not_equals', 'gt', 'gte', 'lt', 'lte', 'between'] as const
const TEST_KEYS = ['operator', 'value', 'ignoreCase']
const KEYS: { readonly [T in (typeof TYPES)[number]]: readonly string[] } = {
  all: ['conditions'],
  any: ['conditions'],
  not: ['condition'],
  trait: ['trait', ...TEST_KEYS],
  account: ['trait', ...TEST_KEYS],
  performed: ['event', 'where', 'measure', 'operator', 'value', 'window'],
  context: ['field', 'scope', ...TEST_KEYS],
  consent: ['purpose'],
}

/**
 * Reads a condition. Each mistake is told with its path below `path` and a reason that says what would be right;
 * unknown types and keys are refused, and what would cost too much at every event is refused when it is saved.
 */
export function parseCondition(json: unknown, path = 'condition'): Result<Condition> {
  const reader = new Reader()
  const condition = reader.condition(json, path, 1)
  return reader.errors.length === 0 && condition !== undefined
    ? { ok: true, value: condition }
    : { ok: false, errors: reader.errors }
}

class Reader {
  readonly errors: FieldError[] = []
  #nodes = 0

  #refuse(path: string, reason: string): undefined {
    this.errors.push({ path, reason })
  }

  condition(json: unknown, path: string, depth: number): Condition | undefined {
    this.#nodes++
    if (this.#nodes === CONDITION_LIMITS.nodes + 1) {
      this.#refuse(path, `A condition has at most ${CONDITION_LIMITS.nodes} parts`)
    }
    if (this.#nodes > CONDITION_LIMITS.nodes) return undefined
    if (depth > CONDITION_LIMITS.depth) {
      return this.#refuse(path, `Conditions nest at most ${CONDITION_LIMITS.depth} deep`)
    }
    if (!isFields(json)) return this.#refuse(path, 'Must be an object with a "type"')
    const type = TYPES.find((known) => known === json['type'])
    if (type === undefined) {
      return this.#refuse(`${path}.type`, `Must be one of ${TYPES.join(', ')}`)
    }
    this.#knownKeys(json, ['type', ...KEYS[type]], path)
    switch (type) {
      case 'all':
      case 'any':
        return this.#group(type, json['conditions'], `${path}.conditions`, depth)
      case 'not': {
        const condition = this.condition(json['condition'], `${path}.condition`, depth + 1)
        return condition && { type, condition }
      }
      case 'trait':
      case 'account': {
        const trait = this.#text(json['trait'], `${path}.trait`)
        const test = this.#test(json, path)
        return trait === undefined || test === undefined ? undefined : { type, trait, ...test }
      }
      case 'performed':
        return this.#performed(json, path)
      case 'context':
        return this.#context(json, path)
      case 'consent': {
        const purpose = this.#text(json['purpose'], `${path}.purpose`)
        return purpose === undefined ? undefined : { type, purpose }
      }
    }
  }

  #group(type: 'all' | 'any', list: unknown, path: string, depth: number): Condition | undefined {
    if (!Array.isArray(list)) return this.#refuse(path, 'Must be a list of conditions')
    const conditions = list.map((item, index) =>
      this.condition(item, `${path}.${index}`, depth + 1),
    )
    return { type, conditions: conditions.filter((item) => item !== undefined) }
  }

  #performed(json: Fields, path: string): PerformedCondition | undefined {
    const event = this.#events(json['event'], `${path}.event`)
    const where = this.#where(json['where'], `${path}.where`)
    if (json['measure'] !== undefined && json['measure'] !== 'count') {
      this.#refuse(`${path}.measure`, 'Must be count')
    }
    const operator = COUNT_OPERATORS.find((known) => known === json['operator'])
    if (operator === undefined) {
      this.#refuse(`${path}.operator`, `Must be one of ${COUNT_OPERATORS.join(', ')}`)
    }
    const value = this.#count(json['value'], operator === 'between', `${path}.value`)
    const window = this.#window(json['window'], `${path}.window`)
    if (event === undefined || operator === undefined || value === undefined) return undefined
    return {
      type: 'performed',
      event,
      ...(where !== undefined && where.length > 0 && { where }),
      operator,
      value,
      ...(window !== undefined && { window }),
    }
  }

  #events(json: unknown, path: string): string | readonly string[] | undefined {
    if (!Array.isArray(json)) return this.#text(json, path)
    if (json.length === 0) return this.#refuse(path, 'Name at least one event')
    if (json.length > CONDITION_LIMITS.list) return this.#tooLong(path)
    const names = json.map((item, index) => this.#text(item, `${path}.${index}`))
    return names.filter((name) => name !== undefined)
  }

  #where(json: unknown, path: string): readonly PropertyTest[] | undefined {
    if (json === undefined) return undefined
    if (!Array.isArray(json)) return this.#refuse(path, 'Must be a list of property tests')
    const tests: PropertyTest[] = []
    json.forEach((item: unknown, index) => {
      const at = `${path}.${index}`
      this.#nodes++
      if (!isFields(item)) return this.#refuse(at, 'Must be an object with a "property"')
      this.#knownKeys(item, ['property', ...TEST_KEYS], at)
      const property = this.#text(item['property'], `${at}.property`)
      const test = this.#test(item, at)
      if (property !== undefined && test !== undefined) tests.push({ property, ...test })
    })
    return tests
  }

  #count(
    json: unknown,
    isRange: boolean,
    path: string,
  ): number | readonly [number, number] | undefined {
    if (!isRange) {
      if (isCount(json)) return json
      return this.#refuse(path, `Must be a whole number from 0 to ${CONDITION_LIMITS.count}`)
    }
    const [low, high] = Array.isArray(json) && json.length === 2 ? (json as unknown[]) : []
    if (isCount(low) && isCount(high) && low <= high) return [low, high]
    return this.#refuse(path, 'Must be two whole numbers, the lower first')
  }

  #window(json: unknown, path: string): { readonly last: string } | undefined {
    if (json === undefined) return undefined
    if (!isFields(json)) return this.#refuse(path, 'Must be an object such as {"last":"P7D"}')
    this.#knownKeys(json, ['last'], path)
    const { last } = json
    if (typeof last === 'string' && parseDuration(last) !== undefined) return { last }
    return this.#refuse(
      `${path}.last`,
      'Must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, such as P30D or PT30M',
    )
  }

  #context(json: Fields, path: string): Condition | undefined {
    const field: ContextField | undefined = CONTEXT_FIELDS.find((known) => known === json['field'])
    if (field === undefined) {
      this.#refuse(`${path}.field`, `Must be one of ${CONTEXT_FIELDS.join(', ')}`)
    }
    const { scope } = json
    if (scope !== undefined && scope !== 'now' && scope !== 'ever') {
      this.#refuse(`${path}.scope`, 'Must be now or ever')
    }
    const test = this.#test(json, path)
    if (field === undefined || test === undefined) return undefined
    return { type: 'context', field, ...(scope === 'ever' && { scope }), ...test }
  }

  #test(json: Fields, path: string): Test | undefined {
    const operator = OPERATORS.find((known) => known === json['operator'])
    if (operator === undefined) {
      return this.#refuse(`${path}.operator`, `Must be one of ${OPERATORS.join(', ')}`)
    }
    const { ignoreCase } = json
    if (ignoreCase !== undefined && typeof ignoreCase !== 'boolean') {
      this.#refuse(`${path}.ignoreCase`, 'Must be true or false')
    }
    const value = this.#operand(operator, json['value'], `${path}.value`)
    return {
      operator,
      ...(value !== undefined && { value }),
      ...(ignoreCase === true && { ignoreCase }),
    }
  }

  #operand(operator: Operator, value: unknown, path: string): Json | undefined {
    switch (operator) {
      case 'exists':
      case 'not_exists':
        return value === undefined ? undefined : this.#refuse(path, `${operator} takes no value`)
      case 'in':
      case 'not_in':
        if (!Array.isArray(value)) return this.#refuse(path, 'Must be a list')
        if (value.length > CONDITION_LIMITS.list) return this.#tooLong(path)
        return value.every((item) => this.#isScalar(item))
          ? (value as Json)
          : this.#refuse(path, 'Must hold text, numbers or true and false')
      case 'between': {
        const [low, high] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : []
        const isRange =
          this.#isScalar(low) && typeof low === typeof high && typeof low !== 'boolean'
        return isRange && (low as string) <= (high as string)
          ? (value as Json)
          : this.#refuse(path, 'Must be two numbers or two texts, the lower first')
      }
      case 'contains':
      case 'starts_with':
      case 'ends_with':
        return typeof value === 'string' && value !== '' && this.#isScalar(value)
          ? value
          : this.#refuse(path, 'Must be a text that is not empty')
      case 'gt':
      case 'gte':
      case 'lt':
      case 'lte':
        return this.#isScalar(value) && typeof value !== 'boolean'
          ? value
          : this.#refuse(path, 'Must be a number or a text')
      case 'equals':
      case 'not_equals':
        return this.#isScalar(value)
          ? value
          : this.#refuse(path, 'Must be a text, a number, true or false')
    }
  }

  #isScalar(value: unknown): value is string | number | boolean {
    if (typeof value === 'string')
      return value.length <= CONDITION_LIMITS.text && isWellFormed(value)
    return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
  }

  #text(value: unknown, path: string): string | undefined {
    if (typeof value !== 'string' || value === '') {
      return this.#refuse(path, 'Must be a text that is not empty')
    }
    if (value.length > CONDITION_LIMITS.text) return this.#tooLong(path)
    return isWellFormed(value) ? value : this.#refuse(path, 'Holds half a character')
  }

  #tooLong(path: string): undefined {
    return this.#refuse(path, `At most ${CONDITION_LIMITS.list} are allowed`)
  }

  #knownKeys(json: Fields, known: readonly string[], path: string): void {
    for (const key of Object.keys(json)) {
      if (!known.includes(key))
        this.#refuse(`${path}.${key}`, `Unknown; known are ${known.join(', ')}`)
    }
  }
}

const isCount = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= CONDITION_LIMITS.count

const isFields = (json: unknown): json is Fields =>
  typeof json === 'object' && json !== null && !Array.isArray(json)

/** Lone surrogates are changed by storage, so they can never match what they were meant to. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text)
