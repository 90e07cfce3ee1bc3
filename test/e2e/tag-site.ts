import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import { expect } from 'vitest'
import type { CollectRequest, TagEvent, TagSettings } from '../../edge/protocol/collect.ts'
import type { OnDeviceSegments } from '../../edge/protocol/on-device.ts'
import type { StoredEntry } from '../../tag/outbox.ts'
import { build } from '../build.ts'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'

/** What the double of the edge does with the next requests. */
export type EdgeMode =
  | {
      readonly type: 'answer'
      readonly status: number
      readonly body: string
      readonly headers?: Headers
      /** Milliseconds until it answers. */
      readonly delay?: number
    }
  | { readonly type: 'hang' }
  | { readonly type: 'drop' }
type Headers = { readonly [name: string]: string }

export interface Received {
  /** Milliseconds. */
  readonly at: number
  readonly path: string
  readonly status: number
  readonly cookie: string | undefined
  readonly body: CollectRequest
}

/** An answer of a working edge. */
export const answer = (rest: object = {}): EdgeMode => ({
  type: 'answer',
  status: 200,
  body: JSON.stringify({
    verdicts: [],
    segments: [],
    decisions: [],
    anonymousId: 'dev_x',
    ...rest,
  }),
})
export const status = (code: number, headers?: Headers): EdgeMode => ({
  type: 'answer',
  status: code,
  body: '{}',
  ...(headers && { headers }),
})

/**
 * A shop's page and, on another origin, a double of the edge that records what reaches it and fails on command: here
 * the tag is under test, in faults that a real edge cannot be made to have.
 */
export interface Site {
  readonly shop: string
  readonly edge: string
  readonly received: Received[]
  readonly browser: Browser
  mode: EdgeMode
  settings: Partial<TagSettings>
  /** What the edge answers at `/t/demo/on-device.json`. */
  onDevice: OnDeviceSegments | undefined
  /** Whether the edge serves the tag and its parts. */
  serving: boolean
  page: (path: string, body: string, headers?: Headers) => void
  close: () => Promise<void>
}

export const STUB =
  'window.prisme=window.prisme||function(){(prisme.q=prisme.q||[]).push(arguments)};'

export async function openSite(): Promise<Site> {
  await build('tag', () => undefined)
  const bundle = await import('../../tag/dist/bundle.js')
  const pages = new Map<string, { readonly html: string; readonly headers: Headers }>()

  const edgeServer = createServer((request, response) => {
    void onEdge(request, response)
  })
  const shopServer = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://shop')
    const { html, headers } = pages.get(pathname) ?? { html: pageOf(''), headers: {} }
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(html)
  })
  const edge = `http://127.0.0.1:${await listen(edgeServer)}`
  const shop = `http://localhost:${await listen(shopServer)}`

  const onEdge = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', edge)
    const cors = {
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'retry-after',
      'content-type': 'text/javascript; charset=utf-8',
    }
    if (request.method === 'GET') {
      const settings: TagSettings = {
        writeKey: 'demo',
        consent: 'implied',
        lifetime: 395 * 86_400_000,
        origin: edge,
        parts: bundle.partNames,
        ...site.settings,
      }
      const text =
        pathname === '/t/demo.js'
          ? bundle.script(settings)
          : pathname === '/t/demo/on-device.json'
            ? site.onDevice && JSON.stringify(site.onDevice)
            : bundle.parts[pathname.slice('/t/demo/'.length)]
      response.writeHead(site.serving && text ? 200 : 404, cors).end(site.serving ? text : '')
      return
    }
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const { mode } = site
    site.received.push({
      at: Date.now(),
      path: pathname,
      status: mode.type === 'answer' ? mode.status : 0,
      cookie: request.headers.cookie,
      body: JSON.parse(Buffer.concat(chunks).toString()) as CollectRequest,
    })
    if (mode.type === 'drop') request.socket.destroy()
    if (mode.type !== 'answer') return
    if (mode.delay) await pause(mode.delay)
    response
      .writeHead(mode.status, { ...cors, ...mode.headers, 'content-type': 'text/plain' })
      .end(mode.body)
  }

  const browser = await chromium.launch({
    executablePath: await ensureChromium(() => undefined),
    args: CHROMIUM_FLAGS.filter((flag) => flag !== '--headless'),
  })
  const site: Site = {
    shop,
    edge,
    received: [],
    browser,
    mode: answer(),
    settings: {},
    onDevice: undefined,
    serving: true,
    page: (path, body, headers = {}) => pages.set(path, { html: pageOf(body, edge), headers }),
    close: async () => {
      await browser.close()
      edgeServer.closeAllConnections()
      shopServer.closeAllConnections()
      edgeServer.close()
      shopServer.close()
    },
  }
  return site
}

const pageOf = (body: string, edge = ''): string => `<!doctype html><html lang="en"><head>
<meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">
</head><body>${body.replaceAll('EDGE', edge)}</body></html>`

/** The install snippet. */
export const SNIPPET = `<script>${STUB}</script><script async src="EDGE/t/demo.js"></script>`

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A visitor whose every page is watched for errors and console output. */
export async function visitor(site: Site): Promise<{
  readonly context: BrowserContext
  readonly open: (path?: string) => Promise<Page>
  /** A page whose first page view has arrived. */
  readonly opened: (path?: string) => Promise<Page>
  readonly complaints: string[]
}> {
  const context = await site.browser.newContext()
  const complaints: string[] = []
  context.on('weberror', (error) => complaints.push(`uncaught: ${error.error().message}`))
  context.on('console', (message) => {
    // The browser's own note about a request that failed is not the tag's.
    const ofBrowser = /^(Failed to load resource|Access to fetch)/.test(message.text())
    if (!ofBrowser) complaints.push(`console: ${message.text()}`)
  })
  const open = async (path = '/'): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(site.shop + path)
    return page
  }
  const opened = async (path?: string): Promise<Page> => {
    const before = taken(site).length
    const page = await open(path)
    await eventually(() => expect(taken(site).length).toBeGreaterThan(before))
    return page
  }
  return { context, open, opened, complaints }
}

/** Every event that the edge has taken, in the order of arrival. */
export const taken = (site: Site): readonly TagEvent[] =>
  site.received.filter(({ status: code }) => code === 200).flatMap(({ body }) => body.batch ?? [])

export const names = (events: readonly TagEvent[]): readonly string[] =>
  events.map(({ type, event }) => event ?? type)

/** Makes every use of storage throw, as browsers do where it is blocked. */
export const BLOCKED = `<script>
  for (const name of ['localStorage', 'indexedDB', 'sessionStorage'])
    Object.defineProperty(window, name, { get() { throw new DOMException('denied', 'SecurityError') } })
  Object.defineProperty(navigator, 'locks', { get() { throw new DOMException('denied', 'SecurityError') } })
</script>`

/** Waits until it is so, at most `wait` milliseconds. */
export const eventually = (check: () => unknown, wait = 5_000): Promise<void> =>
  expect
    .poll(
      async () => {
        try {
          await check()
          return 'so'
        } catch (error) {
          return (error as Error).message
        }
      },
      { timeout: wait, interval: 50 },
    )
    .toBe('so')

export const pause = (wait: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, wait))

/**
 * Lets time pass at once for the tags of these pages, in a context whose clock is installed. Storage and network keep
 * their own time: each step waits for what storage has begun, which the tag would else take for blocked.
 */
export async function elapse(wait: number, ...pages: readonly Page[]): Promise<void> {
  const step = 500
  for (let left = wait; left > 0; left -= step) {
    await Promise.all(pages.map((page) => page.clock.runFor(Math.min(step, left))))
    await Promise.all(pages.map(queued))
    await pause(50)
  }
  await pause(100)
}

/** Any call of the tag's, from the page. */
export const call = (page: Page, ...args: readonly unknown[]): Promise<void> =>
  page.evaluate((values) => (window as unknown as TagWindow).prisme(...values), args as unknown[])

/** What waits in the browser's storage to be sent, by whichever tab. Makes no database where there is none. */
export const queued = (page: Page): Promise<readonly StoredEntry[]> =>
  page.evaluate(async (name) => {
    if (!(await indexedDB.databases()).some((database) => database.name === name)) return []
    return await new Promise<readonly StoredEntry[]>((resolve, reject) => {
      const opening = indexedDB.open(name)
      opening.addEventListener('error', () => reject(opening.error))
      opening.addEventListener('success', () => {
        const database = opening.result
        const all = database.transaction('queue').objectStore('queue').getAll()
        all.addEventListener('success', () => {
          database.close()
          resolve(all.result.filter((row) => typeof row === 'object'))
        })
      })
    })
  }, 'prisme.demo')

/** The page's window, for functions that run in it. */
export interface TagWindow {
  /** The tag, or its stub. */
  readonly prisme: ((...call: readonly unknown[]) => void) & {
    readonly counts?: { readonly lost: number }
  }
}
