import { budgetsOf, capsOf, pressedOf } from '../domain/score/cap.ts'
import { PRESSURE_LEVELS, type PressureLevels, type ShardPressure } from '../protocol/touch.ts'
import type { Millis } from '../protocol/time.ts'
import { sampleRows } from '../storage/profile-sample.ts'
import { drawAtRandom } from './chance.ts'
import type { Shard } from './shard.ts'

const SLICE = 100

/** How full each cap is for up to `sample` people of a shard, drawn at random, and what each did since an instant. */
export function pressureHere(shard: Shard, sample: number, since: Millis): ShardPressure {
  const { rows, profiles, capTally, compiled } = shard
  const population = profiles.population()
  const drawn = sampleRows(rows.sql, sample, population, drawAtRandom)
  const now = shard.now()
  const levels = new Map(capsOf(compiled.catalog).map(({ id }) => [id, noLevels()]))
  let sampled = 0
  for (let from = 0; from < drawn.length; from += SLICE) {
    for (const profile of profiles.numbered(drawn.slice(from, from + SLICE)).values()) {
      sampled++
      for (const { id, most, pressure } of budgetsOf(pressedOf(profile, compiled, now), now)) {
        const own = levels.get(id)
        if (own !== undefined) own[levelOf(pressure, most)]++
      }
    }
  }
  return {
    population,
    sampled,
    tallies: capTally.since(since),
    levels: [...levels].map(([cap, people]) => ({ cap, people })),
  }
}

type Counting = { -readonly [Level in keyof PressureLevels]: number }

const noLevels = (): Counting => ({ none: 0, low: 0, high: 0, full: 0 })

function levelOf(pressure: number, most: number): (typeof PRESSURE_LEVELS)[number] {
  if (pressure >= most) return 'full'
  if (pressure === 0) return 'none'
  return pressure < most / 2 ? 'low' : 'high'
}
