import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build } from './build.ts'
import { ensureChromium } from './chromium.ts'
import { ROOT, run } from './command.ts'

/**
 * `npm test`: everything that must hold before a change is kept. Format, lint, types and the two builds count as one
 * check each, then every test of every Vitest project. `npm test -- NAME…` runs the tests of matching files alone.
 *
 * The last line is `N passed, N failed`, with `, N skipped` if any was. The lines before it name every test that passed
 * at its second try only.
 */
const only = process.argv.slice(2)
const counts = { passed: 0, failed: 0, skipped: 0 }
/** Tests that failed before they passed: named, so that they are mended. */
const secondTries: string[] = []

if (only.length === 0) {
  await check('tag builds', () => build('tag', say)) // the types of what it compiles to are checked below
  await Promise.all([
    check('dashboard builds', () => build('dashboard', say)),
    check('format', () => mustPass('oxfmt', ['--check', '.'])),
    check('lint', () => mustPass('oxlint', [])),
    check('types', () => mustPass('tsc', ['-b'])),
  ])
} else {
  await build('tag', say)
  await build('dashboard', say)
}
await test()

const { passed, failed, skipped } = counts
for (const name of secondTries) say(`passed at its second try only: ${name}`)
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
process.exitCode = failed > 0 ? 1 : 0

/** One check: what it throws is why it failed. */
async function check(name: string, perform: () => Promise<unknown>): Promise<void> {
  const start = performance.now()
  try {
    await perform()
    counts.passed += 1
    say(`✓ ${name} (${seconds(start)})`)
  } catch (error) {
    counts.failed += 1
    say(`✗ ${name} (${seconds(start)})\n${error instanceof Error ? error.message : String(error)}`)
  }
}

async function mustPass(command: string, args: readonly string[]): Promise<void> {
  const { code, output } = await run(command, args)
  if (code !== 0) throw new Error(output.trim())
}

/** What Vitest's JSON report tells of one file. */
interface FileReport {
  readonly name: string
  readonly status: string
  readonly message: string
  readonly assertionResults: readonly {
    readonly status: string
    readonly fullName: string
    /** Of every try. */
    readonly failureMessages: readonly string[]
  }[]
}

/** Every Vitest project. A file that could not even be loaded counts as one failure. */
async function test(): Promise<void> {
  const chromium = await ensureChromium(say).catch((error: Error) => {
    say(`✗ ${error.message}`)
    return null
  })
  if (!chromium) counts.failed += 1
  const folder = mkdtempSync(join(tmpdir(), 'prisme-test-'))
  const report = join(folder, 'report.json')
  try {
    const { code } = await run(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...only],
      {
        show: true,
        env: {
          ...(chromium && { CHROMIUM: chromium }),
          FORCE_COLOR: process.stdout.isTTY ? '1' : '0',
        },
      },
    )
    const failedBefore = counts.failed
    for (const file of readReport(report)) tally(file)
    // Errors outside any test make Vitest fail as well: they must not pass unseen.
    if (code !== 0 && counts.failed === failedBefore) counts.failed += 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readReport(path: string): readonly FileReport[] {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { testResults: FileReport[] }).testResults
  } catch {
    return [] // Vitest did not get as far; its exit code counts as the failure
  }
}

function tally({ name, status, assertionResults }: FileReport): void {
  const of = (wanted: string) =>
    assertionResults.filter((result) => result.status === wanted).length
  const failedTests = of('failed')
  counts.passed += of('passed')
  counts.failed += failedTests > 0 ? failedTests : Number(status === 'failed')
  for (const { status: outcome, fullName, failureMessages } of assertionResults) {
    if (outcome === 'passed' && failureMessages.length > 0) {
      secondTries.push(`${relative(ROOT, name)} > ${fullName}`)
    }
  }
  counts.skipped += of('skipped') + of('pending') + of('todo')
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`
}

function say(line: string): void {
  console.log(line)
}
