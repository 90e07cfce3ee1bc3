import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { corpusAnswers, corpusStays } from '../evaluate/corpus.ts'

test('the evaluator says in workerd what it says in Node, of a whole corpus', () => {
  const inNode = JSON.parse(
    (env as unknown as { CORPUS_ANSWERS: string }).CORPUS_ANSWERS,
  ) as string[]
  expect(inNode.length).toBeGreaterThan(1_000)
  expect([...corpusAnswers(), ...corpusStays()]).toEqual(inNode)
})
