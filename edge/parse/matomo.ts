import type { Json, JsonObject } from '../protocol/json.ts'
import { SECOND, type Millis } from '../protocol/time.ts'
import { field, numberOf, said, saidAny, screenOf, type Fields } from './fields.ts'
import { isObject } from './inspect.ts'
import { parseJson } from './json-text.ts'

type Content = { readonly [name: string]: Json | undefined }

/**
 * A request of the Matomo tracking API as messages of the Segment Tracking API: none for a heartbeat, two for the page
 * of a product, else one. What is missing or malformed is found by who reads the message. `receivedAt`: `cdo` counts
 * seconds before it. Source: developer.matomo.org/api-reference/tracking-api.
 */
export function matomoMessages(fields: Fields, receivedAt: Millis): readonly JsonObject[] {
  if (field(fields, 'ping') === '1') return []
  const common = {
    userId: field(fields, 'uid'),
    anonymousId: field(fields, 'cid') ?? field(fields, '_id'),
    timestamp: timeOf(fields, receivedAt),
    context: contextOf(fields),
  }
  return contentsOf(fields).map((content) => said({ ...content, ...common }))
}

/** A request that names its moment or itself is the same one when it comes again; others may well repeat. */
export const mayRepeat = (fields: Fields): boolean =>
  field(fields, 'rand') === undefined && field(fields, 'cdt') === undefined

/** `cdt`: seconds since 1970, or text without zone, in UTC. */
function timeOf(fields: Fields, receivedAt: Millis): Json | undefined {
  const text = field(fields, 'cdt')
  if (text !== undefined) return /^\d{9,11}$/.test(text) ? Number(text) * SECOND : text
  const ago = numberOf(fields, 'cdo')
  return ago === undefined ? undefined : receivedAt - Math.max(0, ago) * SECOND
}

function contextOf(fields: Fields): JsonObject {
  return said({
    page: saidAny({
      url: field(fields, 'url'),
      title: field(fields, 'action_name'),
      referrer: field(fields, 'urlref'),
    }),
    campaign: saidAny({ name: field(fields, '_rcn'), term: field(fields, '_rck') }),
    locale: field(fields, 'lang')?.split(/[,;]/)[0]?.trim(),
    screen: screenOf(field(fields, 'res')),
    userAgent: field(fields, 'ua'),
    userAgentData: objectOf(field(fields, 'uadata')),
    ip: field(fields, 'cip'),
    location: saidAny({
      country: field(fields, 'country'),
      region: field(fields, 'region'),
      city: field(fields, 'city'),
    }),
    library: { name: 'matomo' },
  })
}

const track = (event: string | undefined, properties: JsonObject): Content => ({
  type: 'track',
  event,
  properties,
})

/** What a request tells of, by its most specific parameter. */
function contentsOf(fields: Fields): readonly Content[] {
  const more = dimensionsOf(fields)
  const name = field(fields, 'action_name')
  const goal = field(fields, 'idgoal')
  if (goal === '0') return [orderOf(fields, more)]
  if (goal !== undefined) {
    const properties = said({ goal_id: goal, revenue: numberOf(fields, 'revenue') })
    return [track('Goal Converted', { ...more, ...properties })]
  }
  if (field(fields, 'e_c') !== undefined || field(fields, 'e_a') !== undefined) {
    const properties = said({
      category: field(fields, 'e_c'),
      label: field(fields, 'e_n'),
      value: numberOf(fields, 'e_v'),
    })
    return [track(field(fields, 'e_a'), { ...more, ...properties })]
  }
  if (field(fields, 'c_n') !== undefined) {
    const interaction = field(fields, 'c_i')
    const properties = said({
      name: field(fields, 'c_n'),
      piece: field(fields, 'c_p'),
      target: field(fields, 'c_t'),
      interaction,
    })
    const event = interaction === undefined ? 'Content Viewed' : 'Content Clicked'
    return [track(event, { ...more, ...properties })]
  }
  const link = field(fields, 'link')
  if (link !== undefined) return [track('Link Clicked', { ...more, url: link })]
  const download = field(fields, 'download')
  if (download !== undefined) return [track('File Downloaded', { ...more, url: download })]
  const query = field(fields, 'search')
  if (query !== undefined) {
    const properties = said({
      query,
      category: field(fields, 'search_cat'),
      results: numberOf(fields, 'search_count'),
    })
    return [track('Products Searched', { ...more, ...properties })]
  }
  // Of a plug-in that nobody here understands; it says that it is no page.
  if (field(fields, 'ca') === '1') return []
  return [{ type: 'page', name, properties: more }, ...productOf(fields)]
}

/** The product that its page is about, or the category, which is no product. */
function productOf(fields: Fields): readonly Content[] {
  const id = field(fields, '_pks')
  if (id === undefined) return []
  return [
    track(
      'Product Viewed',
      said({
        product_id: id,
        name: field(fields, '_pkn'),
        category: firstOf(parsed(field(fields, '_pkc')) ?? field(fields, '_pkc')),
        price: numberOf(fields, '_pkp'),
      }),
    ),
  ]
}

/** An order, or without its id the present state of a cart. */
function orderOf(fields: Fields, more: JsonObject): Content {
  const id = field(fields, 'ec_id')
  const total = numberOf(fields, 'revenue')
  const properties = said({
    order_id: id,
    total,
    revenue: total,
    subtotal: numberOf(fields, 'ec_st'),
    tax: numberOf(fields, 'ec_tx'),
    shipping: numberOf(fields, 'ec_sh'),
    discount: numberOf(fields, 'ec_dt'),
    products: itemsOf(parsed(field(fields, 'ec_items'))),
  })
  return track(id === undefined ? 'Cart Updated' : 'Order Completed', { ...more, ...properties })
}

/** `[[sku, name, category or categories, price, quantity], …]`. */
function itemsOf(items: Json | undefined): Json | undefined {
  if (!Array.isArray(items)) return undefined
  return items.filter(Array.isArray).map(([id, name, category, price, quantity]: readonly Json[]) =>
    said({
      product_id: id,
      name: firstOf(name),
      category: firstOf(category),
      price: figure(price),
      quantity: figure(quantity),
    }),
  )
}

/** A text, or the first of a list, that says something. */
function firstOf(value: Json | undefined): string | undefined {
  const list: readonly Json[] = Array.isArray(value) ? value : [value ?? '']
  return list.find((entry): entry is string => typeof entry === 'string' && entry !== '')
}

function figure(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The site's own dimensions, by the names they have there. */
const dimensionsOf = (fields: Fields): JsonObject =>
  Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => /^dimension\d+$/.test(name) && value !== ''),
  )

function parsed(text: string | undefined): Json | undefined {
  const json = text === undefined ? undefined : parseJson(text)
  return json?.ok === true ? json.value : undefined
}

function objectOf(text: string | undefined): JsonObject | undefined {
  const value = parsed(text)
  return isObject(value) ? value : undefined
}
