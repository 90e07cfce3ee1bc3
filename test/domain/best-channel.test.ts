import { describe, expect, test } from 'vitest'
import { effectsOf, farewells } from '../../edge/domain/activation.ts'
import { applyEvent, noChanges } from '../../edge/domain/apply-event.ts'
import { compileCatalog } from '../../edge/domain/compiled-catalog.ts'
import { decodeProfile, encodeProfile, newProfile } from '../../edge/domain/profile.ts'
import { EDGE_SCORES } from '../../edge/domain/score/edge-scores.ts'
import { APPETENCE_SETTINGS, type AppetenceSettings } from '../../edge/protocol/appetence.ts'
import type { ActivationDefinition, DestinationDefinition } from '../../edge/protocol/delivery.ts'
import type { ActivationId, DestinationId, ProfileId, SegmentId } from '../../edge/protocol/id.ts'
import type { Transition } from '../../edge/protocol/membership.ts'
import { SCORE_SETTINGS } from '../../edge/protocol/score.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { catalogOf, track } from './build.ts'

const NOW = 100 * DAY
/** Shares of messages can be told by heart where these never lose their worth. */
const { halfLife: _, ...LASTING } = APPETENCE_SETTINGS
const destination = (channel: 'email' | 'sms' | 'push'): DestinationDefinition => ({
  id: `dst_${channel}` as DestinationId,
  name: channel,
  kind: 'webhook',
  purposes: ['analytics'],
  channel,
  enabled: true,
})
const ACTIVATION: ActivationDefinition = {
  id: 'act_best' as ActivationId,
  name: 'Best',
  segment: 'seg_0' as SegmentId,
  exclude: [],
  destinations: [
    'dst_email',
    'dst_sms',
    'dst_push',
  ] as readonly string[] as readonly DestinationId[],
  on: ['entered', 'exited'],
  frequency: 'every-time',
  channel: 'best',
  enabled: true,
}

const compiledWith = (
  settings: Partial<AppetenceSettings> = {},
  activation: Partial<ActivationDefinition> = {},
) =>
  compileCatalog(
    {
      ...catalogOf({ type: 'performed', event: 'A', operator: 'gte', value: 1 }),
      activations: [{ ...ACTIVATION, ...activation }],
      destinations: [destination('email'), destination('sms'), destination('push')],
      scoring: {
        settings: {
          ...SCORE_SETTINGS,
          appetence: { ...LASTING, prior: 'none', exploration: 0, ...settings },
        },
      },
    },
    undefined,
    [],
    undefined,
    EDGE_SCORES,
  )

/** Of so many messages the first are reacted to. They agreed to e-mail and SMS, and have a phone unless it is said. */
function person(
  compiled: ReturnType<typeof compiledWith>,
  told: { readonly [channel: string]: readonly [messages: number, reacted: number] },
  {
    id = 'prf_1',
    traits = { email: 'e', phone: 'p', pushToken: 't' },
  }: { id?: string; traits?: object } = {},
) {
  const profile = newProfile(id as ProfileId, 'bucket', 0)
  const events = [
    track(
      'Identified',
      1,
      {},
      {
        type: 'identify',
        traits: traits as never,
        consent: { email: true, sms: true, push: false },
      },
    ),
    ...Object.entries(told).flatMap(([channel, [messages, reacted]]) =>
      Array.from({ length: messages }, (_, place) => {
        const at = (place + 1) * DAY + (channel === 'sms' ? 5 : 0)
        const properties = { channel, message_id: `${channel} ${place}` }
        return [
          track('Message Sent', at, properties),
          ...(place < reacted ? [track('Message Clicked', at + 10, properties)] : []),
        ]
      }).flat(),
    ),
  ]
  for (const event of events) {
    applyEvent(profile, event, 'implied', compiled.features, noChanges())
  }
  return profile
}

const crossing = (type: 'entered' | 'exited', at = NOW): Transition => ({
  type,
  segment: 'seg_0' as SegmentId,
  at,
  decidedAt: at,
  cause: { type: 'time' },
})
const told = (effects: ReturnType<typeof effectsOf>) =>
  effects.map(({ destination: { id }, choice }) => [id, choice?.why, choice?.probability])

describe('of an activation on the best channel', () => {
  test.each([
    [
      'the likeliest',
      { email: [4, 1], sms: [4, 2], push: [4, 4] },
      {},
      ['dst_sms', 'likeliest', 0.5],
    ],
    [
      'of equal ones the last reacted to',
      { email: [4, 2], sms: [4, 2] },
      {},
      ['dst_sms', 'latest', 0.5],
    ],
    [
      'the only one they can be reached on',
      { sms: [4, 4] },
      { traits: { email: 'e' } },
      ['dst_email', 'only', undefined],
    ],
    ['one, where nothing is known of any', {}, {}, ['dst_email', 'unknown', undefined]],
  ] as const)('%s is told of an entry', (_, messages, who, expected) => {
    const compiled = compiledWith()
    const profile = person(compiled, messages, who)
    expect(told(effectsOf(profile, [crossing('entered')], compiled, NOW))).toEqual([expected])
  })

  test('nobody is told of who can be reached nowhere, of the exit neither', () => {
    const compiled = compiledWith()
    const profile = person(compiled, { email: [4, 4] }, { traits: { plan: 'gold' } })
    expect(effectsOf(profile, [crossing('entered')], compiled, NOW)).toEqual([])
    expect(effectsOf(profile, [crossing('exited')], compiled, NOW)).toEqual([])
  })

  test('an exit is told to whoever was told of the entry, though another is the best by now', () => {
    const compiled = compiledWith()
    const before = person(compiled, { email: [2, 2] })
    effectsOf(before, [crossing('entered')], compiled, NOW)
    const profile = decodeProfile(encodeProfile(before))
    for (const place of [0, 1]) {
      const properties = { message_id: `more ${place}` }
      const sent = track('Email Sent', NOW + place, properties)
      applyEvent(profile, sent, 'implied', compiled.features, noChanges())
    }
    const sms = { channel: 'sms', message_id: 'm' }
    for (const name of ['Message Sent', 'Message Clicked']) {
      applyEvent(profile, track(name, NOW, sms), 'implied', compiled.features, noChanges())
    }
    const later = NOW + DAY
    expect(told(effectsOf(profile, [crossing('exited', later)], compiled, later))).toEqual([
      ['dst_email', undefined, undefined],
    ])
    expect(told(effectsOf(profile, [crossing('entered', later)], compiled, later))).toEqual([
      ['dst_sms', 'likeliest', 1],
    ])
    // Once there was nobody to be told of the entry, all are.
    profile.chosen.clear()
    expect(effectsOf(profile, [crossing('exited', later)], compiled, later)).toHaveLength(3)
  })

  test('only whoever was told of somebody is told that they may be told no more', () => {
    const compiled = compiledWith()
    const profile = person(compiled, { email: [2, 2] })
    profile.memberships.set('seg_0' as SegmentId, {
      segment: 'seg_0' as SegmentId,
      enteredAt: NOW,
      decidedAt: NOW,
    })
    effectsOf(profile, [crossing('entered')], compiled, NOW)
    const gone = farewells(profile, ['analytics'], compiled, NOW)
    expect(gone.map((effect) => effect.destination.id)).toEqual(['dst_email'])
  })

  test('a share of entries, always the same ones, goes to the channel that was tried least', () => {
    const compiled = compiledWith({ exploration: 0.2 })
    const choose = () =>
      Array.from({ length: 2_000 }, (_, place) => {
        const profile = person(compiled, { email: [3, 3], sms: [1, 0] }, { id: `prf_${place}` })
        const [effect] = effectsOf(profile, [crossing('entered')], compiled, NOW)
        return effect?.choice?.why
      })
    const first = choose()
    const explored = first.filter((why) => why === 'explored').length / first.length
    expect(Math.abs(explored - 0.2)).toBeLessThan(0.03)
    expect(new Set(first)).toEqual(new Set(['likeliest', 'explored']))
    expect(choose()).toEqual(first)
  })
})
