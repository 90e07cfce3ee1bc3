import type { Condition } from '../protocol/condition.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { Millis } from '../protocol/time.ts'
import { expiresAt } from './expiry.ts'
import type { Feature } from './feature.ts'
import { compareMoments, momentOf } from './moment.ts'
import type { Verdict } from './verdict.ts'

/** A part of a condition and where it stands in it. */
export interface Clause {
  /** Place in the order in which the condition is read, from 0: the whole. */
  readonly index: number
  /** `condition`, `condition.conditions.1`, … */
  readonly path: string
  readonly condition: Condition
  readonly parts: readonly Clause[]
}

/** What became of a clause. */
export interface ClauseVerdict extends Verdict {
  readonly path: string
  readonly type: Condition['type']
  /** Ids of the latest events that it looked at. Of a clause with parts: theirs. */
  readonly events: readonly string[]
  readonly parts: readonly ClauseVerdict[]
}

/** Evidence told of one clause: the latest events. */
const MAX_EVENTS = 10

/** The condition as clauses. */
export function clausesOf(condition: Condition, path = 'condition'): Clause {
  let count = 0
  const visit = (node: Condition, at: string): Clause => {
    const index = count++
    const parts =
      node.type === 'not'
        ? [visit(node.condition, `${at}.condition`)]
        : node.type === 'all' || node.type === 'any'
          ? node.conditions.map((one, place) => visit(one, `${at}.conditions.${place}`))
          : []
    return { index, path: at, condition: node, parts }
  }
  return visit(condition, path)
}

/** Ids of the latest events that any of these features keeps, oldest first. */
export function matchedBy(
  features: Iterable<Feature>,
  events: readonly EventRecord[],
  at: Millis,
  retention: Millis,
): readonly string[] {
  const asked = [...features]
  return events
    .filter(
      (event) =>
        expiresAt(event, retention) > at &&
        asked.some(
          (feature) =>
            (feature.events === undefined || feature.events.includes(event.name)) &&
            feature.take(event) !== undefined,
        ),
    )
    .sort((a, b) => compareMoments(momentOf(a), momentOf(b)))
    .slice(-MAX_EVENTS)
    .map(({ messageId }) => messageId)
}

/**
 * The smallest clause that by itself made the verdict what it is: of `all` that does not hold the first that does not,
 * of `any` that holds the first that does. Where several did together it is the clause that joins them.
 */
export function decisiveClause(clause: ClauseVerdict): ClauseVerdict {
  const { type, holds, parts } = clause
  const [only] = parts
  if (only !== undefined && parts.length === 1) return decisiveClause(only)
  if (type === 'all' || type === 'any') {
    const decisive =
      holds === (type === 'any') ? parts.find((part) => part.holds === holds) : undefined
    if (decisive !== undefined) return decisiveClause(decisive)
  }
  return clause
}
