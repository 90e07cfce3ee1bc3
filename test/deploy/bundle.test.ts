import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { forbiddenIn } from '../../edge/deploy/bundle.ts'
import { run } from '../command.ts'
import { build } from '../build.ts'

const folder = mkdtempSync(join(tmpdir(), 'prisme-bundle-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Compiles an entry as a deployment does. */
async function compiled(entry: string): Promise<string> {
  await build('tag', () => undefined)
  const { code, output } = await run('wrangler', [
    'deploy',
    entry,
    '--dry-run',
    `--outdir=${folder}`,
  ])
  expect(code, output).toBe(0)
  return folder
}

test('the deployed Worker holds no test route, no demo credential and runs no text as code', async () => {
  expect(forbiddenIn(await compiled('edge/index.ts'), 'index.js')).toEqual([])
}, 60_000)

test('the same look finds them in the Worker of tests', async () => {
  expect(forbiddenIn(await compiled('test/worker.ts'), 'worker.js')).toEqual([
    'the test clock',
    'the test place header',
    'the demo workspace',
  ])
}, 60_000)
