import { describe, expect, test } from 'vitest'
import { encodeProfile } from '../../edge/domain/profile.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { compileConditions, Person } from '../bench/engine/person.ts'
import { amongOthers, eventAt, ofTheTen } from '../bench/engine/scaling.ts'

const WARM_UP = 60
const BORN = eventAt(0).timestamp

/** How often one event has leaves asked, segments combined anew and predicates tried, and how long the state is. */
function operationsOf(conditions: readonly Condition[]) {
  const compiled = compileConditions(conditions)
  const person = new Person(compiled, BORN)
  for (let index = 0; index < WARM_UP; index++) person.take(eventAt(index))
  const asked = { leaves: 0, segments: 0, predicates: 0 }
  const leaves = new Set([...compiled.segments.values()].flatMap((segment) => [...segment.leaves]))
  const features = new Set([...leaves].flatMap(({ reads }) => [...reads.features]))
  const counting = <T extends object, K extends keyof T>(
    of: T,
    name: K,
    what: keyof typeof asked,
  ) => {
    const original = of[name] as (...given: unknown[]) => unknown
    const counted = (...given: unknown[]) => {
      asked[what]++
      return original(...given)
    }
    Object.assign(of, { [name]: counted })
  }
  for (const leaf of leaves) counting(leaf, 'evaluate', 'leaves')
  for (const segment of compiled.segments.values()) counting(segment, 'holds', 'segments')
  for (const feature of features) counting(feature, 'take', 'predicates')
  person.take(eventAt(WARM_UP))
  return { ...asked, state: encodeProfile(person.profile).length }
}

describe('one event that touches ten conditions', () => {
  test('costs as much among 10,000 segments of other conditions as among none', () => {
    const few = operationsOf(amongOthers(10))
    expect(few.leaves).toBeGreaterThanOrEqual(10)
    expect(operationsOf(amongOthers(10_000))).toEqual(few)
  })

  test('has each asked once however many segments share them, and none combined in which none turned', () => {
    const [few, many] = [operationsOf(ofTheTen(10)), operationsOf(ofTheTen(2_000))]
    expect(many.leaves).toBe(few.leaves)
    expect(many.predicates).toBe(few.predicates)
    expect(many.segments).toBe(0)
  })
})

test('equal conditions of different segments are one leaf, whatever the order of their keys', () => {
  const { segments } = compileConditions([
    { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' },
    { value: 'gold', operator: 'equals', trait: 'plan', type: 'trait' },
  ])
  const leaves = new Set([...segments.values()].flatMap((segment) => [...segment.leaves]))
  expect(leaves.size).toBe(1)
})

test('a segment that is deleted or new changes the state of nobody whom it does not concern', () => {
  const [few, many] = [amongOthers(10), amongOthers(1_000)].map((conditions) => {
    const person = new Person(compileConditions(conditions), BORN)
    person.take(eventAt(0))
    return person.profile
  })
  expect([...(many?.standing.keys() ?? [])]).toEqual([...(few?.standing.keys() ?? [])])
})
