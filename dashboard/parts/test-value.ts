import type { Operator, Test } from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'

/** How a compared value is typed in: the API compares text with text and numbers with numbers, and never guesses. */
export type ValueKind = 'text' | 'number' | 'boolean'

/** What an operator is compared with. */
export type ValueShape = 'none' | 'one' | 'list' | 'pair'

export function shapeOf(operator: Operator): ValueShape {
  switch (operator) {
    case 'exists':
    case 'not_exists':
      return 'none'
    case 'in':
    case 'not_in':
      return 'list'
    case 'between':
      return 'pair'
    default:
      return 'one'
  }
}

/** Order compares numbers, parts of text compare text; equality takes any kind. */
export function kindsOf(operator: Operator): readonly ValueKind[] {
  switch (operator) {
    case 'equals':
    case 'not_equals':
      return ['text', 'number', 'boolean']
    case 'in':
    case 'not_in':
      return ['text', 'number']
    case 'before':
    case 'after':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return ['text']
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return ['number', 'text']
    case 'exists':
    case 'not_exists':
      return []
  }
}

export function kindOf(value: Json | undefined): ValueKind {
  const sample: Json | undefined = isList(value) ? value[0] : value
  if (typeof sample === 'number') return 'number'
  if (typeof sample === 'boolean') return 'boolean'
  return 'text'
}

/** The same test by another operator, its value carried over as far as the new operator can use it. */
export function withOperator<T extends Test>(test: T, operator: Operator): T {
  const kinds = kindsOf(operator)
  const kind = kindOf(test.value)
  const first = kinds[0]
  const { value: _, ...rest } = test
  const next = { ...rest, operator } as unknown as T
  if (first === undefined) return withoutCase(next)
  if (operator === 'before' || operator === 'after') {
    return withoutCase({ ...next, value: isDay(test.value) ? test.value : today() })
  }
  // From "is" to "is more than", numbers are what people mean; text that is no number stays text.
  const wanted = kinds.includes(kind) && !(kind === 'text' && first === 'number') ? kind : first
  return withoutCase({ ...next, value: reshaped(test.value, shapeOf(operator), wanted) })
}

const isDay = (value: Json | undefined): value is string =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))

const today = (): string => new Date().toISOString().slice(0, 10)

/** The same test with its value read as another kind. */
export function withKind<T extends Test>(test: T, kind: ValueKind): T {
  return withoutCase({ ...test, value: reshaped(test.value, shapeOf(test.operator), kind) })
}

/** Whether it makes a difference to a test in which case a text is written. */
export function hasCase({ operator, value }: Test): boolean {
  switch (operator) {
    case 'equals':
    case 'not_equals':
    case 'in':
    case 'not_in':
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return kindOf(value) === 'text'
    default:
      return false
  }
}

/** A test that compares no text has no need to say how. */
function withoutCase<T extends Test>(test: T): T {
  const { ignoreCase: _, ...rest } = test
  return hasCase(test) ? test : (rest as unknown as T)
}

function reshaped(value: Json | undefined, shape: ValueShape, kind: ValueKind): Json {
  const values = (isList(value) ? value : value === undefined ? [] : [value]).map((item) =>
    typed(item, kind),
  )
  const first = values[0] ?? typed('', kind)
  if (shape === 'list') return values.filter((item) => item !== '')
  if (shape === 'pair') return [first, values[1] ?? first]
  return first
}

/** One value in another kind; what cannot be read becomes that kind's neutral value. */
export function typed(value: Json, kind: ValueKind): Json {
  if (kind === 'text') return typeof value === 'string' ? value : String(value)
  if (kind === 'number') {
    const number = typeof value === 'boolean' ? Number.NaN : Number(value)
    return Number.isFinite(number) ? number : 0
  }
  return value === true || value === 'true'
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value)
}
