import { describe, expect, test } from 'vitest'
import { parseEvent } from '../../edge/parse/event.ts'
import type { Fields } from '../../edge/parse/fields.ts'
import { snowplowMessage } from '../../edge/parse/snowplow.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { NOW, options, read, refusal } from './messages.ts'

const shop = (name: string, data: Json) => ({
  schema: `iglu:com.snowplowanalytics.snowplow.ecommerce/${name}/jsonschema/1-0-0`,
  data,
})

const described = (schema: string, data: Json, entities: Json = []): Fields => ({
  e: 'ue',
  uid: 'u-1',
  ue_pr: JSON.stringify({
    schema: 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0',
    data: { schema, data },
  }),
  co: JSON.stringify({
    schema: 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0',
    data: entities,
  }),
})

const ACTION =
  'iglu:com.snowplowanalytics.snowplow.ecommerce/snowplow_ecommerce_action/jsonschema/1-0-2'

const consent = (name: string, data: Json) =>
  described(`iglu:com.snowplowanalytics.snowplow/${name}/jsonschema/1-0-0`, data)
const ALL_PURPOSES = ['analytics', 'personalization', 'advertising', 'email', 'sms']
const answered = (granted: readonly string[], others: readonly string[] = ALL_PURPOSES) =>
  Object.fromEntries(others.map((purpose) => [purpose, granted.includes(purpose)]))

test.each<[string, Fields, Json | undefined]>([
  [
    'consent to everything',
    consent('consent_preferences', { eventType: 'allow_all', consentScopes: ['club'] }),
    answered([...ALL_PURPOSES, 'club'], [...ALL_PURPOSES, 'club']),
  ],
  [
    'consent to what was selected',
    consent('consent_preferences', {
      eventType: 'allow_selected',
      consentScopes: ['analytics', 'club', 7],
    }),
    answered(['analytics', 'club'], [...ALL_PURPOSES, 'club']),
  ],
  ['a no', consent('consent_preferences', { eventType: 'deny_all' }), answered([])],
  ['an expiry', consent('consent_preferences', { eventType: 'expired' }), answered([])],
  ['the old withdrawal of everything', consent('consent_withdrawn', { all: true }), answered([])],
  ['a withdrawal of some document', consent('consent_withdrawn', { all: false }), undefined],
  ['a banner that is shown', consent('consent_preferences', { eventType: 'pending' }), undefined],
  ['an answer nobody knows', consent('consent_preferences', { eventType: 'toString' }), undefined],
])('%s', (_, fields, answers) => {
  const message = snowplowMessage({ ...fields, eid: 'e-1' })
  const read = parseEvent(message, 0, {}, options())
  expect(read).toMatchObject({
    ok: true,
    message: { name: 'Segment Consent Preference Updated' },
  })
  expect(read.ok && read.message.consent).toEqual(answers)
})

test.each<[string, Fields, string, string, Json]>([
  ['a page view', { e: 'pv', uid: 'u-1', page: 'Home' }, 'page', 'Page Viewed', { name: 'Home' }],
  [
    'a structured event',
    {
      e: 'se',
      uid: 'u-1',
      se_ca: 'Shop',
      se_ac: 'Basket Opened',
      se_la: 'l',
      se_pr: 'p',
      se_va: '2.50',
    },
    'track',
    'Basket Opened',
    { category: 'Shop', label: 'l', property: 'p', value: 2.5 },
  ],
  [
    'a self-describing event',
    described('iglu:com.example/video_played/jsonschema/1-0-0', { length: 7 }),
    'track',
    'video_played',
    { length: 7 },
  ],
  [
    'a screen',
    described('iglu:com.snowplowanalytics.mobile/screen_view/jsonschema/1-0-0', {
      name: 'Home',
      id: 's',
    }),
    'screen',
    'Screen Viewed',
    { name: 'Home', id: 's' },
  ],
  [
    "the site's own entities",
    described('iglu:com.example/played/jsonschema/1-0-0', {}, [
      { schema: 'iglu:com.example/member-card/jsonschema/2-1-0', data: { level: 3 } },
      {
        schema: 'iglu:com.snowplowanalytics.snowplow/web_page/jsonschema/1-0-0',
        data: { id: 'x' },
      },
      'nonsense',
    ]),
    'track',
    'played',
    { contexts_com_example_member_card_2: [{ level: 3 }] },
  ],
  [
    'a product view',
    described(ACTION, { type: 'product_view' }, [
      shop('product', { id: 'p-1', name: 'Shoe', category: 'shoes', price: 60, currency: 'EUR' }),
    ]),
    'track',
    'Product Viewed',
    {
      product_id: 'p-1',
      name: 'Shoe',
      category: 'shoes',
      price: 60,
      currency: 'EUR',
      products: [
        { product_id: 'p-1', name: 'Shoe', category: 'shoes', price: 60, currency: 'EUR' },
      ],
    },
  ],
  [
    'a transaction',
    described(ACTION, { type: 'transaction' }, [
      shop('transaction', {
        transaction_id: 'o-1',
        revenue: 70,
        currency: 'EUR',
        discount_code: 'SUN',
      }),
      shop('product', { id: 'p-1', price: 60 }),
    ]),
    'track',
    'Order Completed',
    {
      order_id: 'o-1',
      total: 70,
      revenue: 70,
      currency: 'EUR',
      coupon: 'SUN',
      products: [{ product_id: 'p-1', price: 60 }],
    },
  ],
  [
    'a refund',
    described(ACTION, { type: 'refund' }, [
      shop('refund', { transaction_id: 'o-1', refund_amount: 20, currency: 'EUR' }),
    ]),
    'track',
    'Order Refunded',
    { order_id: 'o-1', total: 20, currency: 'EUR' },
  ],
  [
    'an order of an old tracker',
    { e: 'tr', uid: 'u-1', tr_id: 'o-2', tr_tt: '20.00', tr_tx: '1.5', tr_cu: 'EUR' },
    'track',
    'Order Completed',
    { order_id: 'o-2', total: 20, revenue: 20, tax: 1.5, currency: 'EUR' },
  ],
  [
    'an item of an old tracker',
    { e: 'ti', uid: 'u-1', ti_id: 'o-2', ti_sk: 'p-1', ti_nm: 'Shoe', ti_pr: '10', ti_qu: '2' },
    'track',
    'Order Item Bought',
    { order_id: 'o-2', product_id: 'p-1', name: 'Shoe', price: 10, quantity: 2 },
  ],
])('%s is read', (_, fields, type, name, properties) => {
  expect(read(snowplowMessage(fields) ?? null)).toMatchObject({ type, name })
  expect(read(snowplowMessage(fields) ?? null).properties).toEqual(properties)
})

test('a page ping is no message', () => {
  expect(snowplowMessage({ e: 'pp', uid: 'u-1' })).toBeUndefined()
})

const session = (userId: Json) =>
  JSON.stringify({
    data: [
      {
        schema: 'iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2',
        data: { userId },
      },
    ],
  })

describe('who it is about', () => {
  test.each<[string, Fields, readonly Json[]]>([
    ['user and domain user', { uid: 'u-1', duid: 'duid-1' }, ['u-1', 'duid-1']],
    ["an app's session", { co: session('install-1') }, ['install-1']],
    ['a network user', { tnuid: 'network-1' }, ['network-1']],
    ['an empty user', { uid: '', duid: 'duid-1' }, ['duid-1']],
  ])('%s', (_, fields, values) => {
    const { identifiers } = read(snowplowMessage({ e: 'pv', ...fields }) ?? null)
    expect(identifiers.map(({ value }) => value)).toEqual(values)
  })

  test('nobody is refused', () => {
    expect(refusal(snowplowMessage({ e: 'pv' }) ?? null).reason).toBe('missing-identity')
  })
})

test.each<[string, Fields, number]>([
  ["the device's, corrected", { dtm: `${NOW - 7_000}`, stm: `${NOW - 5_000}` }, NOW - 2_000],
  ["the device's, without the time of sending", { dtm: `${NOW - 7_000}` }, NOW - 7_000],
  ['the true one, as it is', { ttm: `${NOW - 9_000}`, dtm: '1', stm: '1' }, NOW - 9_000],
  ['none', {}, NOW],
])('the time is %s', (_, fields, timestamp) => {
  expect(read(snowplowMessage({ e: 'pv', uid: 'u-1', ...fields }) ?? null).timestamp).toBe(
    timestamp,
  )
})

test('its context is in the places where events have it', () => {
  const fields = {
    e: 'pv',
    eid: 'event-1',
    uid: 'u-1',
    url: 'https://shop.example.org/a?utm_source=mail',
    page: 'A',
    refr: 'https://search.example.com/',
    lang: 'fr-FR',
    tz: 'Europe/Paris',
    res: '1280x1024',
    ua: 'Agent/1',
    ip: '203.0.113.9',
    tv: 'js-4.10.1',
  }
  const message = read(snowplowMessage(fields) ?? null)
  expect(message.messageId).toBe('event-1')
  expect(message.context).toEqual({
    page: { url: fields.url, title: 'A', referrer: fields.refr },
    locale: 'fr-FR',
    timezone: 'Europe/Paris',
    screen: { width: 1280, height: 1024 },
    userAgent: 'Agent/1',
    ip: '203.0.113.9',
    library: { name: 'snowplow', version: 'js-4.10.1' },
  })
})

test.each<[string, Fields, string]>([
  ['of a kind nobody knows', { e: 'xx', uid: 'u-1' }, 'unknown-type'],
  ['of no kind', { uid: 'u-1' }, 'unknown-type'],
  ['that describes nothing', { e: 'ue', uid: 'u-1', ue_pr: '{"data":{' }, 'missing-event'],
  ['at no time', { e: 'pv', uid: 'u-1', dtm: 'noon' }, 'invalid-timestamp'],
])('a payload %s is refused with its reason', (_, fields, reason) => {
  const parsed = parseEvent(snowplowMessage(fields), 0, {}, options())
  expect(parsed).toMatchObject({ ok: false, refused: { reason } })
})
