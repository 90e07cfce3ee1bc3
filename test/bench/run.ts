import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../command.ts'
import { benchAppetence } from './appetence.ts'
import { benchBackFill } from './back-fill.ts'
import { benchEdge } from './edge.ts'
import { benchEngine } from './engine.ts'
import { HISTORY_SIZES } from './engine/hostile.ts'
import { benchExactTime } from './exact-time.ts'
import { benchImports } from './imports.ts'
import { benchMerges } from './merges.ts'
import { benchPreview } from './preview.ts'
import { benchScores } from './scores.ts'
import { TAG_BUDGET, tagSizes } from './tag-size.ts'

/**
 * `npm run bench [-- tag edge engine imports merges exact-time back-fill preview scores appetence --rounds N --seconds N --rows N --merges N --people N --profiles N --conditions N]`: each benchmark prints a table
 * and writes JSON to `.prisme/bench/`. Without names: all of them.
 */
const BENCHMARKS: { readonly [name: string]: () => Promise<unknown> } = {
  tag: benchTag,
  edge: benchTheEdge,
  engine: benchTheEngine,
  imports: benchTheImports,
  merges: benchTheMerges,
  'exact-time': benchTheExactTime,
  'back-fill': benchTheBackFill,
  preview: benchThePreview,
  scores: benchTheScores,
  appetence: benchTheAppetence,
}
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    rows: { type: 'string', default: '20000' },
    merges: { type: 'string', default: '100' },
    people: { type: 'string', default: '10000' },
    profiles: { type: 'string', default: '20000' },
    conditions: { type: 'string', default: '200' },
  },
})
/** Events of each of two profiles that become one. */
const MERGED_EVENTS = 1_000
const FOLDER = join(resolve(ROOT, process.env['STATE_DIR'] || '.prisme'), 'bench')

const names = positionals.length > 0 ? positionals : Object.keys(BENCHMARKS)
for (const name of names) {
  const benchmark = BENCHMARKS[name]
  if (!benchmark) {
    console.error(`Unknown benchmark ${name}. Known: ${Object.keys(BENCHMARKS).join(', ')}`)
    process.exit(1)
  }
  console.log(`\n${name}`)
  const results = await benchmark()
  const file = join(FOLDER, `${name}.json`)
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ ...surroundings(), results }, null, 2)}\n`)
  console.log(`written to ${file}`)
}

async function benchTheAppetence() {
  const tests = benchAppetence(Number(values.people))
  console.table(
    tests.map(({ name, messages, rate, error, lift, auc }) => ({
      'back-test': name,
      messages,
      'reacted to': rate.toFixed(3),
      'off by, mean of tenths': error.toFixed(3),
      'lift of the last tenth': lift.toFixed(2),
      AUC: auc.toFixed(3),
    })),
  )
  for (const { name, points } of tests) {
    console.log(`${name}: foretold / observed by tenths`)
    console.log(points.map((one) => cell(one.expected, one.actual, 0, 3)).join('  '))
  }
  return tests
}

async function benchTag() {
  const sizes = await tagSizes(console.log)
  console.table(
    sizes.map(({ file, isEager, ...bytes }) => ({
      file,
      loaded: isEager ? 'at start' : 'later',
      ...bytes,
    })),
  )
  const atStart = sizes
    .filter(({ isEager }) => isEager)
    .reduce((sum, { brotli }) => sum + brotli, 0)
  console.log(`${atStart} bytes brotli at start, of ${TAG_BUDGET}`)
  return sizes
}

async function benchTheEdge() {
  const results = await benchEdge({
    rounds: Number(values.rounds),
    duration: Number(values.seconds) * 1_000,
    say: console.log,
  })
  console.table(
    results.map(({ scenario, concurrency, edge, reference, ratio }) => ({
      scenario,
      concurrency,
      'requests/s, edge / reference': cell(edge.rate, reference.rate, ratio.rate, 0),
      'p50 ms': cell(edge.p50, reference.p50, ratio.p50, 2),
      'p99 ms': cell(edge.p99, reference.p99, ratio.p99, 2),
    })),
  )
  return results
}

async function benchTheEngine() {
  const figures = await benchEngine(Number(values.rounds), console.log)
  console.table(
    figures.scaling.map((figure) => ({
      segments: figure.segments,
      'all of the ten, median µs': figure.sharing.toFixed(1),
      'against 10': figure.sharingRatio.toFixed(2),
      'mean µs': figure.sharingMean.toFixed(1),
      'against 10 ': figure.meanRatio.toFixed(2),
      'others beside, median µs': figure.others.toFixed(1),
      'against 10  ': figure.othersRatio.toFixed(2),
      'mean µs ': figure.othersMean.toFixed(1),
      'against 10   ': figure.othersMeanRatio.toFixed(2),
    })),
  )
  const { figures: rivals, checked, touchedMost, touchedMean } = figures.rivals
  console.table(
    rivals.map(({ engine, rate, ratio, everyRatio }) => ({
      engine,
      'events/s': Math.round(rate),
      'we are faster': ratio.toFixed(1),
      'with every condition': everyRatio.toFixed(2),
    })),
  )
  console.log(
    `${checked} answers equal; an event touched ${touchedMost} conditions at most, ${touchedMean.toFixed(1)} on average`,
  )
  console.table(
    figures.hostile.map(({ history, times, ratio, exponent }) => ({
      history,
      ...Object.fromEntries(
        times.map((time, at) => [`µs after ${HISTORY_SIZES[at]}`, time.toFixed(0)]),
      ),
      'against the median event': ratio.toFixed(1),
      'slope exponent': exponent.toFixed(2),
    })),
  )
  return figures
}

async function benchTheImports() {
  const figures = await benchImports(Number(values.rows), console.log)
  console.table(figures)
  return figures
}

async function benchTheScores() {
  const figures = benchScores(Number(values.rounds), console.log)
  console.table(
    figures.ingest.map(({ scores, micros, ratio }) => ({
      scores,
      'µs an event': micros.toFixed(1),
      'against off': ratio.toFixed(3),
    })),
  )
  console.table([figures.fit])
  console.table([figures.refresh])
  return figures
}

async function benchTheMerges() {
  const figures = await benchMerges(Number(values.merges), MERGED_EVENTS, console.log)
  console.table(
    figures.map(({ events, merges, p50, p99 }) => ({
      'events of each': events,
      merges,
      'p50 ms': p50.toFixed(1),
      'p99 ms': p99.toFixed(1),
    })),
  )
  return figures
}

async function benchTheExactTime() {
  const figures = await benchExactTime(Number(values.people), console.log)
  console.table(figures)
  return { figures, load: loadavg() }
}

async function benchTheBackFill() {
  const results = await benchBackFill(Number(values.people), Number(values.rounds), console.log)
  console.table(
    results.figures.map(({ rate, cpuRate, memory, ...what }) => ({
      ...what,
      'profiles/s': Math.round(rate),
      'of processor time': Math.round(cpuRate),
      'MB at most': memory,
    })),
  )
  console.table(results.slopes)
  console.log(
    `${results.marginalRate.toFixed(0)} more profiles take a second of processor time more`,
  )
  console.table(results.ingest)
  return { ...results, load: loadavg() }
}

async function benchThePreview() {
  const [rounds, profiles, conditions] = [values.rounds, values.profiles, values.conditions]
  const sizes = [Number(rounds), Number(profiles), Number(conditions)] as const
  const figures = await benchPreview(...sizes, console.log)
  console.table(
    figures.estimates.map(({ p50, p99, computed, ...figure }) => ({
      ...figure,
      'p50 ms': p50.toFixed(0),
      'p99 ms': p99.toFixed(0),
      'computed ms': computed.toFixed(0),
    })),
  )
  console.table(
    figures.counts.map(({ quiet, counting, seconds, ...figure }) => ({
      ...figure,
      seconds: seconds.toFixed(1),
      'p50 ms of an event, counting / quiet': cell(
        counting.p50,
        quiet.p50,
        counting.p50 / quiet.p50,
        1,
      ),
      'p99 ms': cell(counting.p99, quiet.p99, counting.p99 / quiet.p99, 1),
    })),
  )
  if (figures.coverage !== undefined) console.table([figures.coverage])
  return { figures, load: loadavg() }
}

function cell(edge: number, reference: number, ratio: number, digits: number): string {
  return `${edge.toFixed(digits)} / ${reference.toFixed(digits)} = ${ratio.toFixed(2)}`
}

/** What figures are worth nothing without. */
function surroundings() {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const [processor] = cpus()
  return {
    at: new Date().toISOString(),
    commit: commit.trim(),
    machine: {
      processors: cpus().length,
      model: processor?.model ?? 'unknown',
      node: process.version,
    },
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
  }
}
