import fc from 'fast-check'
import type { ApiPreview } from '../../../edge/protocol/api-segment.ts'
import type { Condition } from '../../../edge/protocol/condition.ts'
import type { ApiCount } from '../../../edge/protocol/count.ts'
import { conditions } from '../../domain/drawn-behaviour.ts'
import { ask, isRefused } from './ask.ts'

export interface Coverage {
  readonly conditions: number
  /** Intervals that hold the exact size. */
  readonly held: number
  /** Of conditions that hold for less than one in a hundred, but for somebody. */
  readonly rare: number
  readonly rareHeld: number
  readonly empty: number
}

export interface Counted {
  readonly size: number
  readonly seconds: number
}

/** Asked for anew after so many milliseconds. */
const POLL = 20

/** The exact size, counted. */
export async function count(origin: string, condition: Condition): Promise<Counted> {
  const begun = performance.now()
  let now = await ask<ApiCount>(origin, 'POST', '/api/counts', { condition })
  while (now.state === 'running') {
    await new Promise((resolve) => setTimeout(resolve, POLL))
    now = await ask<ApiCount>(origin, 'GET', `/api/counts/${now.id}`)
  }
  if (now.result === undefined) throw new Error(`A count ended as ${JSON.stringify(now)}`)
  return { size: now.result.size, seconds: (performance.now() - begun) / 1_000 }
}

/** Holds the intervals of random conditions against their exact sizes; every fourth is asked of few people alone. */
export async function coverageOf(origin: string, wanted: number): Promise<Coverage> {
  const drawn = fc.sample(conditions, { numRuns: wanted * 2, seed: 20_261_127 })
  const sum = { conditions: 0, held: 0, rare: 0, rareHeld: 0, empty: 0 }
  for (const [place, one] of drawn.entries()) {
    if (sum.conditions === wanted) break
    const vip: Condition = { type: 'trait', trait: 'vip', operator: 'equals', value: true }
    const condition: Condition = place % 4 === 3 ? { type: 'all', conditions: [one, vip] } : one
    const answer = await ask<ApiPreview>(origin, 'POST', '/api/segments/preview', {
      condition,
    }).catch((error: unknown) => {
      if (isRefused(error)) return undefined
      throw error
    })
    // Drawn for the engine alone: the API has limits that it does not know.
    if (answer === undefined) continue
    const { low, high } = answer.estimate
    const { size } = await count(origin, condition)
    const isHeld = low <= size && size <= high
    const isRare = size > 0 && size < answer.population / 100
    sum.conditions++
    if (isHeld) sum.held++
    if (isRare) sum.rare++
    if (isRare && isHeld) sum.rareHeld++
    if (size === 0) sum.empty++
  }
  return sum
}
