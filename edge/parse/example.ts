import { z } from 'zod'
import { CONTEXT_FIELDS, LIMITS } from '../protocol/event.ts'
import { EXAMPLE_LIMITS, type ExamplePerson } from '../protocol/example.ts'
import type { JsonObject } from '../protocol/json.ts'
import type { FieldError, Result } from '../protocol/problem.ts'
import { inspect } from './inspect.ts'
import { parseInstant } from './timestamp.ts'

const PURPOSE = /^[a-z][a-z0-9-]{0,63}$/

const text = (max: number) =>
  z
    .string('must be text')
    .trim()
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)

/** Any instant that events may carry, as ISO 8601 text in UTC. */
const instant = z
  .union([z.string(), z.number()], 'must be an ISO 8601 instant, such as 2026-01-31T12:00:00Z')
  .transform((value, context) => {
    const at = parseInstant(value)
    if (at !== undefined) return new Date(at).toISOString()
    context.addIssue({
      code: 'custom',
      message: 'must be an ISO 8601 instant, such as 2026-01-31T12:00:00Z',
    })
    return z.NEVER
  })

/** What an event could say as well: bounded as events are. */
const object = z
  .custom<JsonObject>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'must be an object',
  )
  .superRefine((value, context) => {
    const fault = inspect({ value })
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `is ${fault.reason}` })
    if (Object.keys(value).length > LIMITS.properties) {
      context.addIssue({ code: 'custom', message: `has more than ${LIMITS.properties} entries` })
    }
  })

const context = z.strictObject(
  Object.fromEntries(CONTEXT_FIELDS.map((field) => [field, text(300).optional()])),
  'must be an object',
)

const event = z.strictObject(
  {
    event: text(LIMITS.eventNameLength),
    timestamp: instant,
    properties: object.optional(),
    context: context.optional(),
  },
  'must be an object: an event',
)

const list = <Item extends z.ZodType>(item: Item, max: number, what: string) =>
  z.array(item, `must be a list of ${what}`).max(max, `must have at most ${max} entries`)

const person = z.strictObject(
  {
    name: text(100),
    matches: z.boolean('must be true or false'),
    at: instant,
    events: list(event, EXAMPLE_LIMITS.events, 'events'),
    traits: object.optional(),
    accounts: list(
      z.strictObject({ id: text(LIMITS.identifierLength), traits: object.optional() }),
      EXAMPLE_LIMITS.accounts,
      'accounts',
    ).optional(),
    consent: z
      .record(
        z.string().regex(PURPOSE, 'must be the name of a purpose'),
        z.boolean('must be true or false'),
        'must be an object',
      )
      .optional(),
  },
  'must be an object: a person',
)

const people = list(person, EXAMPLE_LIMITS.people, 'people').superRefine((all, context) => {
  const taken = new Set<string>()
  for (const [place, { name }] of all.entries()) {
    if (taken.has(name)) {
      context.addIssue({ code: 'custom', path: [place, 'name'], message: 'is another’s name too' })
    }
    taken.add(name)
  }
  if (JSON.stringify(all).length > EXAMPLE_LIMITS.characters) {
    const most = `${EXAMPLE_LIMITS.characters} characters of JSON`
    context.addIssue({ code: 'custom', message: `must have at most ${most} together` })
  }
})

/**
 * Reads the example people of a segment. Each mistake is told with its path below `path`; unknown keys are refused;
 * instants come back in UTC.
 */
export function parseExamples(json: unknown, path = 'examples'): Result<readonly ExamplePerson[]> {
  const parsed = people.safeParse(json)
  if (parsed.success) return { ok: true, value: parsed.data as readonly ExamplePerson[] }
  return { ok: false, errors: parsed.error.issues.flatMap((issue) => faultsOf(issue, path)) }
}

function faultsOf(issue: z.core.$ZodIssue, root: string): readonly FieldError[] {
  const path = [root, ...issue.path.map(String)].join('.')
  return issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => ({ path: `${path}.${key}`, reason: 'is not known here' }))
    : [{ path, reason: issue.message }]
}
