import { beforeAll, expect, test } from 'vitest'
import { orderedBy } from './call-order.ts'
import { drawsOf } from './draws.ts'
import { wrapSteps } from './fault-points.ts'
import { RACES } from './race-scenarios.ts'
import { survive } from './survive.ts'

/** Orders of each race that are tried. */
const ORDERS = Number(import.meta.env['VITE_ORDERS'] ?? 1)
const SEED = Number(import.meta.env['VITE_SEED'] ?? 20_261_126)

beforeAll(wrapSteps)

test.each(RACES.map((race) => [race.name, race] as const))(
  '%s: all is as the rules say, in whatever order calls arrive',
  async (_, race) => {
    for (let order = 0; order < ORDERS; order++) {
      const wait = orderedBy(drawsOf(SEED + order))
      const { wrong } = await survive(race, undefined, wait)
      expect(wrong, `VITE_SEED=${SEED + order} VITE_ORDERS=1`).toEqual([])
    }
  },
  4_000_000,
)
