import { describe, expect, test } from 'vitest'
import { capFaults } from '../../edge/domain/cap-links.ts'
import { capsNamed, hasLinks, linkSegments, names } from '../../edge/domain/segment-links.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { CapId, SegmentId } from '../../edge/protocol/id.ts'

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

  describe('by the thresholds of caps', () => {
    const left = (cap: string): Condition => ({ type: 'budget', cap, operator: 'gte', value: 1 })
    const cap = (name: string, ...thresholds: string[]) => ({
      id: `cap_${name}` as CapId,
      key: name,
      thresholds: thresholds.map((one) => ({ segment: one as SegmentId })),
    })

    test('are kept by the ids of these', () => {
      const known = [segment('a', gold)]
      const linked = linkSegments(all(left('week'), gold), own, known, [cap('week', 'seg_a')])
      expect(linked).toEqual({ ok: true, value: all(left('cap_week'), gold) })
      expect(capsNamed(all(left('cap_week'), { type: 'not', condition: left('b') }))).toEqual([
        'cap_week',
        'b',
      ])
    })

    const big = segment('big', all(...Array.from({ length: 180 }, () => gold)))
    test.each<[string, ReturnType<typeof segment>[], ReturnType<typeof cap>[], RegExp]>([
      ['a cap that is not there', [], [], /no such cap/],
      [
        'one that lets its own members have less',
        [segment('a', gold)],
        [cap('week', 'seg_a', 'seg_own')],
        /own → the cap week → own$/,
      ],
      [
        'one whose thresholds hang on it, by way of others',
        [segment('a', all(gold, of('seg_b'))), segment('b', left('cap_month'))],
        [cap('week', 'seg_a'), cap('month', 'seg_own')],
        /own → the cap week → a → b → the cap month → own$/,
      ],
      [
        'too many, one within the other',
        Array.from({ length: 6 }, (_, n) => segment(`s${n}`, n < 5 ? of(`seg_s${n + 1}`) : gold)),
        [cap('week', 'seg_s1')],
        /5 deep/,
      ],
      ['too many parts, all told', [big], [cap('week', 'seg_big', 'seg_big', 'seg_big')], /1000/],
    ])('are refused where they name %s', (_, known, caps, reason) => {
      const linked = linkSegments(left('week'), own, [segment('own', gold), ...known], caps)
      expect(linked.ok ? '' : linked.errors[0]?.reason).toMatch(reason)
    })

    test('a cap cannot get a threshold for who is known by what is left of it; others may', () => {
      const vip = { ...segment('vip', left('cap_week')), name: 'VIP' }
      const [made, free] = [segment('made', of('seg_vip')), segment('free', gold)]
      const known = [vip, made, free]
      const faults = (...thresholds: string[]) =>
        capFaults(cap('week', ...thresholds), [vip], known, [cap('week'), cap('month')])
      expect(faults('seg_free')).toEqual([])
      expect(faults('seg_free', 'seg_made')).toEqual([
        {
          path: 'thresholds.1.segment',
          reason:
            'The segment “VIP” asks for what is left of this cap. A segment cannot be made of itself: vip → the cap week → made → vip',
        },
      ])
      const other = cap('month', 'seg_vip')
      expect(capFaults(other, [vip], known, [cap('week'), other])).toEqual([])
      expect(
        capFaults(cap('week', 'seg_big', 'seg_big', 'seg_big'), [vip], [...known, big], []),
      ).toMatchObject([{ path: 'thresholds.2.segment', reason: expect.stringMatching(/1000/) }])
    })
  })

  test('a circle that others closed at the same moment stops nothing', () => {
    const known = [segment('a', of('seg_b')), segment('b', of('seg_a'))]
    expect(linkSegments(of('a'), own, known)).toEqual({ ok: true, value: of('seg_a') })
  })
})
