import type { CapDefinition } from '../../protocol/touch.ts'
import type { EdgeOnly } from '../edge-only.ts'
import { compileAppetence } from './appetence-condition.ts'
import { compileLeft, spellingOf } from './budget-condition.ts'
import { channelsOf } from './channel.ts'
import { touchFeature } from './ledger.ts'
import { orderFeature } from './order-history.ts'
import { compilePressure } from './pressure-condition.ts'
import { compileScore } from './score-condition.ts'

/** What is kept of people's messages and orders, and what is asked of them. `caps`: whose budgets conditions may ask for. */
export const edgeScores = (caps: readonly CapDefinition[] = []): EdgeOnly => ({
  keep: (place) => {
    const { features, scoring } = place
    touchFeature(features)
    if (scoring === undefined) return undefined
    channelsOf(place, scoring)
    return orderFeature(features, scoring.settings.orders)
  },
  spell: spellingOf(caps),
  compile: (condition, site) => {
    if (condition.type === 'pressure') return compilePressure(condition, site)
    if (condition.type === 'left') return compileLeft(condition, site)
    if (condition.type !== 'score') return undefined
    return compileAppetence(condition, site) ?? compileScore(condition, site)
  },
})

/** Where there are no caps. */
export const EDGE_SCORES = edgeScores()
