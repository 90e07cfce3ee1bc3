import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { DataSet, Message, Row } from './data-set.ts'
import { openDataFile } from './read-file.ts'
import { sendAll } from './send.ts'
import { Tally } from './tally.ts'

const USAGE = `npm run replay -- FILE [--edge ORIGIN] [--key SECRET] [--rate EVENTS_PER_SECOND] [--limit EVENTS] [--keep-dates]

Sends a real file as events through the public API. Dates are shifted so that the last event is now;
--keep-dates sends them as they are. Files: rees46, diginetica, online_retail, complete_journey (transactions),
as CSV, gzipped or not.`

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

async function main(): Promise<number> {
  const { path, edge, key, rate, limit, keepDates } = readArguments()
  if (!statSync(path, { throwIfNoEntry: false })?.isFile())
    throw new Error(`There is no file ${path}.`)
  const { dataSet, rows } = await openDataFile(path)
  const { total, last, skipped } = await survey(dataSet, rows(), limit)
  if (total === 0) throw new Error(`${path} holds no event.`)
  const shift = keepDates ? 0 : Date.now() - last
  const days = Math.round(shift / 86_400_000)
  console.log(`${dataSet.name}: ${total} events${keepDates ? '' : `, dates moved by ${days} days`}`)
  for (const [reason, count] of skipped) console.log(`  ${count} rows left out: ${reason}`)

  const interruption = new AbortController()
  process.once('SIGINT', () => interruption.abort())
  const tally = new Tally()
  const start = performance.now()
  const stopProgress = showProgress(tally, total)
  try {
    await sendAll(
      first(
        dataSet.messages(rows(), () => undefined),
        limit,
      ),
      { edge, key, shift, signal: interruption.signal, ...(rate !== undefined && { rate }) },
      tally,
    )
  } finally {
    stopProgress()
    report(tally, performance.now() - start)
  }
  if (interruption.signal.aborted) {
    console.log(`interrupted: ${total - tally.sent} events were not sent`)
    return 130
  }
  return tally.addsUp && tally.failed === 0 ? 0 : 1
}

function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      edge: { type: 'string', default: 'http://127.0.0.1:8787' },
      key: { type: 'string', default: 'demo-secret' },
      rate: { type: 'string' },
      limit: { type: 'string' },
      'keep-dates': { type: 'boolean', default: false },
    },
  })
  const [file] = positionals
  if (file === undefined || positionals.length > 1) throw new Error(USAGE)
  const rate = positive('rate', values.rate)
  return {
    // npm runs scripts in the project's folder; the path is meant from where npm was called.
    path: resolve(process.env['INIT_CWD'] ?? '.', file),
    edge: values.edge.replace(/\/$/, ''),
    key: values.key,
    rate,
    limit: positive('limit', values.limit) ?? Number.POSITIVE_INFINITY,
    keepDates: values['keep-dates'],
  }
}

function positive(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined
  const parsed = Number(value)
  if (!(parsed > 0))
    throw new Error(`--${name} ${value}: must be a number greater than 0\n\n${USAGE}`)
  return parsed
}

/** Reads the file once, sending nothing: how many events it makes, and when the last happened. */
async function survey(dataSet: DataSet, rows: AsyncIterable<Row>, limit: number) {
  const skipped = new Map<string, number>()
  const skip = (reason: string) => void skipped.set(reason, (skipped.get(reason) ?? 0) + 1)
  let total = 0
  let last = Number.NEGATIVE_INFINITY
  for await (const { timestamp } of first(dataSet.messages(rows, skip), limit)) {
    total += 1
    last = Math.max(last, timestamp)
  }
  return { total, last, skipped }
}

async function* first(messages: AsyncIterable<Message>, limit: number): AsyncIterable<Message> {
  let count = 0
  for await (const message of messages) {
    if (count >= limit) return
    count += 1
    yield message
  }
}

/** One line, rewritten on a terminal, else every five seconds. Returns the way to stop. */
function showProgress(tally: Tally, total: number): () => void {
  const { isTTY } = process.stdout
  const start = performance.now()
  const timer = setInterval(
    () => {
      const elapsed = (performance.now() - start) / 1_000
      const rate = tally.sent / elapsed
      const left = rate > 0 ? `${Math.ceil((total - tally.sent) / rate)} s left` : 'waiting'
      const share = Math.floor((100 * tally.sent) / total)
      const retries = tally.retries > 0 ? `, ${tally.retries} retries` : ''
      const line = `${tally.sent}/${total} (${share} %), ${Math.round(rate)}/s, ${left}${retries}`
      process.stdout.write(isTTY ? `\r\u001B[K${line}` : `${line}\n`)
    },
    isTTY ? 250 : 5_000,
  )
  return () => {
    clearInterval(timer)
    if (isTTY) process.stdout.write('\r\u001B[K')
  }
}

function report(tally: Tally, elapsed: number): void {
  const seconds = elapsed / 1_000
  console.log(`${tally.equation}  (${seconds.toFixed(1)} s, ${Math.round(tally.sent / seconds)}/s)`)
  for (const [reason, count] of tally.reasons) console.log(`  ${count} ${reason}`)
  if (!tally.addsUp)
    console.error('The totals do not add up: the edge gave too few or too many verdicts.')
}
