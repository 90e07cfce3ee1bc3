import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { evaluatorOf, type Evaluator } from '../domain/evaluate.ts'
import { hasLinks } from '../domain/segment-links.ts'
import { parseCondition } from '../parse/condition.ts'
import { parseJson } from '../parse/json-text.ts'
import { parseInstant } from '../parse/timestamp.ts'
import { DAY, NEVER, type Millis } from '../protocol/time.ts'
import { evidenceOf, tableRow, TABLE_HEAD } from './answer.ts'
import { People } from './people.ts'
import { readLine } from './read-line.ts'

const USAGE = `npm run -s evaluate -- --condition FILE --events FILE [--at INSTANT] [--timezone ZONE] [--table]

Says who a condition holds for, by the code that the edge and the tag decide by. Events are NDJSON: messages of the
Segment Tracking API, events of a person's export, or rows of the lake. One person is one profile or userId, or the
anonymousId of whom the file names no user. --at: the instant that is asked about, now if absent. --timezone: in which
calendar windows begin, UTC if absent. --table: for reading; else one JSON object a person.

Leaves with 0; 1 if lines could not be read, which are named; 2 if nothing could be asked.`

/** Nothing can be asked: said to whoever called, with exit code 2. */
class Unusable extends Error {}

/** An event counts at most so long, as in a new workspace. */
const RETENTION: Millis = 760 * DAY

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Unusable)) throw error
  console.error(error.message)
  process.exitCode = 2
}

async function main(): Promise<number> {
  const { condition, events, at, timezone, isTable } = readArguments()
  const evaluate = evaluatorOf(readCondition(condition), { timezone, retention: RETENTION })
  const people = new People()
  const unreadable = await readEvents(events, at, people)
  if (isTable) process.stdout.write(`${TABLE_HEAD}\n`)
  for (const [person, history] of people.all()) {
    process.stdout.write(`${answerLine(person, evaluate({ events: history }, at), isTable)}\n`)
  }
  if (unreadable > 0) console.error(`${unreadable} lines were left out`)
  return unreadable > 0 ? 1 : 0
}

function answerLine(person: string, answer: ReturnType<Evaluator>, isTable: boolean): string {
  const { holds, until, clause } = answer
  const stands = until === NEVER ? null : new Date(until).toISOString()
  const evidence = evidenceOf(clause)
  return isTable
    ? tableRow(person, holds, stands, evidence)
    : JSON.stringify({ person, holds, until: stands, evidence })
}

function readCondition(file: string) {
  const json = parseJson(textOf(file))
  if (!json.ok) {
    const { line, column } = json.fault
    throw new Unusable(`${file}:${line}:${column}: is no JSON from here on`)
  }
  const parsed = parseCondition(json.value)
  if (parsed.ok && hasLinks(parsed.value)) {
    throw new Unusable(
      `${file}: it names other segments, which are not here: write their conditions in their place`,
    )
  }
  if (parsed.ok) return parsed.value
  throw new Unusable(
    parsed.errors.map(({ path, reason }) => `${file}: ${path}: ${reason}`).join('\n'),
  )
}

/** Reads line by line, keeping what happened by then; a line that cannot be read costs the others nothing. */
async function readEvents(file: string, at: Millis, people: People): Promise<number> {
  const input = createReadStream(pathOf(file))
  let unreadable = 0
  let place = 0
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      place += 1
      // A person's export has one event a line between a head and an end.
      const text = line.trim().replace(/(?<=\})(,|\]\})$/, '')
      if (text === '' || text === ']}' || (place === 1 && text.endsWith('"events":['))) continue
      const read = readLine(text, place)
      if (!read.ok) {
        unreadable += 1
        console.error(`${file}:${place}: ${read.reason}`)
      } else if (read.told.event.timestamp <= at) people.add(read.told)
    }
  } catch (error) {
    throw new Unusable(`${file}: ${(error as Error).message}`)
  }
  return unreadable
}

function textOf(file: string): string {
  try {
    return readFileSync(pathOf(file), 'utf8')
  } catch (error) {
    throw new Unusable(`${file}: ${(error as Error).message}`)
  }
}

/** npm runs scripts in the project's folder; a path is meant from where npm was called. */
function pathOf(file: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', file)
}

function readArguments() {
  const values = optionsOf(process.argv.slice(2))
  const { condition, events, timezone } = values
  if (condition === undefined || events === undefined) throw new Unusable(USAGE)
  const at = values.at === undefined ? Date.now() : parseInstant(values.at)
  if (at === undefined) throw new Unusable(`--at ${values.at}: must be an ISO 8601 instant`)
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch {
    throw new Unusable(`--timezone ${timezone}: is no time zone, such as Europe/Paris`)
  }
  return { condition, events, at, timezone, isTable: values.table }
}

function optionsOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        condition: { type: 'string' },
        events: { type: 'string' },
        at: { type: 'string' },
        timezone: { type: 'string', default: 'UTC' },
        table: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new Unusable(`${(error as Error).message}\n\n${USAGE}`)
  }
}
