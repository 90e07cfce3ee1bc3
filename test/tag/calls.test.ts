import { expect, test } from 'vitest'
import { messageOf } from '../../tag/calls.ts'

const wire = (...call: readonly unknown[]) => {
  const message = messageOf(call)
  return message && JSON.parse(JSON.stringify(message))
}

test.each([
  [['track', 'A', { b: 1 }], { type: 'track', event: 'A', properties: { b: 1 } }],
  [['track', 'A'], { type: 'track', event: 'A' }],
  [['page'], { type: 'page' }],
  [['page', { a: 1 }], { type: 'page', properties: { a: 1 } }],
  [['page', null, { a: 1 }], { type: 'page', properties: { a: 1 } }],
  [['identify', 7, { plan: 'gold' }], { type: 'identify', userId: '7', traits: { plan: 'gold' } }],
  [['identify', { plan: 'gold' }], { type: 'identify', traits: { plan: 'gold' } }],
  [
    ['identify', 'u', undefined, { userToken: 't' }],
    { type: 'identify', userId: 'u', userToken: 't' },
  ],
  [
    ['identify', { plan: 'gold' }, { userToken: 't' }],
    { type: 'identify', traits: { plan: 'gold' }, userToken: 't' },
  ],
  [['group', 'g', { size: 3 }], { type: 'group', groupId: 'g', traits: { size: 3 } }],
])('%j is on the wire as %j', (call, message) => {
  expect(wire(...call)).toEqual(message)
})

test.each([['unknown'], [''], [undefined], ['__proto__']])('%j is no call', (method) => {
  expect(messageOf([method, 'a'])).toBeUndefined()
})

test('what was said stays said when the page changes its object afterwards', () => {
  const properties = { price: 1 }
  const message = messageOf(['track', 'A', properties])
  properties.price = 2
  expect(message?.properties).toEqual({ price: 1 })
})

test('what JSON cannot say is an error here, for the guard around it', () => {
  const loop: { self?: unknown } = {}
  loop.self = loop
  expect(() => messageOf(['track', 'A', loop])).toThrow()
  expect(() => messageOf(['track', 'A', { big: 1n }])).toThrow()
})
