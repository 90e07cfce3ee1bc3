import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileCatalog } from '../../edge/domain/compiled-catalog.ts'
import { Draft } from '../../edge/domain/draft.ts'
import { estimateSize } from '../../edge/domain/estimate.ts'
import { foldProfile } from '../../edge/domain/fold.ts'
import { newProfile } from '../../edge/domain/profile.ts'
import { groupsDrawn, knownBeginning, shuffled, type Draw } from '../../edge/domain/sample.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ProfileId } from '../../edge/protocol/id.ts'
import { HOUR } from '../../edge/protocol/time.ts'
import { seeded } from '../bench/engine/rounds.ts'
import { catalogOf } from './build.ts'
import { conditions, histories, START } from './drawn-behaviour.ts'

const CONDITIONS = 200
/** Profiles of each shard. */
const SHARDS = [30, 210, 7, 153]
const POPULATION = 400
const SAMPLE = 80

const seed = 20_261_127
/** Every fourth asks for several at once: few or none are left. */
const drawn = fc.sample(
  fc.oneof(
    { weight: 3, arbitrary: conditions },
    {
      weight: 1,
      arbitrary: fc
        .array(conditions, { minLength: 2, maxLength: 4 })
        .map((list): Condition => ({ type: 'all', conditions: list })),
    },
  ),
  { numRuns: CONDITIONS, seed },
)

test('of 200 random conditions, rare ones included, at least nine intervals of ten hold the exact size', () => {
  const compiled = compileCatalog(catalogOf())
  const people = fc.sample(histories, { numRuns: POPULATION, seed }).map((history, n) => {
    const id = `prf_${n}` as ProfileId
    const events = history.map((event) => ({ ...event, implied: true as const }))
    return { profile: foldProfile(newProfile(id, id, START), events, compiled), events }
  })
  const draws = seeded(seed)
  const draw: Draw = (below) => Math.floor(draws() * below)
  const now = START + 41 * HOUR
  const found = drawn.map((condition) => {
    const draft = new Draft(condition, [], compiled)
    const verdicts = people.map(({ profile, events }) => draft.judge(profile, events, now).holds)
    let from = 0
    const shards = SHARDS.map((size) => verdicts.slice(from, (from += size)))
    const groups = groupsDrawn(SHARDS, SAMPLE, draw)
    const answers = shards.map((shard) =>
      [...shuffled(shard.length, draw)].map((place) => shard[place] === true),
    )
    const known = knownBeginning(groups, answers)
    const matched = known.filter((holds) => holds).length
    const exact = verdicts.filter((holds) => holds).length
    const { low, high } = estimateSize(POPULATION, known.length, matched)
    return { exact, isHeld: low <= exact && exact <= high }
  })
  expect(found.filter(({ exact }) => exact > 0 && exact < POPULATION / 40).length).toBeGreaterThan(
    10,
  )
  expect(found.filter(({ exact }) => exact > POPULATION / 10).length).toBeGreaterThan(50)
  expect(found.filter(({ isHeld }) => isHeld).length).toBeGreaterThanOrEqual(CONDITIONS * 0.9)
})
