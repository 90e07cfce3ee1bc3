import { basename } from 'node:path'
import { expect } from 'vitest'

let turn: number | undefined

/**
 * The looks (language, colours, width) in which a test of a page is run: everyday one of them, another for the next
 * test of the file, so that all occur; all of them with `VITE_LOOKS=all`. Call it where tests are listed.
 */
export function looksOf<Look>(looks: readonly Look[]): readonly Look[] {
  if (process.env['VITE_LOOKS'] === 'all') return looks
  turn ??= [...basename(expect.getState().testPath ?? '')].length
  return [looks[turn++ % looks.length] as Look]
}
