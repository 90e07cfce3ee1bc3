import { describe, expect, test } from 'vitest'
import { campaignOf } from '../../edge/routes/intake/campaign.ts'
import { deviceOf } from '../../edge/routes/intake/device-type.ts'
import { referrerClass, type Arrival } from '../../edge/routes/intake/referrer.ts'
import { contextOf } from '../../edge/routes/intake/visitor.ts'

describe('what brought a visitor', () => {
  const page = 'shop.example.com'
  test.each<[Arrival, string]>([
    [{ page }, 'direct'],
    [{ page, referrer: 'shop.example.com' }, 'internal'],
    [{ page, referrer: 'www.google.fr' }, 'search'],
    [{ page, referrer: 'google.co.uk' }, 'search'],
    [{ page, referrer: 'notgoogle.example' }, 'referral'],
    [{ page, referrer: 'google.example.com' }, 'referral'],
    [{ page, referrer: 'fr.search.yahoo.com' }, 'search'],
    [{ page, referrer: 'duckduckgo.com' }, 'search'],
    [{ page, referrer: 'mail.google.com' }, 'email'],
    [{ page, referrer: 'gemini.google.com' }, 'ai'],
    [{ page, referrer: 'chatgpt.com' }, 'ai'],
    [{ page, referrer: 'l.facebook.com' }, 'social'],
    [{ page, referrer: 't.co' }, 'social'],
    [{ page, referrer: 'blog.example.org' }, 'referral'],
    [{ page, referrer: 'www.google.fr', clickId: 'gclid' }, 'ad'],
    [{ page, referrer: 'www.google.fr', medium: 'CPC' }, 'ad'],
    [{ page, medium: 'paid-social' }, 'ad'],
    [{ page, medium: 'e-mail' }, 'email'],
    [{ page, source: 'newsletter' }, 'email'],
    [{ page, medium: 'social' }, 'social'],
    [{ page, medium: 'organic', referrer: 'blog.example.org' }, 'search'],
  ])('%j is %s', (arrival, kind) => {
    expect(referrerClass(arrival)).toBe(kind)
  })
})

describe('what a visitor looks with', () => {
  test.each<[string, string, object]>([
    [
      'an iPhone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1',
      { device: 'mobile', os: 'iOS', browser: 'Mobile Safari' },
    ],
    [
      'Windows',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
      { device: 'desktop', os: 'Windows', browser: 'Firefox' },
    ],
    [
      'a tablet',
      'Mozilla/5.0 (iPad; CPU OS 16_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.0 Mobile/15E148 Safari/604.1',
      { device: 'tablet', os: 'iOS', browser: 'Mobile Safari' },
    ],
    [
      'a crawler',
      'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
      { device: 'bot', bot: true },
    ],
    ['a script', 'python-requests/2.32', { device: 'bot', bot: true }],
    [
      'a driven browser',
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36',
      { device: 'desktop', os: 'Linux', browser: 'Chrome Headless', bot: true },
    ],
    [
      'a phone called Cubot',
      'Mozilla/5.0 (Linux; Android 4.2.2; CUBOT P9 Build/JDQ39) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/31.0.1650.57 Mobile Safari/537.36',
      { device: 'mobile', os: 'Android', browser: 'Chrome' },
    ],
    ['nothing anyone knows', 'Nothing', {}],
  ])('%s', (_, userAgent, device) => {
    expect(deviceOf({ userAgent })).toEqual(device)
  })

  test('hints win over a frozen user agent', () => {
    const userAgent =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36'
    expect(deviceOf({ userAgent, mobile: true, platform: 'Android' })).toMatchObject({
      device: 'mobile',
      os: 'Android',
    })
  })

  test('a megabyte of user agent takes no time', () => {
    const started = Date.now()
    for (const text of ['bot/'.repeat(250_000), '(compatible; '.repeat(80_000), 'a'.repeat(1e6)])
      deviceOf({ userAgent: text })
    expect(Date.now() - started).toBeLessThan(100)
  })
})

test('a campaign is read from the address, else from what the sender says', () => {
  const said = {
    campaign: { name: 'spring', source: 'news', medium: 'email', term: 'shoes', content: 'top' },
  }
  expect(campaignOf(said, new URLSearchParams('utm_campaign=summer&fbclid=1'))).toEqual({
    source: 'news',
    medium: 'email',
    campaign: 'summer',
    term: 'shoes',
    content: 'top',
    clickId: 'fbclid',
  })
})

test('whatever a page says of itself, reading it neither throws nor keeps a password', () => {
  const visitor = { place: {}, agent: {} }
  for (const page of [
    null,
    7,
    'x',
    [],
    {},
    { url: 'javascript:alert(1)' },
    { url: 'http://[' },
    { url: 9, referrer: {} },
  ]) {
    expect(() => contextOf({ page, locale: [], campaign: 'x' }, visitor, 'browser')).not.toThrow()
  }
  const url = 'https://name:secret@shop.example.com/a'
  expect(
    JSON.stringify(contextOf({ page: { url, referrer: url } }, visitor, 'browser')),
  ).not.toContain('secret')
})
