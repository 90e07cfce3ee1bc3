import type { Test } from '../protocol/condition.ts'
import type { Json } from '../protocol/json.ts'
import { namedTime } from './named-time.ts'

export type Accepts = (value: Json | undefined) => boolean

/** Text compares after NFC, so that the two ways to write `é` are one. */
const fold = (text: string, ignoreCase: boolean): string => {
  const normal = text.normalize('NFC')
  return ignoreCase ? normal.toLowerCase() : normal
}

const isScalar = (value: Json): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/**
 * Compiles a comparison. With an absent value (undefined, null) it is false for every operator but `not_exists`:
 * the rule of absent data. A list on the event's side matches if one of its elements does, except for the negative
 * operators, where none may match. `zone`: IANA name of the time zone in which days begin.
 */
export function compileTest({ operator, value, ignoreCase = false }: Test, zone: string): Accepts {
  switch (operator) {
    case 'exists':
      return (actual) => actual !== undefined && actual !== null
    case 'not_exists':
      return (actual) => actual === undefined || actual === null
    case 'equals':
      return some(equals(value, ignoreCase))
    case 'not_equals':
      return none(equals(value, ignoreCase))
    case 'in':
      return some(among(value, ignoreCase))
    case 'not_in':
      return none(among(value, ignoreCase))
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return some(textual(operator, value, ignoreCase))
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return some(ordered(operator, value))
    case 'before':
    case 'after':
      return some(dated(operator, value, zone))
  }
}

type Matches = (actual: string | number | boolean) => boolean

/** Before a day is before its first instant, after it once it is over. */
function dated(operator: 'before' | 'after', value: Json | undefined, zone: string): Matches {
  const wanted = namedTime(value, zone)
  return (actual) => {
    const named = namedTime(actual, zone)
    if (named === undefined || wanted === undefined) return false
    if (operator === 'before') return named.from < wanted.from
    return wanted.to > wanted.from ? named.from >= wanted.to : named.from > wanted.to
  }
}

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)

const some =
  (matches: Matches): Accepts =>
  (actual) => {
    if (actual === undefined || actual === null) return false
    if (isList(actual)) return actual.some((item) => isScalar(item) && matches(item))
    return isScalar(actual) && matches(actual)
  }

const none =
  (matches: Matches): Accepts =>
  (actual) => {
    if (actual === undefined || actual === null) return false
    if (isList(actual)) return !actual.some((item) => isScalar(item) && matches(item))
    return isScalar(actual) && !matches(actual)
  }

function equals(expected: Json | undefined, ignoreCase: boolean): Matches {
  if (typeof expected !== 'string') return (actual) => actual === expected
  const text = fold(expected, ignoreCase)
  return (actual) => typeof actual === 'string' && fold(actual, ignoreCase) === text
}

function among(expected: Json | undefined, ignoreCase: boolean): Matches {
  const items = isList(expected) ? expected : []
  const texts = new Set<string>()
  const others = new Set<Json>()
  for (const item of items) {
    if (typeof item === 'string') texts.add(fold(item, ignoreCase))
    else others.add(item)
  }
  return (actual) =>
    typeof actual === 'string' ? texts.has(fold(actual, ignoreCase)) : others.has(actual)
}

function textual(
  operator: 'contains' | 'starts_with' | 'ends_with',
  expected: Json | undefined,
  ignoreCase: boolean,
): Matches {
  const part = fold(String(expected), ignoreCase)
  return (actual) => {
    if (typeof actual !== 'string') return false
    const text = fold(actual, ignoreCase)
    if (operator === 'contains') return text.includes(part)
    return operator === 'starts_with' ? text.startsWith(part) : text.endsWith(part)
  }
}

/** Numbers compare as numbers, text by code unit (which orders ISO 8601 dates); never one with the other. */
function ordered(
  operator: 'gt' | 'gte' | 'lt' | 'lte' | 'between',
  expected: Json | undefined,
): Matches {
  const [low, high] = isList(expected) ? expected : [expected, expected]
  return (actual) => {
    if (low === undefined || low === null || typeof actual !== typeof low) return false
    switch (operator) {
      case 'gt':
        return actual > low
      case 'gte':
        return actual >= low
      case 'lt':
        return actual < low
      case 'lte':
        return actual <= low
      case 'between':
        return (
          high !== undefined &&
          high !== null &&
          typeof high === typeof low &&
          actual >= low &&
          actual <= high
        )
    }
  }
}

/** The value at a dotted path. Own properties only: `constructor` is a name like any other. */
export function valueAt(object: Json | undefined, path: readonly string[]): Json | undefined {
  let value: Json | undefined = object
  for (const name of path) {
    if (typeof value !== 'object' || value === null || isList(value)) return undefined
    if (!Object.hasOwn(value, name)) return undefined
    value = (value as { readonly [key: string]: Json })[name]
  }
  return value
}
