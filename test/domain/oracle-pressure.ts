import type { PressureCondition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Past } from './oracle-behaviour.ts'
import { passes } from './oracle-compare.ts'

const REACHED = [
  'Message Sent',
  'Message Delivered',
  'Message Seen',
  'Email Sent',
  'Email Delivered',
  'SMS Sent',
  'SMS Delivered',
  'Push Notification Received',
]
const FAILED = ['Message Bounced', 'Message Released', 'Email Bounced', 'Push Notification Bounced']
const OWN: readonly (readonly [string, string])[] = [
  ['Email ', 'email'],
  ['SMS ', 'sms'],
  ['Push ', 'push'],
]

/** What a person's messages weigh together, each looked for by its id in the whole history. */
export function pressurePasses(condition: PressureCondition, past: Past): boolean {
  const { channel, tag, window } = condition
  const from = past.now - length(window.last)
  const sum = messagesOf(past)
    .filter(({ at }) => at > from)
    .filter((one) => channel === undefined || one.channel === channel)
    .filter((one) => tag === undefined || one.tags.includes(tag))
    .reduce((all, { weight }) => all + weight * 1_000, 0)
  const { operator, value } = condition
  return passes({ property: 'weight', operator, value }, sum / 1_000)
}

export function messagesOf({ events, now, retention }: Past) {
  const said = events.filter(
    ({ name, timestamp }) => timestamp <= now && [...REACHED, ...FAILED].includes(name),
  )
  const idOf = ({ properties, messageId }: EventRecord) =>
    properties['message_id'] ?? properties['email_id'] ?? `own ${messageId}`
  return [...new Set(said.map(idOf))].flatMap((id) => {
    const own = said.filter((event) => idOf(event) === id)
    const failed = own.filter(({ name }) => FAILED.includes(name)).map(({ timestamp }) => timestamp)
    const since = Math.max(Number.NEGATIVE_INFINITY, ...failed)
    const reached = own
      .filter(({ name, timestamp }) => REACHED.includes(name) && timestamp > since)
      .toSorted((a, b) => a.timestamp - b.timestamp)
    const [first] = reached
    if (first === undefined) return []
    const kept = first.imported === true ? first.receivedAt : first.timestamp
    const weight = reached
      .map(({ properties }) => properties['weight'])
      .find((one) => typeof one === 'number')
    const tags = reached
      .map(({ properties }) => properties['tags'])
      .find((one) => Array.isArray(one) && one.length > 0)
    const told = reached.map(channelOf).find((one) => one !== '')
    const counts = reached.every(({ properties }) => properties['transactional'] !== true)
    return counts && kept > now - retention
      ? [
          {
            at: first.timestamp,
            channel: told ?? '',
            weight: weight === undefined ? 1 : Number(weight),
            tags: (tags ?? []) as readonly unknown[],
          },
        ]
      : []
  })
}

function channelOf({ name, properties }: EventRecord): string {
  const own = OWN.find(([start]) => name.startsWith(start))?.[1]
  const told = properties['channel']
  if (own !== undefined) return own
  if (typeof told === 'string' && told !== '') return told.toLowerCase()
  return name === 'Message Seen' ? 'onsite' : ''
}

export const length = (text: string): number => {
  const [, days = '0', hours = '0'] = /^P(?:(\d+)D)?(?:T(\d+)H)?$/.exec(text) ?? []
  return (Number(days) * 24 + Number(hours)) * 3_600_000
}
