import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { consumeDeadDeliveries, consumeDeliveries } from '../../edge/delivery/consumer.ts'
import type { DeliveryId, ProfileId } from '../../edge/protocol/id.ts'
import type { DeliveryPorts } from '../../edge/delivery/ports.ts'
import type { Receipt } from '../../edge/protocol/delivery.ts'
import { deliveryMessage, NOON, webhookTarget } from './build-message.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let receiver: Receiver
beforeEach(async () => {
  receiver = await startReceiver()
})
afterEach(() => {
  vi.restoreAllMocks()
  return receiver.close()
})

/** A message as the queue holds it, which notes what became of it. */
function queued(body: unknown) {
  const fate: string[] = []
  const retry = (options?: { readonly delaySeconds?: number }) => {
    fate.push(`retry in ${options?.delaySeconds ?? 0} s`)
  }
  return { body, fate, ack: () => void fate.push('ack'), retry }
}

/** Ports that note what was stored, in order, and fail when told to. */
function ports(changes: Partial<DeliveryPorts> = {}) {
  const stored: Receipt[] = []
  const disabled: string[] = []
  const lookedUp: string[] = []
  const made: DeliveryPorts = {
    permits: async (_, __, messages) => messages.map(() => true),
    allowLoopback: true,
    connections: 6,
    now: () => NOON,
    open: async (_, sealed) => sealed.replace('sealed ', ''),
    target: async (_, destination) => {
      lookedUp.push(destination)
      return webhookTarget(`${receiver.origin}/hook`)
    },
    receipts: async (_, __, receipts) => {
      stored.push(...receipts)
      return receipts.map(() => true)
    },
    disable: async (_, destination) => void disabled.push(destination),
    ...changes,
  }
  return { ...made, stored, disabled, lookedUp }
}

const idsReceived = () => receiver.received.map(({ headers }) => headers['webhook-id'])

test('a delivery is acknowledged after its receipt is stored, not before', async () => {
  const steps: string[] = []
  const message = queued(deliveryMessage())
  const port = ports({
    receipts: async () => {
      steps.push('receipt')
      return [true]
    },
  })
  await consumeDeliveries({ messages: [{ ...message, ack: () => void steps.push('ack') }] }, port)
  expect(steps).toEqual(['receipt', 'ack'])
})

test('the receipt says which attempt, when, how long and how it ended', async () => {
  const port = ports()
  receiver.answer = (_, response) =>
    void setTimeout(() => response.writeHead(503, { 'retry-after': '7' }).end(), 50)
  await consumeDeliveries({ messages: [queued(deliveryMessage({ attempt: 3 }))] }, port)
  expect(port.stored).toEqual([
    {
      id: 'dlv_aaaaaaaaaaaaaaaaaaaaa',
      attempt: 3,
      startedAt: NOON,
      duration: expect.any(Number),
      outcome: {
        type: 'retry',
        status: 503,
        reason: 'the receiver failed (503)',
        retryAfter: 7_000,
      },
    },
  ])
  expect(port.stored[0]?.duration).toBeGreaterThanOrEqual(45)
})

test('a failed attempt is acknowledged: the shard keeps the schedule, not the queue', async () => {
  receiver.answer = (_, response) => void response.writeHead(500).end()
  const message = queued(deliveryMessage())
  await consumeDeliveries({ messages: [message] }, ports())
  expect(message.fate).toEqual(['ack'])
})

test('a receipt that cannot be stored brings the message back, with the same webhook-id', async () => {
  let fails = true
  const stored: Receipt[] = []
  const port = ports({
    receipts: async (_, __, receipts) => {
      if (fails) throw new Error('the shard restarts')
      stored.push(...receipts)
      return [true]
    },
  })
  const message = queued(deliveryMessage())
  await consumeDeliveries({ messages: [message] }, port)
  fails = false
  await consumeDeliveries({ messages: [message] }, port)
  expect(message.fate).toEqual(['retry in 2 s', 'ack'])
  expect(new Set(idsReceived())).toEqual(new Set(['dlv_aaaaaaaaaaaaaaaaaaaaa']))
  expect(receiver.received[1]?.body).toBe(receiver.received[0]?.body)
  expect(stored).toHaveLength(1)
})

test('one message of a batch that fails leaves the others alone', async () => {
  const bad = deliveryMessage({ id: 'dlv_bad', profile: 'prf_bad' })
  const port = ports({
    receipts: async (_, __, receipts) => receipts.map(({ id }) => String(id) !== 'dlv_bad'),
  })
  const messages = [queued(bad), queued(deliveryMessage()), queued({ nothing: 'known' })]
  await consumeDeliveries({ messages }, port)
  expect(messages.map(({ fate }) => fate)).toEqual([['retry in 2 s'], ['ack'], ['ack']])
})

test('the queue’s own duplicate within a batch is sent once and receipted twice', async () => {
  const port = ports()
  const messages = [queued(deliveryMessage()), queued(deliveryMessage())]
  await consumeDeliveries({ messages }, port)
  expect(receiver.received).toHaveLength(1)
  expect(port.stored).toHaveLength(2)
  expect(messages.map(({ fate }) => fate)).toEqual([['ack'], ['ack']])
})

test('a batch delivered twice repeats the id, so that a receiver can tell', async () => {
  const port = ports()
  const batch = { messages: [queued(deliveryMessage())] }
  await Promise.all([consumeDeliveries(batch, port), consumeDeliveries(batch, port)])
  expect(idsReceived()).toEqual(['dlv_aaaaaaaaaaaaaaaaaaaaa', 'dlv_aaaaaaaaaaaaaaaaaaaaa'])
})

test('one profile’s deliveries to one destination arrive in order, others meanwhile', async () => {
  receiver.answer = ({ body }, response) => {
    const slow = body.includes('prf_slow') && body.includes('entered')
    setTimeout(() => response.writeHead(204).end(), slow ? 300 : 0)
  }
  const messages = [
    queued(deliveryMessage({ id: 'dlv_1', profile: 'prf_slow' })),
    queued(deliveryMessage({ id: 'dlv_2', profile: 'prf_slow', type: 'exited' })),
    queued(deliveryMessage({ id: 'dlv_3', profile: 'prf_fast' })),
  ]
  const port = ports()
  await consumeDeliveries({ messages }, port)
  expect(port.stored.map(({ id }) => id)).toEqual(['dlv_3', 'dlv_1', 'dlv_2'])
})

test('what stands behind a failed delivery does not overtake it', async () => {
  receiver.answer = (_, response) => void response.writeHead(500).end()
  const messages = [
    queued(deliveryMessage({ id: 'dlv_1' })),
    queued(deliveryMessage({ id: 'dlv_2', type: 'exited' })),
  ]
  await consumeDeliveries({ messages }, ports())
  expect(idsReceived()).toEqual(['dlv_1'])
  expect(messages.map(({ fate }) => fate)).toEqual([['ack'], ['retry in 5 s']])
})

test('what stands behind a delivery whose receipt was not stored waits too', async () => {
  const port = ports({ receipts: () => Promise.reject(new Error('restarting')) })
  const messages = [
    queued(deliveryMessage({ id: 'dlv_1' })),
    queued(deliveryMessage({ id: 'dlv_2', type: 'exited' })),
  ]
  await consumeDeliveries({ messages }, port)
  expect(idsReceived()).toEqual(['dlv_1'])
  expect(messages.map(({ fate }) => fate)).toEqual([['retry in 2 s'], ['retry in 5 s']])
})

test('five receivers that hang do not make the others wait', async () => {
  const hanging: ServerResponse[] = []
  let quick = 0
  receiver.answer = ({ path }, response) => {
    if (path === '/slow' && quick < 5) hanging.push(response)
    else response.writeHead(204).end()
    // The slow ones answer when all the others were served, or never.
    if (path !== '/slow' && ++quick === 5) for (const slow of hanging) slow.writeHead(204).end()
  }
  const port = ports({
    target: async (_, destination) =>
      webhookTarget(`${receiver.origin}/${String(destination) === 'dst_slow' ? 'slow' : 'quick'}`),
  })
  const messages = Array.from({ length: 10 }, (_, at) =>
    queued(
      deliveryMessage({
        id: `dlv_${at}`,
        profile: `prf_${at}`,
        destination: at < 5 ? 'dst_slow' : 'dst_quick',
      }),
    ),
  )
  await consumeDeliveries({ messages }, port)
  expect(port.stored.map(({ outcome }) => outcome)).toEqual(
    Array.from({ length: 10 }, () => ({ type: 'delivered', status: 204 })),
  )
})

test('410 Gone switches the destination off before it is receipted', async () => {
  receiver.answer = (_, response) => void response.writeHead(410).end()
  const message = queued(deliveryMessage())
  const port = ports()
  await consumeDeliveries({ messages: [message] }, port)
  expect(port.disabled).toEqual(['dst_inbox'])
  expect(port.stored[0]?.outcome).toMatchObject({ type: 'refused', status: 410, disable: true })
  expect(message.fate).toEqual(['ack'])
})

test('after 410 nothing more of the batch goes to that destination', async () => {
  receiver.answer = (_, response) => void response.writeHead(410).end()
  let enabled = true
  const port = ports({
    target: async () => webhookTarget(receiver.origin, { enabled }),
    disable: async () => void (enabled = false),
  })
  const messages = [
    queued(deliveryMessage({ id: 'dlv_1' })),
    queued(deliveryMessage({ id: 'dlv_2', type: 'exited' })),
  ]
  await consumeDeliveries({ messages }, port)
  expect(idsReceived()).toEqual(['dlv_1'])
  expect(port.stored[1]?.outcome).toMatchObject({ reason: 'the destination is switched off' })
})

test('a destination is looked up once a batch', async () => {
  const port = ports()
  const messages = ['a', 'b', 'c'].map((name) =>
    queued(deliveryMessage({ id: `dlv_${name}`, profile: `prf_${name}` })),
  )
  await consumeDeliveries({ messages }, port)
  expect(port.lookedUp).toEqual(['dst_inbox'])
})

test('a destination that cannot be looked up now is the queue’s matter, not an attempt', async () => {
  const message = queued(deliveryMessage())
  const port = ports({ target: () => Promise.reject(new Error('restarting')) })
  await consumeDeliveries({ messages: [message] }, port)
  expect(message.fate).toEqual(['retry in 2 s'])
  expect(port.stored).toEqual([])
})

test.each([
  ['deleted', null, 'refused', 'the destination was deleted'],
  ['switched off', { enabled: false }, 'refused', 'the destination is switched off'],
  ['without a secret', { secrets: [] }, 'refused', /no signing secret/],
  ['with a secret of another deployment', { secrets: ['?'] }, 'retry', /could not be opened/],
  ['now pointing inwards', { url: 'http://10.0.0.1/' }, 'refused', /^nothing was sent/],
] as const)('nothing is sent to a destination that is %s', async (_, changes, type, reason) => {
  const port = ports({
    open: async (_, sealed) => (sealed === '?' ? undefined : sealed.replace('sealed ', '')),
    target: async () => changes && webhookTarget(receiver.origin, changes),
  })
  await consumeDeliveries({ messages: [queued(deliveryMessage())] }, port)
  expect(receiver.received).toEqual([])
  expect(port.stored[0]?.outcome.type).toBe(type)
  expect(port.stored[0]?.outcome).toHaveProperty('reason', expect.stringMatching(reason))
})

const POISON: readonly [string, Record<string, unknown>][] = [
  ['no segment', { segment: undefined }],
  ['an unknown type', { type: 'wandered' }],
  ['an instant no calendar knows', { at: 1e300 }],
  ['a profile that is none', { profile: 7 }],
  ['no cause', { cause: null }],
]

test.each(POISON)('poison, %s, is receipted as refused and acknowledged', async (_, changes) => {
  const message = queued(deliveryMessage(changes))
  const port = ports()
  await consumeDeliveries({ messages: [message] }, port)
  expect(port.stored[0]?.outcome.type).toBe('refused')
  expect(message.fate).toEqual(['ack'])
  expect(receiver.received).toEqual([])
})

test.each([null, 'text', 7, {}, [], { id: 'dlv_1' }, { ...deliveryMessage(), shard: 3 }])(
  'poison without an address, %j, is acknowledged: nobody can be told',
  async (body) => {
    const messages = [queued(body)]
    await consumeDeliveries({ messages }, ports())
    await consumeDeadDeliveries({ messages }, ports())
    expect(messages[0]?.fate).toEqual(['ack', 'ack'])
  },
)

test('a dead letter is receipted as a failed attempt, so that the schedule goes on', async () => {
  const message = queued(deliveryMessage({ attempt: 2 }))
  const port = ports()
  await consumeDeadDeliveries({ messages: [message] }, port)
  expect(port.stored).toEqual([
    {
      id: 'dlv_aaaaaaaaaaaaaaaaaaaaa',
      attempt: 2,
      startedAt: NOON,
      duration: 0,
      outcome: { type: 'retry', reason: expect.stringMatching(/could not be processed here/) },
    },
  ])
  expect(message.fate).toEqual(['ack'])
})

test('a dead letter stays in its queue until its receipt is stored', async () => {
  const message = queued(deliveryMessage())
  const port = ports({ receipts: () => Promise.reject(new Error('restarting')) })
  await consumeDeadDeliveries({ messages: [message] }, port)
  expect(message.fate).toEqual(['retry in 2 s'])
})

test('what consent was withdrawn for while it stood in the queue is not sent', async () => {
  const withdrawn = deliveryMessage()
  const granted = deliveryMessage({
    id: `${withdrawn.id.slice(0, -1)}b` as DeliveryId,
    profile: `${withdrawn.profile.slice(0, -1)}b` as ProfileId,
  })
  const port = ports({
    permits: async (_, __, messages) =>
      messages.map(({ profile }) => profile !== withdrawn.profile),
  })
  await consumeDeliveries({ messages: [queued(withdrawn), queued(granted)] }, port)
  expect(idsReceived()).toEqual([granted.id])
  expect(port.stored).toContainEqual(
    expect.objectContaining({
      id: withdrawn.id,
      outcome: { type: 'refused', reason: 'consent-withdrawn' },
    }),
  )
})

test('a shard is asked once and told once of all its deliveries of a batch', async () => {
  const asked: [shard: number, of: number][] = []
  const told: [shard: number, of: number][] = []
  const port = ports({
    permits: async (_, { shard }, messages) => {
      asked.push([shard, messages.length])
      return messages.map(() => true)
    },
    receipts: async (_, { shard }, receipts) => {
      told.push([shard, receipts.length])
      return receipts.map(() => true)
    },
  })
  const messages = Array.from({ length: 40 }, (_, at) =>
    queued(
      deliveryMessage({
        id: `dlv_${at}`,
        profile: `prf_${at}`,
        shard: { region: 0, shard: at % 4 === 0 ? 1 : 2 },
      }),
    ),
  )
  // However slow the machine: a permission is not old as long as no time passes.
  vi.spyOn(Date, 'now').mockReturnValue(NOON)
  await consumeDeliveries({ messages }, port)
  expect(asked).toEqual([
    [1, 10],
    [2, 30],
  ])
  expect(told.reduce((sum, [, of]) => sum + of, 0)).toBe(40)
  expect(told.length).toBeLessThan(10)
  expect(messages.every(({ fate }) => fate.join() === 'ack')).toBe(true)
})

test('a permission that has become old is asked for anew, and rows are closed meanwhile', async () => {
  const asked: number[] = []
  const told: number[] = []
  receiver.answer = (_, response) => void setTimeout(() => response.writeHead(204).end(), 300)
  let isWithdrawn = false
  const port = ports({
    permits: async (_, __, messages) => {
      asked.push(messages.length)
      return messages.map(() => !isWithdrawn)
    },
    receipts: async (_, __, receipts) => {
      told.push(receipts.length)
      isWithdrawn = true
      return receipts.map(() => true)
    },
  })
  const messages = Array.from({ length: 18 }, (_, at) =>
    queued(deliveryMessage({ id: `dlv_${at}`, profile: `prf_${at}` })),
  )
  await consumeDeliveries({ messages }, port)
  expect(asked).toEqual([18, 12, 6])
  // The first six were closed while the second were under way; the third were withdrawn by then.
  expect(told[0]).toBe(6)
  expect(idsReceived()).toHaveLength(12)
})

test('who cannot be asked of now comes again, the others are sent', async () => {
  const port = ports({
    permits: async (_, __, messages) =>
      messages.map(({ profile }) => (String(profile) === 'prf_unread' ? undefined : true)),
  })
  const messages = [
    queued(deliveryMessage({ id: 'dlv_1', profile: 'prf_unread' })),
    queued(deliveryMessage({ id: 'dlv_2' })),
  ]
  await consumeDeliveries({ messages }, port)
  expect(idsReceived()).toEqual(['dlv_2'])
  expect(messages.map(({ fate }) => fate)).toEqual([['retry in 2 s'], ['ack']])
})

test('a receiver that hangs is not waited for by all its deliveries of a batch', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal)
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => timeout(200))
  receiver.answer = ({ path }, response) => {
    if (path !== '/slow') response.writeHead(204).end()
  }
  const port = ports({
    target: async (_, destination) =>
      webhookTarget(`${receiver.origin}/${String(destination) === 'dst_slow' ? 'slow' : 'quick'}`),
  })
  const messages = Array.from({ length: 60 }, (_, at) =>
    queued(
      deliveryMessage({
        id: `dlv_${at}`,
        profile: `prf_${at}`,
        destination: at < 50 ? 'dst_slow' : 'dst_quick',
      }),
    ),
  )
  await consumeDeliveries({ messages }, port)
  const count = (reason: RegExp) =>
    port.stored.filter(({ outcome }) => 'reason' in outcome && reason.test(outcome.reason)).length
  expect(count(/^no answer within/)).toBeLessThanOrEqual(8)
  expect(count(/^not tried/) + count(/^no answer within/)).toBe(50)
  expect(port.stored.filter(({ outcome }) => outcome.type === 'delivered')).toHaveLength(10)
})
