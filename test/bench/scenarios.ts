import { randomBytes, randomUUID } from 'node:crypto'
import type { CollectRequest, CollectResponse, TagEvent } from '../../edge/protocol/collect.ts'
import { DEMO } from '../demo/account.ts'
import { post, type Call, type Reply } from './load.ts'

/** Visitors that exist before the measurement: more than any cache of a few, few enough to make quickly. */
const RETURNING = 512

/** Objects the reference spreads its rows over, as many as the demo workspace has shards. */
const OBJECTS = 8

export interface Scenario {
  readonly name: string
  readonly edge: Side
  readonly reference: Side
}
interface Side {
  readonly next: () => Call
  readonly fault: (reply: Reply) => string | undefined
}

interface Visitor {
  readonly deviceKey: string
  readonly cookie: string
  readonly anonymousId: string
}

/** Prepares both servers and answers what is to be measured. */
export async function prepare(edge: string, reference: string): Promise<readonly Scenario[]> {
  const visitors: Visitor[] = []
  for (let n = 0; n < RETURNING; n += 1) visitors.push(await born(edge))
  const visitor = () => visitors[Math.floor(Math.random() * visitors.length)] as Visitor

  const row = collectBody(newKey())
  const rows = Array.from({ length: RETURNING }, (_, n) => `known-${n}`)
  for (const id of rows) await post(reference, at('/write', id, row))
  const known = () => rows[Math.floor(Math.random() * rows.length)] as string

  return [
    {
      name: 'collect, new visitor',
      edge: { next: () => collect(newKey()), fault: collectFault },
      reference: { next: () => at('/write', randomUUID(), row), fault: writeFault(row) },
    },
    {
      name: 'collect, returning visitor',
      edge: {
        next: () => {
          const { deviceKey, cookie } = visitor()
          return collect(deviceKey, cookie)
        },
        fault: collectFault,
      },
      reference: { next: () => at('/write', known(), row), fault: writeFault(row) },
    },
    {
      name: 'decide',
      edge: {
        next: () => {
          const { cookie, deviceKey } = visitor()
          const body = JSON.stringify({
            writeKey: DEMO.writeKey,
            deviceKey,
            placements: ['home-hero'],
          })
          return { path: '/v1/decide', body, headers: { cookie, 'content-type': 'text/plain' } }
        },
        fault: ({ status, body }) =>
          status === 200 && body.includes('"decisions"') ? undefined : 'decide did not answer',
      },
      reference: {
        next: () => at('/read', known(), ''),
        fault: ({ body }) => (body === JSON.stringify(row) ? undefined : 'not the row'),
      },
    },
  ]
}

async function born(edge: string): Promise<Visitor> {
  const deviceKey = newKey()
  const reply = await post(edge, collect(deviceKey))
  const wrong = collectFault(reply)
  if (wrong) throw new Error(`${wrong}: ${reply.status} ${reply.body}`)
  const cookie = [reply.headers['set-cookie']].flat()[0]?.split(';')[0]
  if (!cookie) throw new Error('collect set no cookie')
  const { anonymousId } = JSON.parse(reply.body) as CollectResponse
  return { deviceKey, cookie, anonymousId }
}

function collect(deviceKey: string, cookie?: string): Call {
  return {
    path: '/v1/collect',
    body: collectBody(deviceKey),
    headers: {
      'content-type': 'text/plain',
      'user-agent':
        'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36',
      ...(cookie && { cookie }),
    },
  }
}

function collectFault({ status, body }: Reply): string | undefined {
  if (status !== 200) return 'collect refused'
  const { verdicts } = JSON.parse(body) as CollectResponse
  return verdicts.length === 1 && verdicts[0]?.status === 'accepted' ? undefined : 'not accepted'
}

/** What the tag sends for a product page, with a decision asked for. */
function collectBody(deviceKey: string): string {
  const now = new Date().toISOString()
  const event: TagEvent = {
    type: 'track',
    event: 'Product Viewed',
    messageId: randomUUID(),
    timestamp: now,
    properties: { product_id: 'shoe-12', name: 'Trail runner', category: 'shoes', price: 89 },
    context: {
      page: {
        url: 'https://shop.example.com/product/shoe-12?utm_source=letter&utm_medium=email',
        path: '/product/shoe-12',
        referrer: 'https://shop.example.com/category/shoes',
        search: '?utm_source=letter&utm_medium=email',
        title: 'Trail runner',
      },
      locale: 'fr-FR',
      timezone: 'Europe/Paris',
      screen: { width: 1280, height: 800 },
      library: { name: 'prisme', version: '0.1.0' },
    },
  }
  const request: CollectRequest = {
    v: 1,
    writeKey: DEMO.writeKey,
    deviceKey,
    sentAt: now,
    batch: [event],
    decide: ['home-hero'],
  }
  return JSON.stringify(request)
}

/** The object is chosen by the id, as a profile's shard is. */
function at(path: string, id: string, body: string): Call {
  let hash = 0
  for (let n = 0; n < id.length; n += 1) hash = (hash * 31 + id.charCodeAt(n)) >>> 0
  return { path: `${path}?object=${hash % OBJECTS}&id=${id}`, body }
}

const writeFault =
  (row: string) =>
  ({ body }: Reply): string | undefined =>
    body === String(row.length) ? undefined : 'not written'

function newKey(): string {
  return randomBytes(16).toString('base64url')
}
