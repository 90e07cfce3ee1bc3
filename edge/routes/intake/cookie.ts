import { parse, serialize } from 'hono/utils/cookie'

export const COOKIE = 'prisme_id'

/** 395 days, the 13 months after which consent has to be asked for again. Browsers allow at most 400. */
const MAX_AGE_SECONDS = 395 * 86_400

export const readCookie = (headers: Headers): string | undefined =>
  parse(headers.get('cookie') ?? '', COOKIE)[COOKIE]

/**
 * The `Set-Cookie` of a browser. On the page's own site it is first-party; from another site only a partitioned
 * cookie has a chance to come back.
 */
export const writeCookie = (value: string, request: Request): string =>
  setCookie(value, MAX_AGE_SECONDS, request)

/** The `Set-Cookie` that takes the cookie back. */
export const eraseCookie = (request: Request): string => setCookie('', 0, request)

function setCookie(value: string, maxAge: number, request: Request): string {
  const crossSite = isCrossSite(request)
  return serialize(COOKIE, value, {
    path: '/',
    httpOnly: true,
    maxAge,
    secure: crossSite || new URL(request.url).protocol === 'https:',
    sameSite: crossSite ? 'None' : 'Lax',
    ...(crossSite && { partitioned: true }),
  })
}

/** Browsers say it in `Sec-Fetch-Site`; older ones are judged by the ends of the two host names. */
function isCrossSite(request: Request): boolean {
  const site = request.headers.get('sec-fetch-site')
  if (site !== null) return site === 'cross-site'
  const origin = request.headers.get('origin')
  if (origin === null || !URL.canParse(origin)) return false
  return hostEnd(origin) !== hostEnd(request.url)
}

const hostEnd = (url: string): string => new URL(url).hostname.split('.').slice(-2).join('.')
