import { guard } from './guard.ts'

/** The address as a page: fragments are places on a page, unless they route (`#/`, `#!`). */
export const pageAddress = (url: string): string => url.replace(/#(?![/!]).*/, '')

/** Navigation API, not yet in every browser (https://developer.mozilla.org/docs/Web/API/Navigation_API). */
type Navigating = typeof window & { readonly navigation?: EventTarget }

/** Tells when the page's address becomes another without a page load, with the address before. */
export function watchNavigation(onPage: (previous: string) => void): void {
  let current = location.href
  const look = guard(() => {
    const previous = current
    current = location.href
    if (pageAddress(previous) !== pageAddress(current)) onPage(previous)
  })
  // Routers change title and content after the address: one task later both are as the visitor sees them.
  const lookSoon = guard(() => {
    setTimeout(look)
  })
  const { navigation } = window as Navigating
  if (navigation) navigation.addEventListener('currententrychange', lookSoon)
  else {
    addEventListener('popstate', lookSoon)
    wrap('pushState', lookSoon)
    wrap('replaceState', lookSoon)
  }
}

/** Calls `after` once the page's own call is done; what that call answers or throws stays as it is. */
function wrap(method: 'pushState' | 'replaceState', after: () => void): void {
  guard(() => {
    const original = history[method]
    history[method] = function (this: History, ...args) {
      original.apply(this, args)
      after()
    }
  })()
}
