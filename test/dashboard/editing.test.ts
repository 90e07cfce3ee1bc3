import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCondition } from '../../dashboard/parts/condition-json.ts'
import { fromFields, toFields } from '../../dashboard/parts/content-fields.ts'
import { formatIso, largestUnits, readDuration } from '../../dashboard/parts/duration.ts'
import { fieldErrors, ProblemError } from '../../dashboard/parts/problem.ts'
import { snippet } from '../../dashboard/parts/snippet.ts'
import { kindOf, kindsOf, withKind, withOperator } from '../../dashboard/parts/test-value.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import { OPERATORS, type PropertyTest } from '../../edge/protocol/condition.ts'

describe('durations', () => {
  test('what is typed is what is read back, in the largest unit', () => {
    const units = fc.constantFrom(
      'day' as const,
      'hour' as const,
      'minute' as const,
      'second' as const,
    )
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), units, (amount, unit) => {
        const read = readDuration(formatIso({ amount, unit }))
        expect(read && readDuration(formatIso(read))).toEqual(read)
      }),
    )
    expect(readDuration('P1DT12H')).toEqual({ amount: 36, unit: 'hour' })
    expect(readDuration('P2W')).toEqual({ amount: 14, unit: 'day' })
    expect(readDuration('P1M')).toBeNull()
  })

  test.each([
    [(3 * 24 + 4) * 3_600_000 + 59_000, ['3 day', '4 hour']],
    [3 * 86_400_000 + 59_000, ['3 day']],
    [61_900, ['1 minute', '1 second']],
    [-5, ['0 second']],
  ])('%d ms is told by its two largest units', (span, expected) => {
    expect(largestUnits(span).map(({ amount, unit }) => `${amount} ${unit}`)).toEqual(expected)
  })
})

test('a test stays one the edge accepts, whatever operator and kind are chosen in turn', () => {
  const choice = fc.record({ operator: fc.constantFrom(...OPERATORS), kind: fc.nat() })
  fc.assert(
    fc.property(fc.array(choice, { minLength: 1, maxLength: 6 }), (choices) => {
      let edited: PropertyTest = {
        property: 'price',
        operator: 'equals',
        value: '12',
        ignoreCase: true,
      }
      for (const { operator, kind } of choices) {
        edited = withOperator(edited, operator)
        const kinds = kindsOf(operator)
        const chosen = kinds[kind % Math.max(1, kinds.length)]
        if (chosen !== undefined) {
          edited = withKind(edited, chosen)
          if (edited.operator !== 'in' && edited.operator !== 'not_in') {
            expect(kindOf(edited.value)).toBe(chosen)
          }
        }
      }
      const { property, ...rest } = edited
      // What is empty still has to be filled in by a person.
      fc.pre(!(Array.isArray(rest.value) && rest.value.length === 0) && rest.value !== '')
      expect(parseCondition({ type: 'trait', trait: property, ...rest })).toMatchObject({
        ok: true,
      })
    }),
  )
})

test('case is ignored only where text is compared', () => {
  const named: PropertyTest = { property: 'p', operator: 'equals', value: 'Été', ignoreCase: true }
  expect(withOperator(named, 'in')).toEqual({ ...named, operator: 'in', value: ['Été'] })
  expect(withOperator(named, 'gt')).toEqual({ property: 'p', operator: 'gt', value: 0 })
  expect(withOperator(named, 'exists')).toEqual({ property: 'p', operator: 'exists' })
  expect(withKind(named, 'boolean')).toEqual({ property: 'p', operator: 'equals', value: false })
})

test('JSON that is none is told with its place, other mistakes with their path', () => {
  expect(readCondition('{\n  "type": }')).toMatchObject({ fault: { line: 2 } })
  expect(readCondition('{"type":"all","conditions":[{"type":"psychic"}]}')).toMatchObject({
    errors: [{ path: 'condition.conditions.0.type' }],
  })
})

test('content keeps its types, and text that looks like a number stays text', () => {
  const content = { title: '42', discount: 10, tags: ['a'] }
  expect(fromFields(toFields(content), content)).toEqual(content)
  expect(fromFields([{ name: 'discount', value: '15' }], content)).toEqual({ discount: 15 })
})

test('an error stands at the field that owns its path, the rest is not lost', () => {
  const error = new ProblemError({
    type: 'about:blank',
    title: 'Invalid',
    status: 400,
    errors: [
      { path: 'condition.conditions.0.operator', reason: 'is unknown' },
      { path: 'conditions', reason: 'is no field' },
    ],
  })
  expect(fieldErrors(error, ['name', 'condition'])).toEqual({
    byField: { condition: 'conditions.0.operator: is unknown' },
    rest: [{ path: 'conditions', reason: 'is no field' }],
  })
})

test('a write key cannot break out of the snippet', () => {
  const made = snippet('https://data.example.com/', '"></script><script>alert(1)')
  expect(made.match(/<script/g)).toHaveLength(2)
  expect(made).toContain('https://data.example.com/t/')
})
