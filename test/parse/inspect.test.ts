import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { inspect, textBytes } from '../../edge/parse/inspect.ts'
import type { JsonObject } from '../../edge/protocol/json.ts'

test('the size of a text is what it takes as JSON in UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(textBytes(text)).toBe(Buffer.byteLength(JSON.stringify(text)))
    }),
    { numRuns: 2_000 },
  )
})

test('half a surrogate pair is seen wherever it stands', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', '\udbff', '\udc00', '\udfff'),
      fc.string({ unit: 'grapheme-ascii' }),
      (before, half, after) => {
        expect(textBytes(before + half + after)).toBe(-1)
      },
    ),
  )
})

test('an event of more bytes than allowed is refused, of fewer never', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.string({ maxLength: 12_000 }), { maxKeys: 6 }),
      (event) => {
        const bytes = Buffer.byteLength(JSON.stringify(event))
        expect(inspect(event as JsonObject)?.reason).toBe(
          bytes > 32 * 1024 ? 'too-large' : undefined,
        )
      },
    ),
  )
})
