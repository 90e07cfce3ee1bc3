import { expect, test } from 'vitest'
import { ProblemError, standingErrors } from '../../dashboard/parts/problem.ts'

const FIELDS = ['name', 'window.last', 'where'] as const
const sent = { name: '', window: { last: 'soon' }, where: [{ operator: 'is' }] }
const refused = new ProblemError({
  type: 'about:blank',
  title: 'Not valid',
  status: 400,
  errors: [
    { path: 'name', reason: 'is empty' },
    { path: 'window.last', reason: 'is no duration' },
    { path: 'where.0.operator', reason: 'is no operator' },
  ],
})
const standing = (now: typeof sent) =>
  standingErrors({ error: refused, variables: sent }, FIELDS, now)

test('every field that was refused is named as long as it is what was sent', () => {
  const { byField, isOther } = standing(structuredClone(sent))
  expect(byField).toEqual({
    name: 'is empty',
    'window.last': 'is no duration',
    where: '0.operator: is no operator',
  })
  expect(isOther).toBe(false)
})

test.each([
  [{ ...sent, name: 'Ann' }, ['window.last', 'where']],
  [{ ...sent, window: { last: 'P1D' } }, ['name', 'where']],
  [{ ...sent, where: [] }, ['name', 'window.last']],
  [{ name: 'Ann', window: { last: 'P1D' }, where: [] }, []],
])('what was changed since is not said to be wrong: %j', (now, fields) => {
  const { byField, isOther } = standing(now)
  expect(Object.keys(byField)).toEqual(fields)
  expect(isOther).toBe(false)
})

test('what no field is to blame for stays', () => {
  const error = new ProblemError({ type: 'about:blank', title: 'Gone', status: 404 })
  const of = (error: unknown) => standingErrors({ error, variables: sent }, FIELDS, sent)
  expect(of(error)).toEqual({ byField: {}, isOther: true })
  expect(of(new Error('offline'))).toEqual({ byField: {}, isOther: true })
  expect(of(null)).toEqual({ byField: {}, isOther: false })
})
