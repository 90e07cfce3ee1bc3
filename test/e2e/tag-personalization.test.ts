import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  SNIPPET,
  call,
  type TagWindow,
  type Site,
  answer,
  eventually,
  openSite,
  pause,
  status,
  taken,
  visitor,
} from './tag-site.ts'

let site: Site
let guest: Awaited<ReturnType<typeof visitor>>

const HERO = `<section data-prisme-placement="hero">
  <h1 data-prisme-field="title">Own <em id="kept">title</em></h1>
  <a data-prisme-field="call link:href" href="/own">Own call</a>
  <img data-prisme-field="picture:src caption:alt" alt="own" src="data:,">
</section>`

beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

beforeEach(async () => {
  site.received.length = 0
  site.mode = answer()
  site.settings = {}
  site.serving = true
  site.page('/', SNIPPET + HERO)
  guest = await visitor(site)
})
afterEach(async () => {
  await guest.context.close()
  expect(guest.complaints).toEqual([])
})

const decision = (content?: object, placement = 'hero') => ({
  placement,
  experience: 'shoes',
  variation: 'a',
  reason: 'targeting-match',
  ...(content && { content }),
})
const deciding = (...decisions: readonly object[]) => answer({ decisions, segments: ['shoe-fans'] })
const track = (page: Page, event: string) => call(page, 'track', event)
const hero = (page: Page) =>
  page.evaluate(() => ({
    title: document.querySelector('h1')?.textContent,
    call: document.querySelector('a')?.textContent,
    link: document.querySelector('a')?.getAttribute('href'),
    picture: document.querySelector('img')?.getAttribute('src'),
    caption: document.querySelector('img')?.getAttribute('alt'),
  }))
const OWN = {
  title: 'Own title',
  call: 'Own call',
  link: '/own',
  picture: 'data:,',
  caption: 'own',
}

test('a decision is shown at once with the answer, and taken back when it is gone', async () => {
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  expect(site.received[0]?.body.decide).toEqual(['hero'])
  expect(await hero(page)).toEqual(OWN)
  site.mode = deciding(
    decision({ title: 'Shoes & <b>more</b>', call: 'Look', link: '/shoes?a=1&b=2', caption: 7 }),
  )
  await track(page, 'Product Viewed')
  await eventually(async () =>
    expect(await hero(page)).toEqual({
      title: 'Shoes & <b>more</b>',
      call: 'Look',
      link: '/shoes?a=1&b=2',
      picture: 'data:,',
      caption: '7',
    }),
  )
  site.mode = answer()
  await track(page, 'Order Completed')
  await eventually(async () => expect(await hero(page)).toEqual(OWN))
  expect(await page.locator('h1 > em#kept').count()).toBe(1)
})

test.each([
  ['an image with a handler', { title: '<img src=x onerror="window.hacked=1">' }],
  ['a script', { title: '<script>window.hacked=1</script>' }],
  ['a script address', { link: 'javascript:window.hacked=1' }],
  ['a script address in disguise', { link: ' \u0001Java\nScript:window.hacked=1' }],
  ['a data address', { link: 'data:text/html,<script>opener.hacked=1</script>' }],
  ['a picture from a script address', { picture: 'javascript:window.hacked=1' }],
  ['a picture of markup', { picture: 'data:image/svg+xml,<svg onload="window.hacked=1">' }],
  ['no text', { title: { toString: 'x' }, call: ['x'], link: null }],
])('content never becomes code: %s', async (_, content) => {
  site.mode = deciding(decision(content))
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  await pause(400)
  await page.click('a', { noWaitAfter: true, modifiers: ['Shift'] }).catch(() => undefined)
  await pause(200)
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
  const shown = await hero(page)
  expect(shown.link).toBe('/own')
  expect(shown.picture).toBe('data:,')
  expect(await page.locator('h1 img, h1 script').count()).toBe(0)
  const { title } = content as { readonly title?: unknown }
  if (typeof title === 'string') expect(shown.title).toBe(title)
})

test('elements and attributes that run code take nothing', async () => {
  site.page(
    '/',
    `${SNIPPET}<div data-prisme-placement="hero">
    <script type="text/plain" id="s" data-prisme-field="code"></script><style id="y" data-prisme-field="style"></style>
    <iframe data-prisme-field="frame:srcdoc page:src"></iframe>
    <button data-prisme-field="code:onclick style:style code:formaction text">Own</button>
    <base data-prisme-field="page:href"><b data-prisme-field="text">Own</b></div>`,
  )
  site.mode = deciding(
    decision({
      code: 'window.hacked=1',
      style: 'body{display:none}',
      frame: '<script>parent.hacked=1</script>',
      page: 'https://evil.test/',
      text: 'New',
    }),
  )
  const page = await guest.open()
  await eventually(async () => expect(await page.textContent('b')).toBe('New'))
  await page.click('button')
  expect(
    await page.evaluate(() => ({
      script: document.querySelector('#s')?.textContent,
      style: document.querySelector('#y')?.textContent,
      frame: document.querySelector('iframe')?.getAttributeNames(),
      button: document.querySelector('button')?.getAttributeNames(),
      base: document.querySelector('base')?.getAttributeNames(),
      hacked: 'hacked' in window,
    })),
  ).toEqual({
    script: '',
    style: '',
    frame: ['data-prisme-field'],
    button: ['data-prisme-field'],
    base: ['data-prisme-field'],
    hacked: false,
  })
})

test('placements within placements take their own decision alone', async () => {
  site.page(
    '/',
    `${SNIPPET}<div data-prisme-placement="outer"><b data-prisme-field="title">Own</b>
    <i data-prisme-placement="inner" data-prisme-field="title">Own</i></div>`,
  )
  site.mode = deciding(decision({ title: 'Outer' }, 'outer'), decision({ title: 'Inner' }, 'inner'))
  const page = await guest.open()
  await eventually(async () => {
    expect(await page.textContent('b')).toBe('Outer')
    expect(await page.textContent('i')).toBe('Inner')
  })
})

test('the control group sees the page’s own content', async () => {
  site.mode = deciding({ placement: 'hero', experience: 'shoes', reason: 'control' })
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  await pause(300)
  expect(await hero(page)).toEqual(OWN)
})

test('listeners and the document are told of decisions and segments, once for each change', async () => {
  site.page(
    '/',
    `${SNIPPET}${HERO}<script>
    window.told = []
    prisme('on', 'segments', () => { throw new Error('not the tag’s business') })
    prisme('on', 'segments', (keys) => told.push(['on', keys.join()]))
    prisme('on', 'decisions', (list) => told.push(['on', list.map((d) => d.placement).join()]))
    for (const name of ['segments', 'decisions']) document.addEventListener('prisme:' + name, (event) =>
      told.push([name, event.detail[name].length]))
  </script>`,
  )
  site.mode = deciding(decision({ title: 'New' }))
  const page = await guest.open()
  const told = () => page.evaluate(() => (window as unknown as { told: unknown }).told)
  const ONCE = [
    ['segments', 1],
    ['on', 'shoe-fans'],
    ['decisions', 1],
    ['on', 'hero'],
  ]
  await eventually(async () => expect(await told()).toEqual(ONCE))
  await track(page, 'A')
  await eventually(() => expect(taken(site)).toHaveLength(2))
  await pause(200)
  expect(await told()).toEqual(ONCE)
  await page.evaluate(() =>
    (window as unknown as TagWindow).prisme('on', 'segments', (keys: unknown) => {
      ;(window as unknown as { late: unknown }).late = keys
    }),
  )
  expect(await page.evaluate(() => (window as unknown as { late: unknown }).late)).toEqual([
    'shoe-fans',
  ])
})

test('placements that come later, or have no element, are decided on demand', async () => {
  site.page('/', SNIPPET)
  const page = await guest.open()
  await eventually(() => expect(taken(site)).toHaveLength(1))
  expect(site.received[0]?.body.decide).toBeUndefined()
  site.mode = deciding(decision({ title: 'New' }), decision({ title: 'Side' }, 'side'))
  await page.evaluate((html) => {
    document.body.insertAdjacentHTML('beforeend', html)
    ;(window as unknown as TagWindow).prisme('placements', ['side'])
  }, HERO)
  await eventually(async () => expect((await hero(page)).title).toBe('New'))
  expect(site.received[1]).toMatchObject({
    path: '/v1/decide',
    body: {
      writeKey: 'demo',
      deviceKey: site.received[0]?.body.deviceKey,
      placements: ['side', 'hero'],
    },
  })
})

test('after a reset, or a no, the page shows its own content', async () => {
  site.mode = deciding(decision({ title: 'New' }))
  const page = await guest.open()
  await eventually(async () => expect((await hero(page)).title).toBe('New'))
  await page.evaluate(() => (window as unknown as TagWindow).prisme('reset'))
  await eventually(async () => expect(await hero(page)).toEqual(OWN))
  await track(page, 'A')
  await eventually(async () => expect((await hero(page)).title).toBe('New'))
  await page.evaluate(() =>
    (window as unknown as TagWindow).prisme('consent', { personalization: false }),
  )
  await eventually(async () => expect(await hero(page)).toEqual(OWN))
})

test('an edge that fails to decide leaves the page’s own content', async () => {
  site.mode = status(500)
  const page = await guest.open()
  await eventually(() => expect(site.received.length).toBeGreaterThan(0))
  await pause(300)
  expect(await hero(page)).toEqual(OWN)
})
