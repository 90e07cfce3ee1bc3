import { writeFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, test } from 'vitest'
import { LIMITS } from '../../edge/protocol/event.ts'
import { dataFile } from '../data.ts'
import type { Message } from './data-set.ts'
import { openDataFile } from './read-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'prisme-replay-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The messages of a file with these lines, and the reasons for which rows were left out. */
async function replayed(...lines: readonly string[]) {
  const path = join(folder, `${lines.length}-${Math.random()}.csv.gz`)
  writeFileSync(path, gzipSync(`${lines.join('\n')}\n`))
  return await read(path)
}

async function read(path: string) {
  const { dataSet, rows } = await openDataFile(path)
  const messages: Message[] = []
  const skipped: string[] = []
  for await (const message of dataSet.messages(rows(), (reason) => skipped.push(reason))) {
    messages.push(message)
  }
  return { name: dataSet.name, messages, skipped }
}

describe('rees46', () => {
  const HEADER =
    'event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session'

  test.each([
    ['view', 'Product Viewed'],
    ['cart', 'Product Added'],
    ['remove_from_cart', 'Product Removed'],
  ])('a %s row is a %s', async (type, event) => {
    const { name, messages } = await replayed(
      HEADER,
      `2019-10-01 00:00:01 UTC,${type},17200506,20,furniture.sofa,,543.10,519107250,566511c2`,
    )
    expect(name).toBe('rees46')
    expect(messages).toEqual([
      {
        messageId: expect.stringMatching(/^rees46-[0-9a-f]{24}$/),
        event,
        userId: '519107250',
        timestamp: Date.UTC(2019, 9, 1, 0, 0, 1),
        properties: {
          product_id: '17200506',
          category: 'furniture.sofa',
          price: 543.1,
          session_id: '566511c2',
        },
      },
    ])
  })

  test('a purchase row is an order of one product', async () => {
    const { messages } = await replayed(
      HEADER,
      '2019-10-01 00:02:14 UTC,purchase,1004856,20,electronics.smartphone,samsung,130.76,543272936,8187',
    )
    expect(messages[0]).toMatchObject({
      event: 'Order Completed',
      properties: {
        order_id: messages[0]?.messageId,
        revenue: 130.76,
        products: [{ product_id: '1004856', brand: 'samsung', price: 130.76, quantity: 1 }],
      },
    })
  })

  test('equal rows are different events, and the same ones at every reading', async () => {
    const row = '2019-10-01 00:00:00 UTC,view,1,2,,,1.00,3,4'
    const [once, again] = [await replayed(HEADER, row, row), await replayed(HEADER, row, row)]
    const ids = once.messages.map(({ messageId }) => messageId)
    expect(new Set(ids).size).toBe(2)
    expect(again.messages.map(({ messageId }) => messageId)).toEqual(ids)
  })

  test('a row of an unknown type is left out with its reason', async () => {
    const { messages, skipped } = await replayed(
      HEADER,
      '2019-10-01 00:00:00 UTC,wish,1,2,,,1.00,3,4',
    )
    expect(messages).toEqual([])
    expect(skipped).toEqual(['unknown event type wish'])
  })
})

describe('diginetica', () => {
  const HEADER = 'session_id;user_id;item_id;timeframe;eventdate'

  test('a session without a user is a browser, a session with one is that user too', async () => {
    const { messages } = await replayed(
      HEADER,
      '1;NA;81766;526309;2016-05-09',
      '2;77;31331;0;2016-05-10',
    )
    expect(messages).toEqual([
      {
        messageId: 'diginetica-1-81766-526309',
        event: 'Product Viewed',
        anonymousId: 'session-1',
        timestamp: Date.UTC(2016, 4, 9) + 526_309,
        properties: { product_id: '81766', session_id: '1' },
      },
      {
        messageId: 'diginetica-2-31331-0',
        event: 'Product Viewed',
        anonymousId: 'session-2',
        userId: '77',
        timestamp: Date.UTC(2016, 4, 10),
        properties: { product_id: '31331', session_id: '2' },
      },
    ])
  })
})

describe('online_retail', () => {
  const HEADER = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country'

  test('the lines of an invoice are one order, wherever they stand in the file', async () => {
    const { messages } = await replayed(
      HEADER,
      '536365,85123A,WHITE HANGING HEART,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom',
      '536366,22633,HAND WARMER,6,2010-12-01 08:28:00,1.85,17850.0,United Kingdom',
      '536365,71053,WHITE METAL LANTERN,2,2010-12-01 08:26:00,3.39,17850.0,United Kingdom',
    )
    expect(messages.map(({ messageId }) => messageId)).toEqual([
      'online_retail-536365',
      'online_retail-536366',
    ])
    expect(messages[0]).toMatchObject({
      event: 'Order Completed',
      userId: '17850',
      timestamp: Date.UTC(2010, 11, 1, 8, 26),
      properties: {
        order_id: '536365',
        revenue: 22.08,
        currency: 'GBP',
        products: [
          { product_id: '85123A', name: 'WHITE HANGING HEART', price: 2.55, quantity: 6 },
          { product_id: '71053', name: 'WHITE METAL LANTERN', price: 3.39, quantity: 2 },
        ],
      },
    })
  })

  test('a cancelled invoice is a refund of a positive amount', async () => {
    const { messages } = await replayed(
      HEADER,
      'C536391,22556,PLASTERS IN TIN,-12,2010-12-01 10:24:00,1.65,17548.0,United Kingdom',
    )
    expect(messages[0]).toMatchObject({
      event: 'Order Refunded',
      userId: '17548',
      properties: { order_id: 'C536391', total: 19.8, products: [{ price: 1.65, quantity: 12 }] },
    })
    expect(messages[0]?.properties).not.toHaveProperty('revenue')
  })

  test('an invoice without a customer is a stranger’s', async () => {
    const { messages } = await replayed(
      HEADER,
      '536544,21773,BOTTLE,1,2010-12-01 14:32:00,2.51,,United Kingdom',
    )
    expect(messages[0]).toMatchObject({ anonymousId: 'invoice-536544' })
    expect(messages[0]).not.toHaveProperty('userId')
  })

  test('bookkeeping and stock corrections are no orders', async () => {
    const { messages, skipped } = await replayed(
      HEADER,
      'A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,United Kingdom',
      '536589,21777,,-10,2010-12-01 16:50:00,0.0,,United Kingdom',
    )
    expect(messages).toEqual([])
    expect(skipped).toEqual(['bookkeeping, not an order', 'stock correction'])
  })

  test('an order too long for an event keeps its total and says what it left off', async () => {
    const lines = Array.from(
      { length: 700 },
      (_, n) => `537434,S${n},A RATHER LONG NAME OF A GIFT,1,2010-12-06 16:57:00,1.5,,France`,
    )
    const { messages } = await replayed(HEADER, ...lines)
    const { products, products_omitted: omitted, revenue } = messages[0]?.properties ?? {}
    expect(revenue).toBe(1050)
    expect((products as readonly unknown[]).length + Number(omitted)).toBe(700)
    expect(JSON.stringify(messages[0]).length).toBeLessThan(LIMITS.eventBytes)
  })
})

describe('complete_journey', () => {
  const HEADER =
    'household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp'

  test('a basket is one order of a household', async () => {
    const { messages } = await replayed(
      HEADER,
      '2261,309,31625220889,940996,2,3.86,0.43,0.5,0.0,5,2017-01-28T19:06:53Z',
      '2131,368,32053127496,873902,1,1.59,0.9,0.0,0.0,10,2017-03-01T03:31:57Z',
      '2261,309,31625220889,847901,1,1.0,0.69,0.0,0.0,5,2017-01-28T19:06:53Z',
    )
    expect(messages).toHaveLength(2)
    expect(messages[0]).toEqual({
      messageId: 'complete_journey-31625220889',
      event: 'Order Completed',
      userId: '2261',
      timestamp: Date.UTC(2017, 0, 28, 19, 6, 53),
      properties: {
        order_id: '31625220889',
        revenue: 4.86,
        discount: 1.62,
        coupon: true,
        currency: 'USD',
        store_id: '309',
        products: [
          { product_id: '940996', quantity: 2, price: 1.93 },
          { product_id: '847901', quantity: 1, price: 1 },
        ],
      },
    })
  })
})

test('an unknown file is refused with the kinds that are known', async () => {
  await expect(replayed('a,b,c', '1,2,3')).rejects.toThrow(
    /none of the known data sets. Its columns: a, b, c[\s\S]*rees46[\s\S]*online_retail/,
  )
})

describe('the real files', () => {
  const FILES = [
    [
      'rees46/2019-10-01.csv.gz',
      { 'Product Viewed': 987, 'Product Added': 3, 'Order Completed': 10 },
    ],
    ['diginetica/item_views.csv.gz', { 'Product Viewed': 12_391 }],
    [
      'online_retail/until_2011-08-31.csv.gz',
      { 'Order Completed': 12_977, 'Order Refunded': 2_554 },
    ],
    ['complete_journey/transactions.csv.gz', { 'Order Completed': 47_243 }],
  ] as const

  for (const [name, counts] of FILES) {
    const path = dataFile(name)
    test.skipIf(path === null)(`${name} becomes events with ids of their own`, async () => {
      const { messages } = await read(path ?? '')
      const found: { [event: string]: number } = {}
      for (const { event } of messages) found[event] = (found[event] ?? 0) + 1
      expect(found).toEqual(counts)
      expect(new Set(messages.map(({ messageId }) => messageId)).size).toBe(messages.length)
    })
  }
})
