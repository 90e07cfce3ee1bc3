import { expect, test } from 'vitest'
import { compileCatalog } from '../../edge/domain/compiled-catalog.ts'
import { judgeNews } from '../../edge/domain/judge-news.ts'
import { newsBetween } from '../../edge/domain/news.ts'
import { newProfile } from '../../edge/domain/profile.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { catalogOf, track } from './build.ts'

const did = (event: string): Condition => ({
  type: 'performed',
  event,
  operator: 'gte',
  value: 1,
})
const person = newProfile('prf_ada' as ProfileId, 'ada', 0)
const newsOf = (before: readonly Condition[], after: readonly Condition[]) =>
  newsBetween(
    compileCatalog(catalogOf(...before)),
    compileCatalog({ ...catalogOf(...after), version: 2 }),
  )
const news = newsOf([did('Bought')], [did('Bought'), did('Seen')])

test('who did what is new enters what is new, and nothing else', () => {
  expect(judgeNews(news, person, [track('Seen', 5), track('Bought', 6)], 9)).toMatchObject({
    addition: { version: 2, memberships: [{ segment: 'seg_1', enteredAt: 9 }] },
    transitions: [{ type: 'entered', segment: 'seg_1', cause: { type: 'definition', version: 2 } }],
  })
})

test('of who did none of it nothing is new', () => {
  expect(judgeNews(news, person, [track('Bought', 6)], 9)).toBe('nothing')
})

test.each([
  ['imported', { imported: true as const }],
  ['kept for another purpose', { purpose: 'personalization' as const }],
])('of whom it was not known that something is %s more changes than what is new', (_, more) => {
  expect(judgeNews(news, person, [track('Seen', 5, {}, more)], 9)).toBe('undecided')
})

test('a segment that asked for one that was not there is judged with all else', () => {
  const asking: Condition = { type: 'segment', segment: 'seg_1' }
  const { isAll, alone } = newsOf([asking], [asking, did('Seen')])
  expect([isAll, alone]).toEqual([true, undefined])
})
