import { randomUUID } from 'node:crypto'
import { min } from '@segment/snippet'
import { expect, test } from 'vitest'
import { DEMO } from '../demo/account.ts'
import { clientPage, sentIds } from './client-page.ts'

/** Segment's public snippet, with nothing but the host changed: the library comes from the edge, and sends to it. */
const SOON = { timeout: 30_000, interval: 200 }

const clients = clientPage('')

interface Library {
  identify(userId: string, traits: object): void
  track(event: string, properties: object): void
  group(groupId: string, traits: object): void
  alias(userId: string): void
  trackLink(links: Element | null, event: string): void
}

test.each(['analytics', 'customerData'])(
  "Segment's snippet, as window.%s: every call arrives once, though one was sent twice",
  async (globalAnalyticsKey) => {
    const elsewhere: string[] = []
    clients.page.on('request', (request) => {
      if (new URL(request.url()).hostname !== '127.0.0.1') elsewhere.push(request.url())
    })
    const userId = `sdk-${randomUUID()}`
    const script = min({ apiKey: DEMO.writeKey, page: true, globalAnalyticsKey }).replaceAll(
      'https://cdn.segment.com',
      clients.host,
    )
    expect(script).toContain(`${clients.host}/analytics.js/v1/`)
    // What follows links is a part of its own, which the library fetches.
    const part = clients.page.waitForResponse(/auto-track\.bundle/, { timeout: SOON.timeout })
    await clients.page.addScriptTag({ content: script })
    await clients.page.evaluate(
      ({ userId, globalAnalyticsKey }) => {
        const library = (window as unknown as Record<string, Library>)[globalAnalyticsKey]
        library?.identify(userId, { plan: 'gold' })
        library?.track('Order Completed', { total: 7 })
        library?.group('club', { size: 3 })
        library?.alias(userId)
        library?.trackLink(document.querySelector('a'), 'Link Followed')
      },
      { userId, globalAnalyticsKey },
    )
    await part
    await clients.page.waitForTimeout(200)
    await clients.page.click('a')

    await expect.poll(() => new Set(sentIds(clients.events())).size, SOON).toBe(6)
    const repeated = () => {
      const ids = sentIds(clients.events())
      return ids.length - new Set(ids).size
    }
    await expect.poll(repeated, SOON).toBeGreaterThan(0)
    await expect
      .poll(() => clients.timeline('userId', userId), SOON)
      .toEqual([
        'alias Aliased',
        'group Grouped',
        'identify Identified',
        'page Page Viewed',
        'track Link Followed',
        'track Order Completed',
      ])
    expect(elsewhere).toEqual([])
  },
)
