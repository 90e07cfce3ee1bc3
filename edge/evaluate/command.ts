import { createReadStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { computedBy } from '../domain/computed/condition.ts'
import { evaluatorOf, type Evaluator } from '../domain/evaluate.ts'
import { edgeScores } from '../domain/score/edge-scores.ts'
import { capsNamed, hasLinks, linkSegments } from '../domain/segment-links.ts'
import { parseCap } from '../parse/cap.ts'
import { parseComputedBy } from '../parse/computed-trait.ts'
import { parseCondition } from '../parse/condition.ts'
import { isObject } from '../parse/inspect.ts'
import { parseJson } from '../parse/json-text.ts'
import { parseInstant } from '../parse/timestamp.ts'
import type { ComputedTrait } from '../protocol/computed-trait.ts'
import type { Json } from '../protocol/json.ts'
import type { FieldError } from '../protocol/problem.ts'
import { DAY, NEVER, type Millis } from '../protocol/time.ts'
import type { CapDefinition } from '../protocol/touch.ts'
import { evidenceOf, tableRow, TABLE_HEAD } from './answer.ts'
import { People } from './people.ts'
import { readLine } from './read-line.ts'

const USAGE = `npm run -s evaluate -- --condition FILE --events FILE [--at INSTANT] [--timezone ZONE] [--traits FILE]
       [--caps FILE] [--table]

Says who a condition holds for, by the code that the edge and the tag decide by. Events are NDJSON: messages of the
Segment Tracking API, events of a person's export, or rows of the lake. One person is one profile or userId, or the
anonymousId of whom the file names no user. --at: the instant that is asked about, now if absent. --timezone: in which
calendar windows begin, UTC if absent. --traits: a list of computed traits, as /api/computed-traits has them,
that the condition may name. --caps: a list of caps, as /api/caps has them, for whose budgets it may ask. --table: for
reading; else one JSON object a person.

Leaves with 0; 1 if lines could not be read, which are named; 2 if nothing could be asked.`

/** Nothing can be asked: said to whoever called, with exit code 2. */
class Unusable extends Error {}

/** An event counts at most so long, as in a new workspace. */
const RETENTION: Millis = 760 * DAY

/** Where a command writes, a line at a time. */
export interface Output {
  readonly line: (text: string) => void
  readonly error: (text: string) => void
}

/** `npm run evaluate` with these arguments. Its exit code. */
export async function evaluateCommand(args: readonly string[], output: Output): Promise<number> {
  try {
    return await answers(args, output)
  } catch (error) {
    if (!(error instanceof Unusable)) throw error
    output.error(error.message)
    return 2
  }
}

async function answers(args: readonly string[], output: Output): Promise<number> {
  const { condition, events, at, timezone, traits, caps: file, isTable } = readArguments(args)
  const computed = traits === undefined ? undefined : computedBy(readTraits(traits))
  const caps = file === undefined ? [] : readCaps(file)
  const where = { timezone, retention: RETENTION, computed, edge: edgeScores(caps) }
  const evaluate = evaluatorOf(readCondition(condition, caps), where)
  const people = new People()
  const unreadable = await readEvents(events, at, people, output)
  if (isTable) output.line(TABLE_HEAD)
  for (const [person, history] of people.all()) {
    output.line(answerLine(person, evaluate({ events: history }, at), isTable))
  }
  if (unreadable > 0) output.error(`${unreadable} lines were left out`)
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

function jsonOf(file: string): Json {
  const json = parseJson(textOf(file))
  if (json.ok) return json.value
  const { line, column } = json.fault
  throw new Unusable(`${file}:${line}:${column}: is no JSON from here on`)
}

/** A list, or a page of one. */
function listIn(file: string, what: string): readonly Json[] {
  const json = jsonOf(file)
  const list = isObject(json) ? json['items'] : json
  if (!Array.isArray(list)) throw new Unusable(`${file}: must be a list of ${what}`)
  return list
}

function unusable(file: string, place: string, errors: readonly FieldError[]): Unusable {
  return new Unusable(
    errors.map(({ path, reason }) => `${file}: ${place}${path}: ${reason}`).join('\n'),
  )
}

function readTraits(file: string): readonly ComputedTrait[] {
  return listIn(file, 'computed traits').map((told, place) => {
    const { key, purposes } = isObject(told) ? told : {}
    const parsed = parseComputedBy(isObject(told) ? told : {})
    if (typeof key !== 'string') throw new Unusable(`${file}: ${place}.key: must be text`)
    if (!parsed.ok) throw unusable(file, `${place}.`, parsed.errors)
    const named = Array.isArray(purposes) ? purposes.map(String) : []
    return { ...parsed.value, key, ...(named.length > 0 && { purposes: named }) }
  })
}

function readCaps(file: string): readonly CapDefinition[] {
  return listIn(file, 'caps').map((told, place) => {
    const parsed = parseCap(told)
    if (!parsed.ok) throw unusable(file, `${place}.`, parsed.errors)
    return parsed.value
  })
}

function readCondition(file: string, caps: readonly CapDefinition[]) {
  const parsed = parseCondition(jsonOf(file))
  if (!parsed.ok) throw unusable(file, '', parsed.errors)
  if (hasLinks(parsed.value)) {
    throw new Unusable(
      `${file}: it names other segments, which are not here: write their conditions in their place`,
    )
  }
  const named = capsNamed(parsed.value)
  const limited = caps.find(
    ({ id, key, thresholds }) =>
      thresholds.length > 0 && (named.includes(id) || named.includes(key)),
  )
  if (limited !== undefined) {
    throw new Unusable(
      `${file}: the cap “${limited.key}” has thresholds for segments, which are not here: give it without them`,
    )
  }
  const linked = linkSegments(parsed.value, undefined, [], caps)
  if (!linked.ok) throw unusable(file, '', linked.errors)
  return linked.value
}

/** Reads line by line, keeping what happened by then; a line that cannot be read costs the others nothing. */
async function readEvents(
  file: string,
  at: Millis,
  people: People,
  output: Output,
): Promise<number> {
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
        output.error(`${file}:${place}: ${read.reason}`)
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

function readArguments(args: readonly string[]) {
  const values = optionsOf(args)
  const { condition, events, timezone, traits, caps } = values
  if (condition === undefined || events === undefined) throw new Unusable(USAGE)
  const at = values.at === undefined ? Date.now() : parseInstant(values.at)
  if (at === undefined) throw new Unusable(`--at ${values.at}: must be an ISO 8601 instant`)
  try {
    Intl.DateTimeFormat('en', { timeZone: timezone })
  } catch {
    throw new Unusable(`--timezone ${timezone}: is no time zone, such as Europe/Paris`)
  }
  return { condition, events, at, timezone, traits, caps, isTable: values.table }
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
        traits: { type: 'string' },
        caps: { type: 'string' },
        table: { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    throw new Unusable(`${(error as Error).message}\n\n${USAGE}`)
  }
}
