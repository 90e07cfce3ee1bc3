import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { faultOffset, parseJson } from '../../edge/parse/json-text.ts'

test.each([
  ['{"a":}', 1, 6],
  ['', 1, 1],
  ['{"a":1,}', 1, 8],
  ['[1,2', 1, 5],
  ['{"a":1}x', 1, 8],
  ['nul', 1, 4],
  ['[1.]', 1, 4],
  ['[-]', 1, 3],
  ['"\\u12"', 1, 6],
  ['{\n  "a": 1,\n  b: 2\n}', 3, 3],
  ['[01]', 1, 3],
  ['["a\tb"]', 1, 4],
  ['{"a" 1}', 1, 6],
])('%j fails at line %i, column %i', (text, line, column) => {
  expect(parseJson(text)).toMatchObject({ ok: false, fault: { line, column } })
})

/** V8 names the offset for some faults; there it must be ours. */
function offsetByEngine(text: string): number | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    const named = /at position (\d+)/.exec(String(error))
    return named?.[1] === undefined ? undefined : Number(named[1])
  }
}

test('the place agrees with the engine wherever the engine names one', () => {
  const piece = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '1',
    '-',
    '0.5',
    'true',
    'n',
    ' ',
    '\n',
    '\\',
    '\\u00',
  )
  let compared = 0
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('')
      const parsed = parseJson(text)
      if (parsed.ok) return
      expect(parsed.fault.offset).toBe(faultOffset(text))
      expect(parsed.fault.offset).toBeLessThanOrEqual(text.length)
      // What stands before the fault is the beginning of some JSON text: the fault is where it stops being one.
      const engine = offsetByEngine(text)
      if (engine === undefined) return
      compared++
      expect({ text, offset: parsed.fault.offset }).toEqual({ text, offset: engine })
    }),
    { numRuns: 5_000 },
  )
  expect(compared).toBeGreaterThan(500)
})

test('a valid text has no fault before its end', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(parseJson(text).ok).toBe(true)
      expect(faultOffset(text)).toBe(text.length)
    }),
  )
})

test('a million brackets that never close cost no stack', () => {
  expect(faultOffset('['.repeat(1_000_000))).toBe(1_000_000)
})
