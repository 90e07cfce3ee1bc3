import fc from 'fast-check'
import { expect, test } from 'vitest'
import { periodStart } from '../../edge/domain/calendar.ts'
import { startOfPeriod } from '../../edge/domain/periods.ts'
import { CALENDAR_UNITS } from '../../edge/protocol/condition.ts'
import { DAY, MINUTE } from '../../edge/protocol/time.ts'

test('what is known of a calendar is what the calendar says, whatever was asked before', () => {
  const instants = fc.oneof(
    fc.integer({ min: 0, max: 60 * 366 * 24 * 60 }).map((minute) => minute * MINUTE),
    // Around a change of the clocks.
    fc
      .integer({ min: -3_000, max: 3_000 })
      .map((n) => Date.parse('2026-04-04T12:00:00Z') + n * MINUTE),
    fc
      .integer({ min: -2_000, max: 2_000 })
      .map((n) => Date.parse('2026-03-29T00:00:00Z') + n * DAY),
  )
  fc.assert(
    fc.property(
      instants,
      fc.constantFrom(...CALENDAR_UNITS),
      fc.constantFrom('UTC', 'Europe/Paris', 'America/Santiago', 'Africa/Cairo', 'Pacific/Apia'),
      fc.integer({ min: -24, max: 2 }),
      (at, unit, zone, offset) => {
        expect(startOfPeriod(at, unit, zone, offset)).toBe(periodStart(at, unit, zone, offset))
      },
    ),
    { numRuns: 2_000, seed: 20_261_126 },
  )
})
