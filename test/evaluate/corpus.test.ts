import { expect, test } from 'vitest'
import { TYPES } from '../../edge/parse/condition-schema.ts'
import { corpusAnswers, corpusStays } from './corpus.ts'

const ANSWERS = corpusAnswers()

test('the corpus asks what is so and what is not, for ever and for a while', () => {
  const answers = ANSWERS.map((text) => JSON.parse(text) as Answer)
  const share = (is: (answer: Answer) => boolean) => answers.filter(is).length / answers.length
  expect(share(({ holds }) => holds)).toBeGreaterThan(0.2)
  expect(share(({ holds }) => !holds)).toBeGreaterThan(0.2)
  expect(share(({ until }) => until !== 'never')).toBeGreaterThan(0.1)
  expect(new Set(answers.flatMap(typesOf))).toEqual(new Set(TYPES))
})

test('memberships that last a while at least begin and end in the corpus', () => {
  const logs = corpusStays().map((text) => JSON.parse(text) as { readonly type: string }[])
  const ended = logs.filter((log) => log.some(({ type }) => type === 'exited'))
  expect(ended.length).toBeGreaterThan(logs.length / 4)
})

test('the same seed asks the same, another one something else', () => {
  expect(corpusAnswers()).toEqual(ANSWERS)
  expect(corpusAnswers(1)).not.toEqual(ANSWERS)
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
