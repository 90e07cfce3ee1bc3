import { APPETENCE_SETTINGS, type Calibration } from '../../edge/protocol/appetence.ts'
import type { ScoreCondition } from '../../edge/protocol/condition.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { Scoring } from '../../edge/protocol/population.ts'
import type { Past } from './oracle-behaviour.ts'
import { passes } from './oracle-compare.ts'

export const isOfMessages = ({ score }: Pick<ScoreCondition, 'score'>): boolean =>
  score === 'best-channel' || score.startsWith('appetence.')

/** Events of the e-mail spec, and those of any channel. */
const KINDS: { readonly [name: string]: string } = {
  'Email Sent': 'sent',
  'Email Delivered': 'delivered',
  'Email Opened': 'opened',
  'Email Link Clicked': 'clicked',
  'Email Bounced': 'bounced',
  'Message Sent': 'sent',
  'Message Delivered': 'delivered',
  'Message Opened': 'opened',
  'Message Clicked': 'clicked',
  'Message Converted': 'converted',
  'Message Bounced': 'bounced',
}

interface Received {
  readonly at: number
  readonly reactions: readonly number[]
}

/** Whether a person is likely to react on a channel, by all that ever happened. `isOpen`: consented and reachable. */
export function appetencePasses(
  condition: ScoreCondition,
  past: Past,
  scoring: Scoring | undefined,
  isOpen: (purpose: string, traits: readonly string[]) => boolean,
): boolean {
  const compare = (value: number | string | undefined) =>
    passes({ ...condition, property: '' }, value)
  if (scoring === undefined) return compare(undefined)
  const settings = scoring.settings.appetence ?? APPETENCE_SETTINGS
  const known = Object.entries(settings.channels)
    .filter(([, { purpose, traits }]) => isOpen(purpose, traits))
    .map(([channel]) => ({ channel, ...chanceOf(channel, past, scoring, settings) }))
    .filter(({ chance }) => chance !== undefined)
  if (condition.score !== 'best-channel') {
    return compare(known.find(({ channel }) => `appetence.${channel}` === condition.score)?.chance)
  }
  const [best] = known.toSorted(
    (a, b) =>
      (b.chance ?? 0) - (a.chance ?? 0) ||
      (a.latest === b.latest ? 0 : b.latest - a.latest) ||
      (a.channel < b.channel ? -1 : 1),
  )
  return compare(best?.channel)
}

function chanceOf(
  channel: string,
  past: Past,
  { population }: Scoring,
  { prior: kind, halfLife = Infinity, reactions }: typeof APPETENCE_SETTINGS,
): { readonly chance: number | undefined; readonly latest: number } {
  const received = receivedOn(channel, past, reactions)
  const latest = Math.max(-Infinity, ...received.flatMap((one) => one.reactions))
  const found = population?.appetence?.[channel]
  const prior =
    kind === 'none'
      ? { reacted: 0, ignored: 0 }
      : found === undefined || 'needed' in found
        ? undefined
        : found.prior
  if (prior === undefined) return { chance: undefined, latest }
  const worth = (at: number) => (halfLife === Infinity ? 1 : 2 ** ((at - past.now) / halfLife))
  const worths = received.map(({ at }) => worth(at))
  const sum = worths.reduce((all, one) => all + one, 0)
  const squares = worths.reduce((all, one) => all + one ** 2, 0)
  const share =
    sum > 0
      ? received.reduce((all, one) => all + (one.reactions.length > 0 ? worth(one.at) : 0), 0) / sum
      : 0
  // In full for two half-lives after the latest message.
  const size = sum > 0 ? (sum ** 2 / squares) * Math.min(1, 4 * Math.max(...worths)) : 0
  const all = prior.reacted + prior.ignored + size
  const line = kind === 'none' || found === undefined || 'needed' in found ? [] : found.calibration
  return {
    chance: all > 0 ? meantBy((prior.reacted + size * share) / all, line ?? []) : undefined,
    latest,
  }
}

/** On the straight between the two points that a share lies between. */
function meantBy(said: number, line: Calibration): number {
  for (const [place, [x1, y1]] of line.entries()) {
    const [x2, y2] = line[place + 1] ?? [x1, y1]
    if (said >= x1 && said <= x2 && x2 > x1) return y1 + ((y2 - y1) * (said - x1)) / (x2 - x1)
  }
  return said
}

function receivedOn(
  channel: string,
  { events, now, retention }: Past,
  reactions: readonly string[],
): readonly Received[] {
  const since = ({ imported, receivedAt, timestamp }: EventRecord) =>
    imported === true ? receivedAt : timestamp
  const told = events
    .filter((event) => event.timestamp <= now && since(event) > now - retention)
    .flatMap((event) => {
      const kind = KINDS[event.name]
      const on = event.name.startsWith('Email') ? 'email' : event.properties['channel']
      return kind === undefined || on !== channel ? [] : [{ event, kind }]
    })
    .toSorted((a, b) => a.event.timestamp - b.event.timestamp)
  const nameOf = ({ properties }: EventRecord) =>
    properties['message_id'] !== undefined
      ? `message ${String(properties['message_id'])}`
      : properties['campaign_id'] !== undefined
        ? `campaign ${String(properties['campaign_id'])}`
        : undefined
  const names = new Set(told.flatMap(({ event }) => nameOf(event) ?? []))
  const named = [...names].flatMap((name): Received[] => {
    const own = told.filter(({ event }) => nameOf(event) === name)
    const sent = own.find(({ kind }) => kind === 'sent' || kind === 'delivered')
    if (sent === undefined || own.some(({ kind }) => kind === 'bounced')) return []
    const reacted = own.filter(({ kind }) => reactions.includes(kind))
    return [{ at: sent.event.timestamp, reactions: reacted.map(({ event }) => event.timestamp) }]
  })
  const nameless = told.filter(({ event }) => nameOf(event) === undefined)
  const isSent = nameless.some(({ kind }) => kind === 'sent')
  const starts = nameless.filter(({ kind }) => kind === (isSent ? 'sent' : 'delivered'))
  const unnamed = starts.flatMap(({ event }, place): Received[] => {
    const next = starts[place + 1]?.event.timestamp ?? Infinity
    const during = nameless.filter(
      (one) => one.event.timestamp >= event.timestamp && one.event.timestamp < next,
    )
    if (during.some(({ kind }) => kind === 'bounced')) return []
    const reacted = during.filter(({ kind }) => reactions.includes(kind))
    return [{ at: event.timestamp, reactions: reacted.map((one) => one.event.timestamp) }]
  })
  return [...named, ...unnamed]
}
