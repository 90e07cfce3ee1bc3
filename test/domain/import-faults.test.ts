import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { withFaults } from '../../edge/domain/import-faults.ts'
import type { ImportRowError } from '../../edge/protocol/import.ts'

const error: fc.Arbitrary<ImportRowError> = fc
  .tuple(
    fc.integer({ min: 2, max: 99 }),
    fc.constantFrom('not-a-date', 'not-a-number'),
    fc.constantFrom(undefined, 'a', 'b'),
  )
  .map(([row, reason, column]) => ({ row, reason, ...(column !== undefined && { column }) }))

test('bad rows are counted by what is wrong with them, slice by slice as if at once', () => {
  fc.assert(
    fc.property(fc.array(error), fc.nat(), (errors, cut) => {
      const at = errors.length === 0 ? 0 : cut % errors.length
      const groups = withFaults(withFaults([], errors.slice(0, at)), errors.slice(at))
      expect(groups.reduce((sum, { rows }) => sum + rows, 0)).toBe(errors.length)
      for (const { reason, column, rows, first } of groups) {
        const own = errors.filter((each) => each.reason === reason && each.column === column)
        expect([rows, first]).toEqual([own.length, own.slice(0, 5).map(({ row }) => row)])
      }
      const counts = groups.map(({ rows }) => rows)
      expect(counts).toEqual([...counts].sort((a, b) => b - a))
    }),
  )
})

test('no more groups are told apart than a record can hold', () => {
  const errors = Array.from({ length: 1_000 }, (_, row) => ({ row, reason: `r${row}` }))
  expect(withFaults([], errors)).toHaveLength(200)
})
