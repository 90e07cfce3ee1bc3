import type { PropertyTest, Test } from '../../protocol/condition.ts'
import type { Json, JsonObject } from '../../protocol/json.ts'
import { DAY, type Millis } from '../../protocol/time.ts'
import { compileTest } from '../operator.ts'

const first = (value: Json | undefined): Json | undefined =>
  Array.isArray(value) ? (value as readonly Json[])[0] : value

/** Values a test may be passed by, the plainest first; those that do not pass it are among them. */
function guesses({ operator, value }: Test): readonly (Json | undefined)[] {
  const plain = first(value)
  const high = Array.isArray(value) ? (value as readonly Json[]).at(-1) : undefined
  const near =
    typeof plain === 'number'
      ? [plain, plain + 1, plain - 1, plain + 0.5, plain - 0.5]
      : typeof plain === 'string'
        ? [plain, `${plain}~`, '', nextDay(plain, DAY), nextDay(plain, -2 * DAY), 'other']
        : typeof plain === 'boolean'
          ? [plain, !plain]
          : []
  if (operator === 'exists' || operator === 'not_exists') return ['something', undefined]
  return [...near, high, 0, 'other', undefined]
}

const nextDay = (text: string, later: Millis): string | undefined => {
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : new Date(at + later).toISOString()
}

/** The plainest value that passes a test, or one that does not; undefined as the value: none at all. */
export function witness(
  test: Test,
  passes: boolean,
  zone: string,
): { readonly value: Json | undefined } | undefined {
  const accepts = compileTest(test, zone)
  for (const value of guesses(test)) if (accepts(value) === passes) return { value }
  return undefined
}

/** Properties by which an event passes all of some tests; undefined: none were found. */
export function propertiesFor(
  tests: readonly PropertyTest[],
  zone: string,
  known: JsonObject = {},
): JsonObject | undefined {
  let properties = known
  // Tests of one property are passed by one value.
  for (const path of new Set(tests.map(({ property }) => property))) {
    const ofPath = tests.filter(({ property }) => property === path)
    const accepts = ofPath.map((test) => compileTest(test, zone))
    const isFit = (guess: Json | undefined) => accepts.every((accept) => accept(guess))
    const value = ofPath.flatMap(guesses).find(isFit)
    if (!isFit(value)) return undefined
    if (value !== undefined) properties = withValueAt(properties, path.split('.'), value)
  }
  return properties
}

/** An object with a value at a path, all else as it was. */
export function withValueAt(
  object: JsonObject,
  [name = '', ...path]: readonly string[],
  value: Json,
): JsonObject {
  if (path.length === 0) return { ...object, [name]: value }
  const inner = object[name]
  const known =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? (inner as JsonObject)
      : {}
  return { ...object, [name]: withValueAt(known, path, value) }
}
