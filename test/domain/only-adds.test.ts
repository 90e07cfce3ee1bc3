import { expect, test } from 'vitest'
import { compileCatalog } from '../../edge/domain/compiled-catalog.ts'
import { onlyAdds } from '../../edge/domain/only-adds.ts'
import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { catalogOf } from './build.ts'

const did = (event: string): Condition => ({
  type: 'performed',
  event,
  measure: 'count',
  operator: 'gte',
  value: 1,
})
const seen = (times: number): Condition => ({ ...did('Seen'), value: times }) as Condition
const never: Condition = { type: 'not', condition: did('Seen') }
const best: Condition = { type: 'score', score: 'rfm.monetary', operator: 'gte', value: 5 }

const short = { known: 37, needed: 100 }
const scored = (version: number): Scoring => ({
  settings: SCORE_SETTINGS,
  population: { version, at: 0, customers: 37, cutPoints: short, value: short },
})

/** Segments of these conditions, in their order, and what is said beside them. */
const catalog = (conditions: readonly Condition[], more: Partial<Catalog> = {}): Catalog => {
  const plain = catalogOf(conditions[0] ?? never)
  return {
    ...plain,
    segments: conditions.flatMap((condition, place) =>
      plain.segments.map((one) => ({ ...one, id: `seg_${place}` as SegmentId, condition })),
    ),
    ...more,
  }
}

const BEFORE = [did('Bought')]
test.each([
  ['nothing', catalog(BEFORE), catalog(BEFORE), true],
  ['a segment of events none asked for', catalog(BEFORE), catalog([...BEFORE, did('Seen')]), true],
  [
    'one that is known already',
    catalog(BEFORE),
    catalog([...BEFORE, { type: 'all', conditions: BEFORE }]),
    false,
  ],
  [
    'more kept of events, by one that also asks what was asked before',
    catalog([seen(2)]),
    catalog([seen(2), { type: 'any', conditions: [seen(2), seen(5)] }]),
    false,
  ],
  ['more kept of events', catalog([seen(2)]), catalog([seen(2), seen(5)]), true],
  ['one of who did nothing', catalog(BEFORE), catalog([...BEFORE, never]), false],
  ['another meaning', catalog(BEFORE), catalog([did('Seen')]), false],
  ['a segment less', catalog([...BEFORE, did('Seen')]), catalog(BEFORE), false],
  ['another retention', catalog(BEFORE), catalog(BEFORE, { retention: DAY }), false],
  [
    'a newer look at the population, asked for by a segment',
    catalog([best], { scoring: scored(1) }),
    catalog([best], { scoring: scored(2) }),
    false,
  ],
  [
    'a newer look at the population, asked for by none',
    catalog(BEFORE, { scoring: scored(1) }),
    catalog(BEFORE, { scoring: scored(2) }),
    true,
  ],
])('what is new is only added: %s', (_, before, after, expected) => {
  const [old, fresh] = [compileCatalog(before), compileCatalog(after)]
  expect(onlyAdds(old, fresh, fresh.features.beyond(old.features))).toBe(expected)
})
