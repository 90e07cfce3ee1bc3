import type { TagContext } from '../edge/protocol/collect.ts'

/** Replaced at build time by the package's version. */
declare const PRISME_VERSION: string

export const LIBRARY: TagContext['library'] = { name: 'prisme', version: PRISME_VERSION }

/** What the page tells of itself at this moment. Everything the edge can see by itself is left to it. */
export function contextNow(referrer: string): TagContext {
  const { href: url, pathname: path, search } = location
  const { width, height } = screen
  return {
    page: { url, path, referrer, search, title: document.title },
    locale: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: { width, height },
    library: LIBRARY,
  }
}
