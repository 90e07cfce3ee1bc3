import { build } from 'esbuild'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { CHROMIUM_FLAGS, ensureChromium } from '../chromium.ts'
import { ROOT } from '../command.ts'
import { listen, type Listening } from '../demo/listen.ts'
import type { Addresses } from '../demo/start.ts'
import { lossyProxy, type LossyProxy, type Passed } from './lossy-proxy.ts'
import { product } from './product.ts'
import { timelineOf } from './timeline.ts'

/** Before every test a page of another origin, and a way to the edge that loses its first answer to an event. */
export interface ClientPage {
  /** The edge, as the page's clients are told. */
  readonly host: string
  readonly page: Page
  /** The requests that carried events, repetitions included. */
  events(): readonly Passed[]
  timeline(kind: string, value: string): Promise<readonly string[]>
}

/**
 * Registers the hooks of a test file whose pages load browser clients as their makers publish them. `clients`: the
 * source of the page's script. Answers that are no answers to events, such as settings, are never lost.
 */
export function clientPage(clients: string): ClientPage {
  let at: Addresses
  let site: Listening
  let browser: Browser
  let page: Page
  let proxy: LossyProxy

  beforeAll(async () => {
    at = await product()
    const bundle = await build({
      stdin: { contents: clients, resolveDir: ROOT },
      bundle: true,
      format: 'iife',
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    })
    const script = bundle.outputFiles[0]?.text ?? ''
    site = await listen({
      name: 'page',
      port: 0,
      fetch: (request) =>
        request.url.endsWith('/clients.js')
          ? new Response(script, { headers: { 'content-type': 'text/javascript' } })
          : new Response(
              '<!doctype html><title>Home</title><script src="/clients.js"></script><a href="#next">next</a>',
              { headers: { 'content-type': 'text/html' } },
            ),
    })
    const executablePath = await ensureChromium(() => undefined)
    browser = await chromium.launch({ executablePath, args: CHROMIUM_FLAGS })
  })
  afterAll(async () => {
    await browser?.close()
    await site?.close()
  })

  beforeEach(async () => {
    let isFirst = true
    proxy = await lossyProxy(at.edge, ({ method }) => {
      const loses = isFirst && method === 'POST'
      if (loses) isFirst = false
      return loses
    })
    page = await browser.newPage()
    await page.goto(site.origin)
  })
  afterEach(async () => {
    await page.context().close()
    await proxy.close()
  })

  return {
    get host() {
      return proxy.origin
    },
    get page() {
      return page
    },
    events: () => proxy.passed.filter(({ method }) => method === 'POST'),
    timeline: (kind, value) => timelineOf(at.edge, kind, value),
  }
}

/** Message ids of all that was sent in Segment's form, repetitions included. */
export const sentIds = (events: readonly Passed[]): readonly string[] =>
  events.flatMap(({ body }) => {
    const said = JSON.parse(body.toString()) as Sent & { readonly batch?: readonly Sent[] }
    return (said.batch ?? [said]).map(({ messageId }) => messageId)
  })
interface Sent {
  readonly messageId: string
}
