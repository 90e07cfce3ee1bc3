import { expect, test } from 'vitest'
import { MAX_JOINS, MAX_NODES } from '../../edge/domain/graph.ts'
import { planJoins, type Joinable, type SharedIdentifier } from '../../edge/domain/join-plan.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'

const id = (name: string) => name as ProfileId
/** Graphs in the order of their age. */
const graphs = (...sizes: readonly (readonly [name: string, size: number])[]) =>
  new Map(
    sizes.map(([name, size], since): [ProfileId, Joinable] => [
      id(name),
      { root: id(name), since, size },
    ]),
  )
const shared = (key: string, ...roots: readonly string[]): SharedIdentifier => ({
  key,
  roots: roots.map(id),
})

test('graphs that share identifiers become one, and move to the eldest', () => {
  const four = graphs(['c', 1], ['b', 1], ['a', 1], ['d', 1])
  const { heads, refusals } = planJoins(four, [shared('k1', 'a', 'b'), shared('k2', 'a', 'c')])
  expect(Object.fromEntries(heads)).toEqual({ a: 'c', b: 'c', c: 'c' })
  expect(refusals).toEqual([])
})

test('the order in which they are told changes nothing', () => {
  const all = graphs(['a', 400], ['b', 400], ['c', 400], ['d', 10])
  const said = [shared('k1', 'b', 'c'), shared('k2', 'a', 'b'), shared('k3', 'c', 'd')]
  const one = planJoins(all, said)
  const other = planJoins(new Map([...all].reverse()), [...said].reverse())
  expect([...other.heads].sort()).toEqual([...one.heads].sort())
  expect(other.refusals).toEqual(one.refusals)
})

test('a value that too many bear joins no one, and stays with whoever holds it', () => {
  const names = Array.from({ length: MAX_JOINS + 2 }, (_, at) => `g${at}`)
  const many = graphs(...names.map((name) => [name, 1] as const))
  const held = { ...shared('k', ...names), holder: id('g7') }
  const { heads, refusals, ignored } = planJoins(many, [held])
  expect(heads.size).toBe(0)
  expect(refusals.map(({ root }) => root)).toEqual(names.filter((name) => name !== 'g7'))
  expect(ignored).toEqual([{ key: 'k', graphs: names.length }])
  expect(planJoins(many, [shared('k', ...names.slice(1))]).ignored).toEqual([])
})

test('a graph does not outgrow its bound: the value stays with the eldest', () => {
  const large = graphs(['a', MAX_NODES - 1], ['b', 2])
  const { heads, refusals } = planJoins(large, [shared('k', 'a', 'b')])
  expect(heads.size).toBe(0)
  expect(refusals).toEqual([{ root: 'b', key: 'k' }])
})

test('whoever is one with the keeper of a value by something else is not refused it', () => {
  const three = graphs(['a', 500], ['b', 400], ['c', 200])
  const { heads, refusals } = planJoins(three, [
    shared('k1', 'a', 'b'),
    shared('k2', 'a', 'b', 'c'),
  ])
  expect(Object.fromEntries(heads)).toEqual({ a: 'a', b: 'a' })
  expect(refusals).toEqual([{ root: 'c', key: 'k2' }])
})
