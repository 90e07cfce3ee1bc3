import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withHabit } from '../../dashboard/parts/lifecycle-edit.ts'
import {
  boundsOf,
  comparedOf,
  comparisonsOf,
  measureOf,
  withComparison,
  withMeasure,
} from '../../dashboard/parts/measure-edit.ts'
import { withBound, withSteps } from '../../dashboard/parts/sequence-edit.ts'
import { withOperator } from '../../dashboard/parts/test-value.ts'
import {
  fromLocal,
  kindOfWindow,
  newWindow,
  toLocal,
  WINDOW_KINDS,
} from '../../dashboard/parts/window-edit.ts'
import { parseCondition } from '../../edge/parse/condition.ts'
import {
  LIFECYCLES,
  MEASURES,
  OPERATORS,
  type LifecycleCondition,
  type PerformedCondition,
  type SequenceCondition,
} from '../../edge/protocol/condition.ts'

const NOW = Date.parse('2026-05-04T10:20:30.400Z')
const bought: PerformedCondition = {
  type: 'performed',
  event: 'Order Completed',
  operator: 'gte',
  value: 3,
}
const accepted = { ok: true }

describe('what is measured', () => {
  const edits = fc.array(
    fc.record({
      measure: fc.constantFrom(...MEASURES),
      operator: fc.constantFrom(...OPERATORS),
      comparison: fc.nat(),
      value: fc.constantFrom<PerformedCondition['value'][]>(
        undefined,
        'P7D',
        ['P7D', 'PT1H'],
        ['10', '9'],
        -2.5,
        [-2.5, 1_500],
      ),
      window: fc.constantFrom(...WINDOW_KINDS),
      offset: fc.integer({ min: -2, max: 0 }),
    }),
    { minLength: 1, maxLength: 6 },
  )

  test('a line stays one the edge accepts, whatever measure and comparison are chosen in turn', () => {
    fc.assert(
      fc.property(edits, (list) => {
        let leaf = bought
        for (const { measure, operator, comparison, value, window, offset } of list) {
          // A person chose what only some measures can use: the next one takes it over or does without.
          const span = newWindow(window, NOW)
          leaf = {
            ...leaf,
            ...(value !== undefined && { value }),
            ...(span !== undefined && {
              window: 'calendar' in span ? { ...span, offset } : span,
            }),
          }
          leaf = withMeasure(leaf, measure)
          const comparisons = comparisonsOf(measure)
          leaf =
            comparedOf(measure) === 'any'
              ? withOperator(leaf, operator)
              : withComparison(leaf, comparisons[comparison % comparisons.length] ?? 'gte')
          if (leaf.property !== undefined) leaf = { ...leaf, property: 'revenue' }
          // What is empty still has to be filled in by a person.
          fc.pre(leaf.value !== '' && !(Array.isArray(leaf.value) && leaf.value.length === 0))
          fc.pre(measureOf(leaf) === 'recency' || comparedOf(measure) !== 'any' || isInOrder(leaf))
          expect(parseCondition(leaf)).toMatchObject(accepted)
          expect(measureOf(leaf)).toBe(measure)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test.each<[string, PerformedCondition, PerformedCondition]>([
    [
      'a count becomes a sum of what is to be named',
      withMeasure(bought, 'sum'),
      { ...bought, measure: 'sum', property: '' },
    ],
    [
      'a sum becomes a count again, of nothing but events',
      withMeasure({ ...bought, measure: 'sum', property: 'revenue', value: 2.6 }, 'count'),
      bought,
    ],
    [
      'time since has a time, and no window that begins late',
      withMeasure({ ...bought, window: { between: ['P1D', 'P2D'] } }, 'recency'),
      { ...bought, measure: 'recency', value: 'P7D' },
    ],
    [
      'one bound becomes two',
      withComparison(bought, 'between'),
      { ...bought, operator: 'between', value: [3, 3] },
    ],
    [
      'two bounds become the lower',
      withComparison({ ...bought, operator: 'between', value: [2, 5] }, 'lt'),
      { ...bought, operator: 'lt', value: 2 },
    ],
  ])('%s', (_, edited, expected) => {
    expect(edited).toEqual(expected)
  })
})

/** Between two values that a person has yet to put in order. */
const isInOrder = ({ operator, value }: PerformedCondition): boolean => {
  if (operator !== 'between') return true
  const [low, high] = boundsOf(value)
  return Number(low) <= Number(high)
}

describe('windows', () => {
  test.each(WINDOW_KINDS)('a new one of the kind "%s" is of that kind and accepted', (kind) => {
    const window = newWindow(kind, NOW)
    expect(kindOfWindow(window)).toBe(kind)
    expect(parseCondition(window === undefined ? bought : { ...bought, window })).toMatchObject(
      accepted,
    )
  })

  test('an instant is shown in the viewer’s zone to the second, and read back from there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
        const at = new Date(seconds * 1_000)
        // The hour that clocks show twice in autumn is read as the first of the two.
        fc.pre(new Date(at.getTime() - 3_600_000).getTimezoneOffset() === at.getTimezoneOffset())
        const text = at.toISOString()
        expect(Date.parse(fromLocal(toLocal(text)) ?? '')).toBe(at.getTime())
      }),
    )
    expect(fromLocal('')).toBeNull()
  })
})

describe('sequences', () => {
  const steps: SequenceCondition['steps'] = [
    { event: 'A' },
    { event: 'B', within: 'PT30M', immediately: true },
    { event: 'C' },
  ]
  const sequence: SequenceCondition = { type: 'sequence', steps, total: 'P1D' }

  test('whoever becomes the first step forgets the step before', () => {
    const without = withSteps(sequence, steps.slice(1))
    expect(without).toEqual({ ...sequence, steps: [{ event: 'B' }, { event: 'C' }] })
    expect(parseCondition(without)).toMatchObject(accepted)
  })

  test('a bound is set, and left out again without a trace', () => {
    expect(withBound(sequence, 'total', 'P2D')).toEqual({ ...sequence, total: 'P2D' })
    expect(withBound(sequence, 'total', undefined)).toEqual({ type: 'sequence', steps })
  })
})

test('a habit chosen in place of another is accepted, with periods or without', () => {
  const habit: LifecycleCondition = {
    type: 'lifecycle',
    event: 'Order Completed',
    is: 'stopped',
    period: 'P30D',
    of: 4,
  }
  for (const is of LIFECYCLES) expect(parseCondition(withHabit(habit, is))).toMatchObject(accepted)
  expect(withHabit(habit, 'returned')).toEqual({ ...habit, is: 'returned' })
})
