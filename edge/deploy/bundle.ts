import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What must not be in a deployed Worker: the routes and headers of local and test Workers, and the two ways to run
 * text as code, which Workers forbid anyway.
 */
const FORBIDDEN: readonly (readonly [string, RegExp])[] = [
  ['the test clock', /\/test\/clock/],
  ['the test place header', /x-test-geo/],
  ['the demo workspace', /\/test\/demo|demo-secret/],
  ['eval', /\beval\(/],
  ['new Function', /\bnew Function\b/],
]

/** Reads the JavaScript that wrangler compiled and answers what it holds that it must not. */
export function forbiddenIn(outdir: string, entry: string): readonly string[] {
  const code = readFileSync(join(outdir, entry), 'utf8')
  return FORBIDDEN.filter(([, pattern]) => pattern.test(code)).map(([name]) => name)
}
