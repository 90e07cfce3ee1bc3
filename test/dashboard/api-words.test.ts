import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { conditionJsonSchema } from '../../edge/parse/condition-schema.ts'
import { inWords, speaker, type Phrases } from '../../dashboard/parts/api-words.ts'

const ROOT = join(import.meta.dirname, '../..')
const phrases = JSON.parse(
  readFileSync(join(ROOT, 'dashboard/locales/api-fr.json'), 'utf8'),
) as Phrases
const say = speaker(phrases)

/** Where fields are refused, and what begins like a reason there but is none, or is one of its codes. */
const FOLDERS = ['edge/parse', 'edge/routes']
const BEGINNING =
  /^(must|is|has at most|has more|has a key|has no|names|needs a|holds|comes after|cannot be|does not hold) /i
const SENTENCE = /[a-z]\.( |$)/
const NO_REASON = new Set(['Has the count wait', 'Has the count go on', 'is 7'])

/** Texts of a file that begin like a reason, `7` where something is filled in. */
function reasonsOf(file: string): readonly string[] {
  const code = readFileSync(file, 'utf8').replaceAll(/\/\*.*?\*\//gs, '')
  return [...code.matchAll(/'([^'\n]+)'|`([^`\n]+)`/g)]
    .map(([, plain, filled]) => plain ?? filled?.replaceAll(/\$\{[^}]*\}/g, '7') ?? '')
    .filter((text) => BEGINNING.test(text) && !SENTENCE.test(text) && !NO_REASON.has(text))
}

/** Every description in a JSON Schema, down to its last part. */
const descriptionsIn = (schema: unknown, found = new Set<string>()): ReadonlySet<string> => {
  if (typeof schema !== 'object' || schema === null) return found
  if ('description' in schema && typeof schema.description === 'string') {
    found.add(schema.description)
  }
  for (const part of Object.values(schema)) descriptionsIn(part, found)
  return found
}

test('every reason for which a field is refused has French words', () => {
  const reasons = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .flatMap((name) => reasonsOf(join(ROOT, folder, name))),
  )
  expect(reasons.length).toBeGreaterThan(150)
  expect(reasons.filter((reason) => say(reason) === reason)).toEqual([])
})

test('what the schema of conditions says of each of its parts has French words', () => {
  const said = descriptionsIn(conditionJsonSchema())
  expect(said.size).toBeGreaterThan(50)
  expect([...said].filter((description) => say(description) === description)).toEqual([])
})

test('both languages fill in as much', () => {
  const holes = (text: string) => text.split('{}').length
  expect(phrases.filter(([english, french]) => holes(english) !== holes(french))).toEqual([])
})

test.each([
  ['Must be at most 12', 'Doit être au plus 12'],
  ['must be at most 30: no more is kept', 'doit être au plus 30\u00a0: on n’en garde pas plus'],
  ['must have at most 5 steps', 'doit avoir au plus 5 étapes'],
  ['Part 3 of this file has 9 bytes.', 'La partie 3 de ce fichier a 9 octets.'],
  ['nobody ever said that', 'nobody ever said that'],
])('%s: %s', (english, french) => {
  expect(say(english)).toBe(french)
})

test('a problem is told in other words, and stays the problem it is', () => {
  const problem = { type: 'about:blank', title: 'Bad Request', status: 400 }
  const errors = [{ path: 'name', reason: 'must not be empty' }]
  expect(inWords({ ...problem, detail: 'This import runs already.', errors }, phrases)).toEqual({
    ...problem,
    detail: 'Cet import est déjà en cours.',
    errors: [{ path: 'name', reason: 'ne doit pas être vide' }],
  })
  expect(inWords(problem, phrases)).toEqual(problem)
})
