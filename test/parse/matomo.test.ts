import { expect, test } from 'vitest'
import type { Fields } from '../../edge/parse/fields.ts'
import { matomoMessages, mayRepeat } from '../../edge/parse/matomo.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { NOW, read, refusal } from './messages.ts'

const messages = (fields: Fields) => matomoMessages({ uid: 'u-1', ...fields }, NOW)

test.each<[string, Fields, readonly (readonly [type: string, name: string, properties: Json])[]]>([
  ['a page', { action_name: 'Home' }, [['page', 'Page Viewed', { name: 'Home' }]]],
  [
    "a page with the site's dimensions",
    { dimension1: 'gold', dimension2: '', dimensionX: 'no' },
    [['page', 'Page Viewed', { dimension1: 'gold' }]],
  ],
  [
    'an event',
    { e_c: 'Shop', e_a: 'Basket Opened', e_n: 'header', e_v: '2.5' },
    [['track', 'Basket Opened', { category: 'Shop', label: 'header', value: 2.5 }]],
  ],
  [
    'an order',
    {
      idgoal: '0',
      ec_id: 'o-1',
      revenue: '70',
      ec_st: '60',
      ec_tx: '5',
      ec_sh: '5',
      ec_items: '[["p-1","Shoe",["shoes","red"],60,1],["p-2","","",  "5.5","2"],7]',
    },
    [
      [
        'track',
        'Order Completed',
        {
          order_id: 'o-1',
          total: 70,
          revenue: 70,
          subtotal: 60,
          tax: 5,
          shipping: 5,
          products: [
            { product_id: 'p-1', name: 'Shoe', category: 'shoes', price: 60, quantity: 1 },
            { product_id: 'p-2', price: 5.5, quantity: 2 },
          ],
        },
      ],
    ],
  ],
  [
    'a cart',
    { idgoal: '0', revenue: '60', ec_items: '[["p-1"]]' },
    [['track', 'Cart Updated', { total: 60, revenue: 60, products: [{ product_id: 'p-1' }] }]],
  ],
  [
    'a goal',
    { idgoal: '3', revenue: '10' },
    [['track', 'Goal Converted', { goal_id: '3', revenue: 10 }]],
  ],
  [
    'a search',
    { search: 'shoes', search_cat: 'all', search_count: '0' },
    [['track', 'Products Searched', { query: 'shoes', category: 'all', results: 0 }]],
  ],
  [
    'a link',
    { link: 'https://a.example/' },
    [['track', 'Link Clicked', { url: 'https://a.example/' }]],
  ],
  [
    'a download',
    { download: 'https://a.example/b.pdf' },
    [['track', 'File Downloaded', { url: 'https://a.example/b.pdf' }]],
  ],
  [
    'content',
    { c_n: 'Banner', c_p: 'a.png' },
    [['track', 'Content Viewed', { name: 'Banner', piece: 'a.png' }]],
  ],
  [
    'a click on content',
    { c_n: 'Banner', c_i: 'click' },
    [['track', 'Content Clicked', { name: 'Banner', interaction: 'click' }]],
  ],
  [
    'the page of a product',
    { action_name: 'Shoe', _pks: 'p-1', _pkn: 'Shoe', _pkc: '["shoes","red"]', _pkp: '60' },
    [
      ['page', 'Page Viewed', { name: 'Shoe' }],
      [
        'track',
        'Product Viewed',
        { product_id: 'p-1', name: 'Shoe', category: 'shoes', price: 60 },
      ],
    ],
  ],
  ['a heartbeat', { ping: '1' }, []],
  ['what a plug-in alone understands', { ca: '1', ma_id: 'x' }, []],
])('%s is read', (_, fields, expected) => {
  const found = messages(fields).map((message) => read(message))
  expect(found.map(({ type, name, properties }) => [type, name, properties])).toEqual(expected)
})

test.each<[string, Fields, readonly Json[]]>([
  ['user and visitor', { uid: 'u-1', _id: '0123456789abcdef' }, ['u-1', '0123456789abcdef']],
  [
    'the visitor that the caller insists on',
    { uid: '', cid: 'fedcba9876543210', _id: '01' },
    ['fedcba9876543210'],
  ],
])('it is about %s', (_, fields, values) => {
  const [message = null] = matomoMessages(fields, NOW)
  expect(read(message).identifiers.map(({ value }) => value)).toEqual(values)
})

test('about nobody it is refused', () => {
  const [message = null] = matomoMessages({ url: 'https://a.example/' }, NOW)
  expect(refusal(message).reason).toBe('missing-identity')
})

test.each<[string, Fields, number]>([
  ['seconds since 1970', { cdt: `${NOW / 1_000 - 60}` }, NOW - 60_000],
  ['text in UTC', { cdt: '2026-11-23 11:00:00' }, NOW - 3_600_000],
  ['seconds ago', { cdo: '90' }, NOW - 90_000],
  ['now', {}, NOW],
])('the time may be %s', (_, fields, timestamp) => {
  expect(messages(fields).map((message) => read(message).timestamp)).toEqual([timestamp])
})

test('its context is in the places where events have it', () => {
  const fields = {
    url: 'https://shop.example.org/a',
    action_name: 'A',
    urlref: 'https://search.example.com/',
    _rcn: 'spring',
    lang: 'fr-FR,fr;q=0.9',
    res: '800x600',
    ua: 'Agent/1',
    uadata: '{"mobile":true,"platform":"Android"}',
    cip: '203.0.113.9',
    country: 'fr',
    city: 'Lyon',
  }
  const [message = null] = messages(fields)
  expect(read(message).context).toEqual({
    page: { url: fields.url, title: 'A', referrer: fields.urlref },
    campaign: { name: 'spring' },
    locale: 'fr-FR',
    screen: { width: 800, height: 600 },
    userAgent: 'Agent/1',
    userAgentData: { mobile: true, platform: 'Android' },
    ip: '203.0.113.9',
    location: { country: 'fr', city: 'Lyon' },
    library: { name: 'matomo' },
  })
})

test.each<[string, Fields, boolean]>([
  ['with a random number', { rand: '7' }, false],
  ['with its time', { cdt: '1' }, false],
  ['without either', { url: 'https://a.example/' }, true],
])('a request %s', (_, fields, expected) => {
  expect(mayRepeat(fields)).toBe(expected)
})
