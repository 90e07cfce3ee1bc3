import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ROOT } from './command.ts'

const FOLDER = resolve(ROOT, process.env['PRISME_DATA'] ?? '../shared/data')

/**
 * Path of a real data file below `PRISME_DATA`, or null, having said so, when it is not on this machine: the test
 * then skips (`test.skipIf(path === null)`).
 */
export function dataFile(name: string): string | null {
  const path = join(FOLDER, name)
  if (existsSync(path)) return path
  console.warn(`skipped: ${name} is not below PRISME_DATA (${FOLDER})`)
  return null
}
