import type { Condition, PropertyTest } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DAY, HOUR, type Millis } from '../../edge/protocol/time.ts'

/**
 * The plainest reading of the semantics: looks at the whole history each time it is asked, and knows nothing of
 * features, bounds or instants at which anything lapses. Written apart from the engine; shares only types with it.
 * `others`: what other people said, of the accounts they have in common.
 */
export function holds(
  condition: Condition,
  history: readonly EventRecord[],
  now: Millis,
  retention: Millis,
  others: readonly EventRecord[] = [],
): boolean {
  switch (condition.type) {
    case 'all':
      return condition.conditions.every((child) => holds(child, history, now, retention, others))
    case 'any':
      return condition.conditions.some((child) => holds(child, history, now, retention, others))
    case 'not':
      return !holds(condition.condition, history, now, retention, others)
    case 'performed': {
      const names = ([] as string[]).concat(condition.event)
      const last = condition.window ? durationOf(condition.window.last) : retention
      const count = history.filter(
        ({ name, timestamp, properties }) =>
          names.includes(name) &&
          timestamp > now - Math.min(last, retention) &&
          (condition.where ?? []).every((test) => passes(test, properties[test.property])),
      ).length
      const [low, high] = ([] as number[]).concat(condition.value as number)
      return compare(condition.operator, count, low ?? 0, high ?? 0)
    }
    case 'trait': {
      const said = history
        .filter(
          ({ type, traits }) => type === 'identify' && traits?.[condition.trait] !== undefined,
        )
        .sort((a, b) => a.timestamp - b.timestamp)
        .at(-1)?.traits?.[condition.trait]
      return passes({ ...condition, property: '' }, said)
    }
    case 'account': {
      const accounts = new Set(history.flatMap(({ group }) => group ?? []))
      return [...accounts].some((account) => {
        const said = [...history, ...others]
          .filter(
            ({ group, traits }) => group === account && traits?.[condition.trait] !== undefined,
          )
          .sort((a, b) => a.timestamp - b.timestamp)
          .at(-1)?.traits?.[condition.trait]
        const value = condition.trait === 'id' ? account : said
        return passes({ ...condition, property: '' }, value)
      })
    }
    case 'context': {
      const known = history.filter(({ context }) => context[condition.field] !== undefined)
      const values = known.map(({ context }) => context[condition.field])
      if (condition.scope === 'ever')
        return values.some((v) => passes({ ...condition, property: '' }, v))
      const newest = history
        .filter(({ context }) => Object.keys(context).length > 0)
        .sort((a, b) => a.timestamp - b.timestamp)
        .at(-1)
      return passes({ ...condition, property: '' }, newest?.context[condition.field])
    }
  }
}

function durationOf(text: string): Millis {
  const days = /^P(\d+)D$/.exec(text)
  const hours = /^PT(\d+)H$/.exec(text)
  return days ? Number(days[1]) * DAY : Number(hours?.[1]) * HOUR
}

function compare(operator: string, count: number, low: number, high: number): boolean {
  if (operator === 'equals') return count === low
  if (operator === 'not_equals') return count !== low
  if (operator === 'gt') return count > low
  if (operator === 'gte') return count >= low
  if (operator === 'lt') return count < low
  if (operator === 'lte') return count <= low
  return count >= low && count <= high
}

function passes({ operator, value }: PropertyTest, actual: Json | undefined): boolean {
  if (actual === undefined || actual === null) return operator === 'not_exists'
  if (operator === 'exists') return true
  if (operator === 'equals') return actual === value
  if (operator === 'not_equals') return actual !== value
  if (operator === 'in') return (value as Json[]).includes(actual)
  if (operator === 'gte')
    return typeof actual === typeof value && (actual as number) >= (value as number)
  return false
}
