import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readTcf } from '../../edge/parse/tcf.ts'
import { ALL, tcString } from '../parse/tc-string.ts'
import {
  SNIPPET,
  answer,
  call,
  eventually,
  names,
  openSite,
  pause,
  taken,
  visitor,
  type Site,
} from './tag-site.ts'

let site: Site
let guest: Awaited<ReturnType<typeof visitor>>

beforeAll(async () => {
  site = await openSite()
})
afterAll(() => site.close())

beforeEach(async () => {
  site.received.length = 0
  site.mode = answer()
  site.settings = { consent: 'opt-in' }
  guest = await visitor(site)
})
afterEach(async () => {
  await guest.context.close()
  expect(guest.complaints).toEqual([])
})

const stored = (page: Awaited<ReturnType<typeof guest.open>>) =>
  page.evaluate(async () => ({
    local: { ...localStorage },
    cookies: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
  }))
const NOTHING = { local: {}, cookies: '', databases: [] }

const consents = (purposes: readonly number[]) =>
  Object.fromEntries(ALL.map((n) => [n, purposes.includes(n)]))
const tcData = (purposes: readonly number[]) => ({
  tcString: tcString(purposes, Date.now()),
  tcfPolicyVersion: 5,
  gdprApplies: true,
  cmpStatus: 'loaded',
  purpose: { consents: consents(purposes), legitimateInterests: {} },
})

/** A CMP as TCF says: a stub that queues, then the API, which tells listeners of each change. `cmp(status, data)`. */
const TCF_CMP = `<script>
(() => {
  const queue = []
  window.__tcfapi = (...args) => { queue.push(args) }
  const listeners = new Map()
  let present
  const api = (command, version, callback, parameter) => {
    if (command === 'ping') callback({ gdprApplies: true, cmpStatus: 'loaded' })
    if (command !== 'addEventListener') return
    const listenerId = listeners.size + 1
    listeners.set(listenerId, callback)
    if (present) callback({ ...present, listenerId }, true)
  }
  window.cmp = (eventStatus, data) => {
    present = { ...data, eventStatus }
    window.__tcfapi = api
    queue.splice(0).forEach((args) => api(...args))
    for (const [listenerId, tell] of listeners) tell({ ...present, listenerId }, true)
  }
})()
</script>`

const cmp = (page: Awaited<ReturnType<typeof guest.open>>, ...args: readonly unknown[]) =>
  page.evaluate((values) => {
    const { cmp: tell } = window as unknown as { cmp: (...values: unknown[]) => void }
    tell(...values)
  }, args as unknown[])

describe('TCF', () => {
  beforeEach(() => site.page('/', TCF_CMP + SNIPPET))

  test('while the banner is up nothing is stored or sent; after a yes all of it goes, in order, with the string', async () => {
    const page = await guest.open()
    await call(page, 'track', 'A')
    await cmp(page, 'cmpuishown', tcData([]))
    await call(page, 'track', 'B')
    await pause(1_500)
    expect(site.received).toEqual([])
    expect(await stored(page)).toEqual(NOTHING)
    const data = tcData(ALL)
    expect(readTcf(data.tcString)).not.toBe('junk')
    await cmp(page, 'useractioncomplete', data)
    await eventually(() => expect(names(taken(site))).toEqual(['page', 'A', 'B']))
    for (const { context } of taken(site)) {
      expect(context.consent).toEqual({
        categoryPreferences: { analytics: true, personalization: true, advertising: true },
        tcf: data.tcString,
      })
    }
  })

  test('after a no it is dropped, and only the answer is kept', async () => {
    const page = await guest.open()
    await call(page, 'track', 'A')
    await cmp(page, 'useractioncomplete', tcData([1]))
    await pause(1_500)
    expect(site.received).toEqual([])
    expect(Object.keys((await stored(page)).local)).toEqual(['prisme.demo'])
    expect((await stored(page)).databases).toEqual([])
  })

  test('an answer of an earlier visit is told by the platform when it has loaded', async () => {
    const page = await guest.open()
    await cmp(page, 'tcloaded', tcData(ALL))
    await eventually(() => expect(names(taken(site))).toEqual(['page']))
  })

  test('a changed mind withdraws at the edge', async () => {
    const page = await guest.open()
    await cmp(page, 'tcloaded', tcData(ALL))
    await eventually(() => expect(taken(site)).toHaveLength(1))
    const denied = tcData([])
    await cmp(page, 'useractioncomplete', denied)
    await eventually(() =>
      expect(taken(site).at(-1)).toMatchObject({
        event: 'Segment Consent Preference Updated',
        context: { consent: { tcf: denied.tcString, categoryPreferences: { analytics: false } } },
      }),
    )
    await call(page, 'track', 'A')
    await pause(1_000)
    expect(names(taken(site))).not.toContain('A')
  })

  test('where the regulation does not apply the platform says nothing of consent', async () => {
    const page = await guest.open()
    await cmp(page, 'tcloaded', { ...tcData(ALL), gdprApplies: false })
    await pause(1_000)
    expect(site.received).toEqual([])
  })
})

test('GPP: the string, its sections and the opt-out, once the signal is ready', async () => {
  site.settings = { consent: 'implied' }
  site.page(
    '/',
    `<script>
    const listeners = []
    const ping = { gppVersion: '1.1', signalStatus: 'not ready', gppString: '', applicableSections: [] }
    window.__gpp = (command, callback, parameter) => {
      if (command !== 'addEventListener') return
      listeners.push(callback)
      callback({ eventName: 'listenerRegistered', listenerId: 1, data: true, pingData: ping }, true)
    }
    window.ready = (pingData) =>
      listeners.forEach((tell) => tell({ eventName: 'signalStatus', data: 'ready', pingData }, true))
    </script>${SNIPPET}`,
  )
  const page = await guest.open()
  await eventually(() => expect(names(taken(site))).toEqual(['page']))
  expect(taken(site)[0]?.context.consent).toBeUndefined()
  // The tag's part for it comes by itself, after the page view.
  await page.waitForFunction('listeners.length > 0')
  await page.evaluate(() => {
    const { ready } = window as unknown as { ready: (ping: unknown) => void }
    ready({
      signalStatus: 'ready',
      gppString: 'DBABLA~CFQVAAAAAABA.YA',
      applicableSections: [7],
      parsedSections: { usnat: [{ SaleOptOut: 1 }, { Gpc: true }] },
    })
  })
  await eventually(() =>
    expect(taken(site).at(-1)?.context.consent).toEqual({
      categoryPreferences: { advertising: false },
      gpp: 'DBABLA~CFQVAAAAAABA.YA',
      gppSid: [7],
    }),
  )
})

test("Google's consent mode: a default is no answer, an update is", async () => {
  site.page(
    '/',
    `<script>
    window.dataLayer = window.dataLayer || []
    function gtag() { dataLayer.push(arguments) }
    gtag('consent', 'default', { analytics_storage: 'denied', ad_storage: 'denied', wait_for_update: 500 })
    </script>${SNIPPET}`,
  )
  const page = await guest.open()
  await call(page, 'track', 'A')
  await pause(1_000)
  expect(site.received).toEqual([])
  await page.evaluate(() => {
    const { gtag } = window as unknown as { gtag: (...args: unknown[]) => void }
    gtag('consent', 'update', { analytics_storage: 'granted' })
  })
  await eventually(() => expect(names(taken(site))).toEqual(['page', 'A']))
  expect(taken(site)[0]?.context.consent).toEqual({
    categoryPreferences: { analytics: true, advertising: false },
    gcm: { analytics_storage: 'granted', ad_storage: 'denied' },
  })
})

test('a page without a consent platform loads nothing for one', async () => {
  site.settings = { consent: 'implied' }
  site.page('/', SNIPPET)
  const page = await guest.context.newPage()
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await page.goto(site.shop)
  await eventually(() => expect(taken(site)).toHaveLength(1))
  expect(loaded.filter((path) => path.startsWith('/t/'))).toEqual(['/t/demo.js'])
})
