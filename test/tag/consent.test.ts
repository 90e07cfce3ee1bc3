import { expect, test } from 'vitest'
import { permits, readAnswers, withBrowserSignal } from '../../tag/consent.ts'

test('a source with a banner waits for an answer; one without assumes yes', () => {
  expect(permits('opt-in', {}, 'analytics')).toBeUndefined()
  expect(permits('implied', {}, 'analytics')).toBe(true)
})

test.each(['opt-in', 'implied'] as const)('an answer decides where consent is %s', (mode) => {
  expect(permits(mode, { analytics: true }, 'analytics')).toBe(true)
  expect(permits(mode, { analytics: false }, 'analytics')).toBe(false)
})

test('only yes and no are answers', () => {
  expect(readAnswers({ analytics: true, email: false, sms: 'yes', ads: 1, x: null })).toEqual({
    analytics: true,
    email: false,
  })
  expect(readAnswers(undefined)).toEqual({})
  expect(readAnswers('yes')).toEqual({})
})

test('of answers that lapsed only a no still stands', () => {
  expect(readAnswers({ analytics: true, advertising: false }, true)).toEqual({ advertising: false })
})

test('the browser’s privacy signal denies advertising, whatever was answered', () => {
  expect(withBrowserSignal({ advertising: true, analytics: true }, true)).toEqual({
    advertising: false,
    analytics: true,
  })
  expect(withBrowserSignal({ advertising: true }, undefined)).toEqual({ advertising: true })
})
