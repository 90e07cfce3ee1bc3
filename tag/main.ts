import { messageOf } from './calls.ts'
import * as client from './client.ts'
import { watchClicks } from './clicks.ts'
import { guard } from './guard.ts'
import { watchNavigation } from './navigation.ts'
import { load } from './part.ts'
import { type Topic, listen, show } from './personalization.ts'

/** A call as the page makes it: `prisme('track', 'Product Viewed', { … })`. */
type Call = ArrayLike<unknown>

interface Api {
  (...call: readonly unknown[]): void
  [method: string]: unknown
}

/** What stands in `window.prisme` before: the stub of the install page, another copy of the tag, or nothing. */
interface Before {
  readonly loaded?: boolean
  readonly q?: readonly Call[]
}

const METHODS = 'track page identify group reset consent placements ready on onDevice'.split(' ')

const isConsent = ([method]: readonly unknown[]): boolean => method === 'consent'

const listenTo = (target: EventTarget, type: string, work: (event: Event) => void): void =>
  target.addEventListener(type, guard(work))

/** Whether the page has what a consent platform puts there: TCF, GPP, or the layer of Google's tags. */
const SIGNALS = /__tcfapi|__gpp|dataLayer/

function start(): void {
  const page = window as { prisme?: unknown }
  const before = page.prisme as Before | undefined
  if (before?.loaded) return // a second copy of the tag
  const waiting = Array.from(before?.q ?? [])

  const push = guard((call: Call) => {
    const [method, ...args] = Array.from(call)
    if (method === 'reset') client.reset()
    else if (method === 'consent') client.consent(args[0], args[1])
    else if (method === 'placements') {
      show()
      client.decide(args[0])
    } else if (method === 'ready') (args[0] as (api: Api) => void)(api)
    else if (method === 'onDevice') client.onDevice(args[0])
    else if (method === 'on') listen(args[0] as Topic, args[1] as () => void)
    else {
      const message = messageOf([method, ...args])
      if (message) client.take(message)
    }
  })
  const api = ((...call) => push(call)) as Api
  for (const method of METHODS) api[method] = (...args: unknown[]) => push([method, ...args])
  const marks = { loaded: true, q: { push }, counts: client.counts }
  Object.assign(api, marks)
  // A page that kept the stub, or does not let it be replaced, goes on through the stub's queue.
  guard(() => Object.assign(before ?? {}, marks))()
  guard(() => {
    page.prisme = api
  })()

  // An answer that was given before the tag came holds for all that it now does.
  const calls = waiting.map((call) => Array.from(call))
  calls.filter(isConsent).forEach(push)
  if (!calls.some(([method]) => method === 'page')) push(['page'])
  calls.filter((call) => !isConsent(call)).forEach(push)

  watchClicks((event, properties) => {
    client.take({ type: 'track', event, properties })
    client.flush() // the click may lead away
  })
  watchNavigation((previous) => {
    client.turnPage(previous)
    push(['page'])
  })
  listenTo(window, 'pageshow', (event) => {
    if ((event as PageTransitionEvent).persisted) push(['page'])
  })
  listenTo(window, 'pagehide', client.leave)
  listenTo(document, 'visibilitychange', () => {
    if (document.hidden) client.leave()
  })
  listenTo(window, 'online', client.retry)
  listenTo(window, 'storage', client.settle)
  const begin = guard(async () => {
    show()
    client.begin()
    if (SIGNALS.test(`${Object.keys(window)}`)) (await load('signals')).watch(push)
  })
  // Placements and consent platforms further down are in the page by then.
  if (document.readyState === 'loading') listenTo(document, 'DOMContentLoaded', begin)
  else begin()
}

/** A page that the browser prepares ahead was not seen yet. */
const prepared = document as Document & { readonly prerendering?: boolean }
if (prepared.prerendering)
  prepared.addEventListener('prerenderingchange', guard(start), { once: true })
else guard(start)()
