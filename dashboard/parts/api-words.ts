import type { Problem } from '../../edge/protocol/problem.ts'

/** What the API says in English, `{}` where something is filled in, and what it is called in another language. */
export type Phrases = readonly (readonly [english: string, other: string])[]

/** The words of a problem document in the viewer's language; what has no other words stays as the API said it. */
export function inWords(problem: Problem, phrases: Phrases): Problem {
  const say = speaker(phrases)
  const { detail, errors } = problem
  return {
    ...problem,
    ...(detail !== undefined && { detail: say(detail) }),
    ...(errors && { errors: errors.map(({ path, reason }) => ({ path, reason: say(reason) })) }),
  }
}

/** Says a text of the API in other words. The phrase that fills in least is the one that is meant. */
export function speaker(phrases: Phrases): (text: string) => string {
  const known = phrases
    .toSorted(([a], [b]) => b.replaceAll('{}', '').length - a.replaceAll('{}', '').length)
    .map(([english, other]) => ({ pattern: patternOf(english), other }))
  return (text) => {
    for (const { pattern, other } of known) {
      const found = pattern.exec(text)
      if (found === null) continue
      const filled = found.slice(1)
      const said = other.replaceAll('{}', () => filled.shift() ?? '')
      return startsLarge(text) ? capital(said) : said
    }
    return text
  }
}

/** Reasons begin with a small letter in some places of the API and with a large one in others. */
const patternOf = (english: string): RegExp =>
  new RegExp(`^${english.split('{}').map(escaped).join('(.+?)')}$`, 'i')
const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
const startsLarge = ([first = '']: string): boolean => first !== first.toLowerCase()
const capital = ([first = '', ...rest]: string): string => first.toUpperCase() + rest.join('')
