import { describe, expect, test } from 'vitest'
import { hasLinks, linkSegments, names } from '../../edge/domain/segment-links.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'

const of = (segment: string): Condition => ({ type: 'segment', segment })
const gold: Condition = { type: 'trait', trait: 'plan', operator: 'equals', value: 'gold' }
const segment = (name: string, condition: Condition) => ({
  id: `seg_${name}` as SegmentId,
  key: name,
  condition,
})
const all = (...conditions: Condition[]): Condition => ({ type: 'all', conditions })
const own = { id: 'seg_own' as SegmentId, key: 'own' }

describe('segments that are made of segments', () => {
  test('are kept by the ids of those, however they were named', () => {
    const known = [segment('a', gold), segment('b', gold)]
    const wanted = all(of('a'), { type: 'not', condition: of('seg_b') })
    expect(hasLinks(wanted)).toBe(true)
    const linked = linkSegments(wanted, own, known)
    expect(linked).toEqual({
      ok: true,
      value: all(of('seg_a'), { type: 'not', condition: of('seg_b') }),
    })
    expect(linked.ok && names(linked.value, 'seg_b' as SegmentId)).toBe(true)
    expect(linked.ok && names(linked.value, 'seg_c' as SegmentId)).toBe(false)
    expect(hasLinks(gold)).toBe(false)
  })

  test.each<[string, Condition, ReturnType<typeof segment>[], string, RegExp]>([
    ['one that is not there', all(gold, of('x')), [], 'condition.conditions.1.segment', /no such/],
    ['itself', of('own'), [segment('own', gold)], 'condition.segment', /own → own$/],
    [
      'one that is made of it, by way of others',
      { type: 'not', condition: of('a') },
      [segment('own', gold), segment('a', all(gold, of('seg_b'))), segment('b', of('seg_own'))],
      'condition.condition.segment',
      /own → a → b → own$/,
    ],
    [
      'too many, one within the other',
      of('s0'),
      Array.from({ length: 6 }, (_, n) => segment(`s${n}`, n < 5 ? of(`seg_s${n + 1}`) : gold)),
      'condition.segment',
      /5 deep/,
    ],
    [
      'too many parts, all told',
      all(of('big'), of('big'), of('big'), of('big'), of('big'), of('big')),
      [segment('big', all(...Array.from({ length: 180 }, () => gold)))],
      'condition',
      /1000 parts/,
    ],
  ])('are refused where they name %s', (_, wanted, known, path, reason) => {
    const linked = linkSegments(wanted, own, known)
    expect(linked).toMatchObject({ ok: false, errors: [{ path }] })
    expect(linked.ok ? '' : linked.errors[0]?.reason).toMatch(reason)
  })

  test('a circle that others closed at the same moment stops nothing', () => {
    const known = [segment('a', of('seg_b')), segment('b', of('seg_a'))]
    expect(linkSegments(of('a'), own, known)).toEqual({ ok: true, value: of('seg_a') })
  })
})
