import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const DASHBOARD = join(import.meta.dirname, '../../dashboard')
const LANGUAGES = ['en', 'fr'] as const
const PLURAL = /_(zero|one|two|few|many|other)$/

type Tree = { readonly [key: string]: string | Tree }

const texts = Object.fromEntries(
  LANGUAGES.map((language) => {
    const file = readFileSync(join(DASHBOARD, `locales/${language}.json`), 'utf8')
    return [language, flat(JSON.parse(file) as Tree)]
  }),
) as { readonly [L in (typeof LANGUAGES)[number]]: ReadonlyMap<string, string> }

test('both languages say the same things', () => {
  expect(bases('fr')).toEqual(bases('en'))
})

test('both fill in the same placeholders', () => {
  const differing = [...bases('en')].filter((key) => {
    const [en, fr] = LANGUAGES.map((language) => placeholders(language, key))
    return en !== fr
  })
  expect(differing).toEqual([])
})

describe.each(LANGUAGES)('%s', (language) => {
  test('has each plural form its grammar needs', () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const missing = [...pluralBases(language)].flatMap((base) =>
      needed.map((form) => `${base}_${form}`).filter((key) => !texts[language].has(key)),
    )
    expect(missing).toEqual([])
  })

  test('has no empty text', () => {
    expect([...texts[language]].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  test('has every text the code asks for', () => {
    const known = bases(language)
    const missing = usedKeys().filter(({ pattern }) => ![...known].some((key) => pattern.test(key)))
    expect(missing.map(({ key }) => key)).toEqual([])
  })
})

test('no French line begins with a colon, a mark or the end of a quotation', () => {
  const breaking = [...texts.fr].filter(([, text]) => / [:;?!»]|« /.test(text))
  expect(breaking).toEqual([])
})

test('no text is left that nothing asks for', () => {
  const used = usedKeys()
  const unused = [...bases('en')].filter((key) => !used.some(({ pattern }) => pattern.test(key)))
  expect(unused).toEqual([])
})

function flat(tree: Tree, path = ''): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(tree).flatMap(([key, value]): [string, string][] =>
      typeof value === 'string' ? [[path + key, value]] : [...flat(value, `${path}${key}.`)],
    ),
  )
}

/** Keys without their plural form. `not_equals_one` is `not_equals`. */
function bases(language: (typeof LANGUAGES)[number]): ReadonlySet<string> {
  return new Set([...texts[language].keys()].map((key) => key.replace(PLURAL, '')).toSorted())
}

function pluralBases(language: (typeof LANGUAGES)[number]): ReadonlySet<string> {
  const plural = [...texts[language].keys()].filter((key) => PLURAL.test(key))
  return new Set(plural.map((key) => key.replace(PLURAL, '')))
}

function placeholders(language: (typeof LANGUAGES)[number], key: string): string {
  const found = [...texts[language]]
    .filter(([name]) => name.replace(PLURAL, '') === key)
    .flatMap(([, text]) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name))
  // "at least once" needs no number where another form has one.
  return [...new Set(found)].toSorted().join()
}

/** Keys in `t('…')` and `` t(`…${x}…`) ``; a variable part stands for one step of the path. */
function usedKeys(): readonly { readonly key: string; readonly pattern: RegExp }[] {
  const keys = new Set<string>()
  for (const folder of ['pages', 'parts']) {
    for (const name of readdirSync(join(DASHBOARD, folder))) {
      const code = readFileSync(join(DASHBOARD, folder, name), 'utf8')
      for (const [call] of code.matchAll(/\bt\(\s*[^)]*/g)) {
        for (const [, , key] of call.matchAll(/(['`])([a-zA-Z]+\.[^'`\s]+)\1/g)) {
          if (key !== undefined) keys.add(key)
        }
      }
    }
  }
  return [...keys].map((key) => ({
    key,
    pattern: new RegExp(
      `^${key
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replaceAll('.', '\\.'))
        .join('[^.]+')}$`,
    ),
  }))
}
