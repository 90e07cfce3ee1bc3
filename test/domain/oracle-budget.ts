import type { BudgetCondition } from '../../edge/protocol/condition.ts'
import type { CapDefinition } from '../../edge/protocol/touch.ts'
import type { Past } from './oracle-behaviour.ts'
import { passes } from './oracle-compare.ts'
import { length, messagesOf } from './oracle-pressure.ts'

const DAY = 86_400_000

/** What is left of a cap, by every stretch that may hold the present. */
export function budgetPasses(
  { operator, value }: BudgetCondition,
  cap: CapDefinition,
  past: Past,
  isIn: (segment: string) => boolean,
): boolean {
  const { now } = past
  const span = length(cap.window)
  const counted = [...messagesOf(past), ...plannedOf(past)]
    .filter(({ channel }) => (cap.channel === undefined ? true : channel === cap.channel))
    .filter(({ channel }) => cap.onSite || channel !== 'onsite')
    .filter(({ tags }) => cap.tag === undefined || tags.includes(cap.tag))
  const starts = counted
    .flatMap(({ at }) => [at, at + 1, at - span + 1])
    .concat(now, now - span + 1)
    .filter((start) => start <= now && start > now - span)
  const sums = starts.map((start) =>
    counted
      .filter(({ at }) => at >= start && at < start + span)
      .reduce((all, { weight }) => all + weight * 1_000, 0),
  )
  const limit = cap.thresholds.find(({ segment }) => isIn(segment))?.most ?? cap.most
  const left = cap.enabled ? Math.max(0, limit * 1_000 - Math.max(...sums)) : Infinity
  return passes({ property: 'left', operator, value }, left / 1_000)
}

/** What is planned and neither sent nor given up: for a day after its time. What says so says everything of it. */
function plannedOf({ events, now, retention }: Past) {
  const said = events.filter(({ timestamp }) => timestamp <= now)
  const plans = said.filter(({ name }) => name === 'Message Planned')
  return plans.flatMap((plan) => {
    const { message_id: id, planned_for: at, weight, tags, channel } = plan.properties
    const isOver = said.some(
      ({ name, properties, timestamp }) =>
        ['Message Sent', 'Message Released'].includes(name) &&
        properties['message_id'] === id &&
        timestamp >= plan.timestamp,
    )
    const isKept = plan.timestamp > now - retention
    if (isOver || !isKept || typeof at !== 'number' || at + DAY <= now) return []
    return [
      {
        at,
        weight: Number(weight ?? 1),
        tags: (tags ?? []) as readonly unknown[],
        channel: String(channel),
      },
    ]
  })
}
