import type { SourceKind } from '../../protocol/catalog.ts'
import type { EventContext } from '../../protocol/event.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { campaignOf } from './campaign.ts'
import { deviceOf, type Agent } from './device-type.ts'
import { objectAt, textAt } from './read.ts'
import { referrerClass } from './referrer.ts'

/** What the edge sees of the one who calls: the visitor, if the source is a browser, else nobody of interest. */
export interface Visitor {
  readonly place: Place
  readonly agent: Agent
  readonly language?: string
}

type Place = Pick<
  EventContext,
  'country' | 'region' | 'city' | 'postalCode' | 'timezone' | 'location'
>

/** Reads the request once, for all its events. The address itself is never read: `cf` already says where it is. */
export function visitorOf(request: Request): Visitor {
  const { headers } = request
  const cf = (request.cf ?? {}) as JsonObject
  const mobile = headers.get('sec-ch-ua-mobile')
  const platform = unquote(headers.get('sec-ch-ua-platform'))
  const userAgent = headers.get('user-agent')
  const language = headers.get('accept-language')?.split(/[,;]/)[0]?.trim().slice(0, 35)
  return {
    place: placeOf(cf),
    agent: {
      ...(userAgent !== null && { userAgent }),
      ...(mobile !== null && { mobile: mobile === '?1' }),
      ...(platform !== undefined && { platform }),
    },
    ...(language !== undefined && language !== '' && language !== '*' && { language }),
  }
}

const unquote = (hint: string | null): string | undefined =>
  hint?.replace(/^"|"$/g, '').slice(0, 50) || undefined

/** The names are those of `request.cf`, and of `context.location` of server sources. */
function placeOf(said: JsonObject): Place {
  const country = textAt(said, 'country', 2)?.toUpperCase()
  const region = textAt(said, 'region', 100)
  const city = textAt(said, 'city', 100)
  const postalCode = textAt(said, 'postalCode', 20)
  const timezone = textAt(said, 'timezone', 50)
  const location = locationOf(said)
  return {
    ...(country !== undefined && { country }),
    ...(region !== undefined && { region }),
    ...(city !== undefined && { city }),
    ...(postalCode !== undefined && { postalCode }),
    ...(timezone !== undefined && { timezone }),
    ...(location !== undefined && { location }),
  }
}

/** Where that is, no closer than needed. `request.cf` has texts, SDKs send numbers. */
function locationOf({ latitude, longitude }: JsonObject): string | undefined {
  const [lat, lon] = [latitude, longitude].map((said) =>
    typeof said === 'number' || (typeof said === 'string' && said !== '') ? Number(said) : NaN,
  ) as [number, number]
  const isPlace = Math.abs(lat) <= 90 && Math.abs(lon) <= 180
  return isPlace ? `${lat.toFixed(2)},${lon.toFixed(2)}` : undefined
}

/** `context.userAgent` and `context.userAgentData` of a message. */
function agentOf(context: JsonObject): Agent {
  const userAgent = textAt(context, 'userAgent', 500)
  const data = objectAt(context, 'userAgentData') ?? {}
  const platform = textAt(data, 'platform', 50)
  return {
    ...(userAgent !== undefined && { userAgent }),
    ...(typeof data['mobile'] === 'boolean' && { mobile: data['mobile'] }),
    ...(platform !== undefined && { platform }),
  }
}

const parseUrl = (text: string | undefined): URL | undefined =>
  text !== undefined && URL.canParse(text) ? new URL(text) : undefined

/**
 * The context an event is kept with. A browser is described by what the edge sees of it; a server speaks for somebody
 * else, so only what it says counts. Nothing in it holds an address on the network.
 */
export function contextOf(context: JsonObject, visitor: Visitor, kind: SourceKind): EventContext {
  const browser = kind === 'browser'
  const page = objectAt(context, 'page') ?? {}
  const url = parseUrl(textAt(page, 'url', 2_000))
  const referrer = parseUrl(textAt(page, 'referrer', 2_000))
  const said = agentOf(context)
  const search = textAt(page, 'search', 2_000)
  const query =
    url?.searchParams ?? (search === undefined ? undefined : new URLSearchParams(search))
  const campaign = campaignOf(context, query)
  const zone = textAt(context, 'timezone', 50)
  const language = textAt(context, 'locale', 35) ?? (browser ? visitor.language : undefined)
  const path = textAt(page, 'path', 500) ?? url?.pathname.slice(0, 500)
  const title = textAt(page, 'title', 300)
  const library = textAt(objectAt(context, 'library') ?? {}, 'name', 50)
  return {
    ...(zone !== undefined && { timezone: zone }),
    ...(browser ? visitor.place : placeOf(objectAt(context, 'location') ?? {})),
    ...deviceOf(browser ? { ...said, ...visitor.agent } : said),
    ...(language !== undefined && { language }),
    ...campaign,
    ...((url !== undefined || path !== undefined) && {
      referrerClass: referrerClass({
        ...campaign,
        ...(url !== undefined && { page: url.hostname }),
        ...(referrer !== undefined && { referrer: referrer.hostname }),
      }),
    }),
    ...(referrer !== undefined && { referrer: withoutUser(referrer) }),
    ...(url !== undefined && { url: withoutUser(url) }),
    ...(path !== undefined && { path }),
    ...(title !== undefined && { title }),
    ...(library !== undefined && { library }),
  }
}

/** An address without the name and password it may carry. */
function withoutUser(url: URL): string {
  url.username = ''
  url.password = ''
  return url.href.slice(0, 2_000)
}
