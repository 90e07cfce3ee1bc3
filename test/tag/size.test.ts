import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompressSync, constants } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TagSettings } from '../../edge/protocol/collect.ts'

/** What every page loads at start, brotli 11. */
const BUDGET = 5_000
/**
 * What only some pages load besides: those with placements, those with a consent platform, and those that judge segments
 * by themselves, with the edge's whole evaluator.
 */
const PART_BUDGETS = { render: 550, signals: 1_000, onDevice: 18_000 }

const ROOT = join(import.meta.dirname, '../..')
const folders = [0, 1].map((i) => mkdtempSync(join(tmpdir(), `prisme-tag-${i}-`)))

interface Bundle {
  readonly core: string
  readonly parts: { readonly [fileName: string]: string }
  readonly partNames: TagSettings['parts']
  readonly script: (settings: TagSettings) => string
}
let bundle: Bundle

beforeAll(async () => {
  const rollup = join(ROOT, 'node_modules/rollup/dist/bin/rollup')
  const args = [rollup, '-c', join(ROOT, 'tag/rollup.config.js'), '--silent']
  for (const folder of folders) {
    // From another folder each time: nothing of the machine may get into the bytes.
    await promisify(execFile)(process.execPath, args, {
      cwd: folder === folders[0] ? ROOT : folder,
      env: { ...process.env, TAG_DIST: folder },
    })
  }
  bundle = (await import(join(folders[0] as string, 'bundle.js'))) as Bundle
}, 120_000)

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

const compressed = (source: string): number =>
  brotliCompressSync(source, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length

const settings: TagSettings = {
  writeKey: 'demo',
  consent: 'implied',
  lifetime: 395 * 86_400_000,
  origin: 'https://data.example.com',
  parts: { render: '0123456789.js', signals: '9876543210.js' },
}

test('what every page loads at start is within the budget', () => {
  const size = compressed(bundle.script({ ...settings, parts: bundle.partNames }))
  expect(size).toBeGreaterThan(1_000) // the tag itself, not an empty file
  expect(size).toBeLessThan(BUDGET)
})

test.each(Object.entries(PART_BUDGETS))('the part “%s” is within its budget', (part, budget) => {
  const source = bundle.parts[bundle.partNames[part] ?? '']
  expect(compressed(source ?? '')).toBeLessThanOrEqual(budget)
})

test('two builds give the same bytes', () => {
  const [first, second] = folders.map((folder) => readFileSync(join(folder, 'bundle.js'), 'utf8'))
  expect(first).toBe(second)
})

test('every part has a name, and its name its content', () => {
  expect(Object.values(bundle.partNames)).toEqual(Object.keys(bundle.parts))
  for (const name of Object.keys(bundle.parts)) expect(name).toMatch(/^[0-9a-f]{10}\.js$/)
})

test('settings cannot end the script element, nor the line, nor name a replacement pattern', () => {
  const hostile = { ...settings, writeKey: "</script><!--\u2028$&$'" }
  const script = bundle.script(hostile)
  expect(script).not.toMatch(/<\/script|<!--|\u2028|__PRISME_SETTINGS__/i)
  expect(script).toContain("$&$'")
})

test('the tag says nothing on the console and compiles nothing', () => {
  const source = [bundle.core, ...Object.values(bundle.parts)].join('\n')
  expect(source).not.toMatch(
    /console\.|\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write/,
  )
})
