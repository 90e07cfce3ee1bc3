import { describe, expect, test } from 'vitest'
import { checkTarget } from '../../edge/delivery/target.ts'
import { CLOUD_NAMES, LOOPBACK, MALFORMED, PRIVATE, PUBLIC, TRANSLATED } from './target-table.ts'

const reasonOf = (url: string, allowLoopback = false): string => {
  const result = checkTarget(url, { allowLoopback })
  return result.ok ? `accepted as ${result.value.href}` : (result.errors[0]?.reason ?? '')
}

test('the table has at least two hundred refused addresses, each different', () => {
  const refused = [...LOOPBACK, ...PRIVATE, ...TRANSLATED, ...CLOUD_NAMES, ...MALFORMED]
  expect(new Set(refused).size).toBe(refused.length)
  expect(refused.length).toBeGreaterThanOrEqual(200)
})

describe('this machine, in every spelling', () => {
  test.each(LOOPBACK)('%s is refused', (url) => {
    expect(reasonOf(url)).toMatch(/machine that sends/)
  })
  test.each(LOOPBACK)('%s is accepted where local development allows it', (url) => {
    expect(checkTarget(url, { allowLoopback: true }).ok).toBe(true)
  })
})

describe.each([false, true])('with allowLoopback %s', (allowLoopback) => {
  test.each(PRIVATE)('%s is refused as not public', (url) => {
    expect(reasonOf(url, allowLoopback)).toMatch(/not an address of the public internet/)
  })
  test.each(TRANSLATED)('%s, an IPv4 address within an IPv6 one, is refused', (url) => {
    expect(reasonOf(url, allowLoopback)).toMatch(/not an address of the public internet/)
  })
  test.each(CLOUD_NAMES)('%s, a name of a private network, is refused', (url) => {
    expect(reasonOf(url, allowLoopback)).toMatch(/private network|public internet|platform/)
  })
  test.each(MALFORMED)('%s is refused', (url) => {
    const result = checkTarget(url, { allowLoopback })
    expect(result.ok).toBe(false)
  })
  test.each(PUBLIC)('%s is accepted', (url) => {
    expect(reasonOf(url, allowLoopback)).toMatch(/^accepted as https?:/)
  })
})

test('the refusal stands at the field the person filled in, and says what to do', () => {
  expect(checkTarget('http://me:secret@example.com/', { allowLoopback: false })).toEqual({
    ok: false,
    errors: [
      {
        path: 'url',
        reason: 'must not hold a user name or password: the signature proves the sender',
      },
    ],
  })
  expect(reasonOf('hooks.example.com')).toBe(
    'is not a complete address such as https://example.com/hook',
  )
  expect(reasonOf('ftp://example.com/')).toBe('must begin with https:// or http://')
  expect(reasonOf('http://intranet/')).toMatch(/use the full name, such as intranet\.example\.com/)
  expect(reasonOf('http://example.com:25/')).toMatch(/port 25 belongs to another protocol/)
})

test('what is sent to is what was checked: the parsed form, not the text', () => {
  const result = checkTarget(' https://EXAMPLE.com:443/a/../hook\t', { allowLoopback: false })
  expect(result.ok && result.value.href).toBe('https://example.com/hook')
})
