import { expect, test } from 'vitest'
import { corpusAnswers } from './corpus.ts'

test('the corpus asks what is so and what is not, for ever and for a while', () => {
  const answers = corpusAnswers().map((text) => JSON.parse(text) as Answer)
  const share = (is: (answer: Answer) => boolean) => answers.filter(is).length / answers.length
  expect(share(({ holds }) => holds)).toBeGreaterThan(0.2)
  expect(share(({ holds }) => !holds)).toBeGreaterThan(0.2)
  expect(share(({ until }) => until !== 'never')).toBeGreaterThan(0.1)
  expect(new Set(answers.flatMap(typesOf)).size).toBe(11)
})

test('the same seed asks the same, another one something else', () => {
  expect(corpusAnswers()).toEqual(corpusAnswers())
  expect(corpusAnswers(1)).not.toEqual(corpusAnswers())
})

interface Clause {
  readonly type: string
  readonly parts: readonly Clause[]
}
interface Answer {
  readonly holds: boolean
  readonly until: number | 'never'
  readonly clause: Clause
}
const typesOf = ({ clause }: Answer): string[] => everyType(clause)
const everyType = ({ type, parts }: Clause): string[] => [type, ...parts.flatMap(everyType)]
