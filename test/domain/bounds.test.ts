import { expect, test } from 'vitest'
import { applyEvent, noChanges } from '../../edge/domain/apply-event.ts'
import { FeatureSet } from '../../edge/domain/feature.ts'
import { encodeProfile, newProfile, type Profile } from '../../edge/domain/profile.ts'
import type { EventRecord } from '../../edge/protocol/event.ts'
import type { DeviceId, ProfileId } from '../../edge/protocol/id.ts'
import { track } from './build.ts'

/** A row of SQLite in a Durable Object. */
const ROW_LIMIT = 2_000_000

const born = (id: string): Profile => newProfile(id as ProfileId, id, 0)
const apply = (profile: Profile, event: EventRecord): void =>
  applyEvent(profile, event, 'implied', new FeatureSet('UTC'), noChanges())
const identify = (traits: NonNullable<EventRecord['traits']>, at: number): EventRecord =>
  track('Identified', at, {}, { type: 'identify', traits })
const deviceAt = (n: number) => `dev_${n}` as DeviceId

test('a profile whose traits and devices come without end stays one row', () => {
  const profile = born('prf_a')
  for (let n = 0; n < 1_000; n++) {
    apply(profile, identify({ [`trait ${n}`]: '€'.repeat(1_100) }, n))
    apply(profile, track('Page Viewed', n, {}, { device: deviceAt(n) }))
  }
  expect(profile.traits.size).toBe(300)
  expect(profile.devices).toHaveLength(200)
  expect(new TextEncoder().encode(encodeProfile(profile)).length).toBeLessThan(ROW_LIMIT)
})

test('a trait that is known can still change when there is room for no other', () => {
  const profile = born('prf_a')
  for (let n = 0; n < 600; n++) apply(profile, identify({ [`trait ${n}`]: n }, n))
  apply(profile, identify({ 'trait 1': 'new', 'trait 599': 'no room' }, 1_000))
  expect(profile.traits.get('trait 1')?.value).toBe('new')
  expect(profile.traits.has('trait 599')).toBe(false)
})

test('a trait too long for the row changes nothing', () => {
  const profile = born('prf_a')
  apply(profile, identify({ note: 'short' }, 1))
  apply(profile, identify({ note: 'x'.repeat(3_000) }, 2))
  expect(profile.traits.get('note')?.value).toBe('short')
})

test('a device that proved to be the person is not pushed out by those that did not', () => {
  const profile = born('prf_a')
  apply(profile, track('Page Viewed', 1, {}, { device: deviceAt(0) }))
  const [own] = profile.devices
  if (own !== undefined) own.proven = true
  for (let n = 1; n <= 500; n++) {
    apply(profile, track('Page Viewed', 1 + n, {}, { device: deviceAt(n) }))
  }
  expect(profile.devices.map(({ id }) => id)).toContain(deviceAt(0))
  expect(profile.devices.map(({ id }) => id)).toContain(deviceAt(500))
})
