import { expect, test } from 'vitest'
import { LAKE_COLUMNS, lakeRow } from '../../edge/domain/lake-row.ts'
import type { EventContext } from '../../edge/protocol/event.ts'
import type { ProfileId, WorkspaceId } from '../../edge/protocol/id.ts'
import { track } from './build.ts'

const workspace = 'ws_test' as WorkspaceId
const profile = 'prf_test' as ProfileId

test('names and types of columns never change: whoever reads old files relies on them', () => {
  const columns = LAKE_COLUMNS.map(({ name, type }) => `${name} ${type}`)
  expect(columns.slice(0, 36)).toEqual([
    'message_id STRING',
    'type STRING',
    'event STRING',
    'timestamp TIMESTAMP',
    'received_at TIMESTAMP',
    'workspace STRING',
    'source STRING',
    'profile STRING',
    'device STRING',
    'user_id STRING',
    'identifiers STRING',
    'properties STRING',
    'traits STRING',
    'country STRING',
    'region STRING',
    'city STRING',
    'postal_code STRING',
    'timezone STRING',
    'device_type STRING',
    'os STRING',
    'browser STRING',
    'language STRING',
    'campaign_source STRING',
    'campaign_medium STRING',
    'campaign_name STRING',
    'campaign_content STRING',
    'campaign_term STRING',
    'click_id STRING',
    'referrer_class STRING',
    'referrer STRING',
    'url STRING',
    'path STRING',
    'title STRING',
    'bot BOOLEAN',
    'library STRING',
    'consent STRING',
  ])
})

test('a value of the wrong sort is null', () => {
  const odd = { country: 33, title: { a: 1 }, bot: 'yes', os: 'Linux' } as unknown as EventContext
  const event = { ...track('Odd', 1.5, {}, { context: odd }), timestamp: Number.NaN }
  const row = lakeRow({ profile, event }, workspace)
  expect(row).toMatchObject({ received_at: 1, os: 'Linux', event: 'Odd' })
  for (const name of ['country', 'title', 'bot', 'timestamp']) expect(row[name]).toBeUndefined()
})

test('ill-formed text, nested keys of any name and large numbers come through as JSON says them', () => {
  const properties = JSON.parse('{"__proto__":{"a":1},"constructor":2,"n":1e300,"s":"\\ud800"}')
  const row = lakeRow({ profile, event: track('Odd', 1, properties) }, workspace)
  expect(row['properties']).toBe('{"__proto__":{"a":1},"constructor":2,"n":1e+300,"s":"\\ud800"}')
})
