import { CONSENT_EVENT, PURPOSES } from '../protocol/consent.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import { field, numberOf, said, saidAny, screenOf, type Fields } from './fields.ts'
import { isObject } from './inspect.ts'
import { parseJson } from './json-text.ts'

/** Self-describing JSON, its schema `iglu:vendor/name/format/version` taken apart. */
interface Entity {
  readonly vendor: string
  readonly name: string
  /** Of its version: the model, which decides whether data can be compared. */
  readonly model: string
  readonly data: JsonObject
}

const SCHEMA = /^iglu:([\w.-]+)\/([\w-]+)\/[\w-]+\/(\d+)-/

/** Segment's names for the actions of Snowplow's e-commerce plug-in. */
const ECOMMERCE: { readonly [action: string]: string } = {
  product_view: 'Product Viewed',
  list_view: 'Product List Viewed',
  list_click: 'Product Clicked',
  add_to_cart: 'Product Added',
  remove_from_cart: 'Product Removed',
  checkout_step: 'Checkout Step Viewed',
  transaction: 'Order Completed',
  refund: 'Order Refunded',
  promo_view: 'Promotion Viewed',
  promo_click: 'Promotion Clicked',
}

/** What is read into its own place, or says nothing beyond it. */
const CONSUMED = new Set(['web_page', 'client_session', 'http_client_hints', 'browser_context'])

const SNOWPLOW = 'com.snowplowanalytics.snowplow'

/**
 * A payload of the Snowplow tracker protocol (tp2), its base64 parts decoded before, as a message of the Segment
 * Tracking API. Undefined: a heartbeat (`pp`), which is no message. What is missing or malformed is found by who reads
 * the message. Source: docs.snowplow.io, "Snowplow tracker protocol".
 */
export function snowplowMessage(fields: Fields): JsonObject | undefined {
  const kind = field(fields, 'e')
  if (kind === 'pp') return undefined
  const entities = entitiesOf(field(fields, 'co'))
  const event = kind === 'ue' ? entityOf(jsonOf(field(fields, 'ue_pr'))['data']) : undefined
  const session = entities.find(({ name }) => name === 'client_session')?.data['userId']
  const userId = field(fields, 'uid')
  const anonymousId =
    field(fields, 'duid') ??
    (typeof session === 'string' ? session : undefined) ??
    field(fields, 'tnuid') ??
    field(fields, 'nuid')
  return said({
    ...contentOf(kind, event, fields, entities),
    messageId: field(fields, 'eid'),
    userId,
    anonymousId,
    context: said({ ...contextOf(fields), consent: consentIn(event) }),
    ...timesOf(fields),
  })
}

/** A true timestamp is believed; a device's is corrected by the time it was sent at. */
function timesOf(fields: Fields): { readonly [name: string]: Json | undefined } {
  const instant = (name: string) => numberOf(fields, name) ?? field(fields, name)
  const known = instant('ttm')
  if (known !== undefined) return { timestamp: known }
  return { originalTimestamp: instant('dtm'), sentAt: instant('stm') }
}

function contextOf(fields: Fields): JsonObject {
  const agent = field(fields, 'ua')
  return said({
    page: saidAny({
      url: field(fields, 'url'),
      title: field(fields, 'page'),
      referrer: field(fields, 'refr'),
    }),
    locale: field(fields, 'lang'),
    timezone: field(fields, 'tz'),
    screen: screenOf(field(fields, 'res')),
    userAgent: agent,
    ip: field(fields, 'ip'),
    library: said({ name: 'snowplow', version: field(fields, 'tv') }),
  })
}

/** Answers of the enhanced-consent plug-in that are about all purposes. */
const OF_ALL: { readonly [answer: string]: boolean } = {
  allow_all: true,
  deny_all: false,
  withdrawn: false,
  expired: false,
}

const CONSENT = new Set(['consent_preferences', 'consent_withdrawn'])

/**
 * What the consent plug-ins say: of scopes that are selected, by their names; else of all our purposes. A
 * banner that is merely shown, or assumed to be agreed with, answers nothing.
 */
function consentIn(event: Entity | undefined): JsonObject | undefined {
  if (event?.vendor !== SNOWPLOW || !CONSENT.has(event.name)) return undefined
  const { consentScopes, all: isOfAll } = event.data
  // The older plug-in withdraws documents of the site's own, or everything.
  const isOld = event.name === 'consent_withdrawn'
  const eventType = isOld ? isOfAll === true && 'withdrawn' : event.data['eventType']
  const scopes = (Array.isArray(consentScopes) ? consentScopes : []).filter(
    (scope) => typeof scope === 'string',
  )
  const isSelected = eventType === 'allow_selected'
  const all = typeof eventType === 'string' && Object.hasOwn(OF_ALL, eventType)
  if (!isSelected && !all) return undefined
  const granted = !isSelected && OF_ALL[eventType as string] === true
  const names = new Set([...PURPOSES, ...scopes])
  return {
    categoryPreferences: Object.fromEntries(
      [...names].map((name) => [name, isSelected ? scopes.includes(name) : granted]),
    ),
  }
}

type Content = { readonly [name: string]: Json | undefined }

function contentOf(
  kind: string | undefined,
  event: Entity | undefined,
  fields: Fields,
  entities: readonly Entity[],
): Content {
  const more = customOf(entities)
  const track = (event: Json | undefined, properties: JsonObject): Content => ({
    type: 'track',
    event,
    properties: { ...more, ...properties },
  })
  switch (kind) {
    case 'pv':
      return { type: 'page', name: field(fields, 'page'), properties: more }
    case 'se':
      return track(
        field(fields, 'se_ac'),
        said({
          category: field(fields, 'se_ca'),
          label: field(fields, 'se_la'),
          property: field(fields, 'se_pr'),
          value: numberOf(fields, 'se_va'),
        }),
      )
    case 'tr':
      return track('Order Completed', orderOf(fields))
    case 'ti':
      return track('Order Item Bought', itemOf(fields))
    case 'ue':
      return event === undefined ? track(undefined, {}) : describedOf(event, entities, more)
    default:
      // Refused with the name it came by.
      return { type: kind ?? '' }
  }
}

function describedOf(
  { name, vendor, data }: Entity,
  entities: readonly Entity[],
  more: JsonObject,
): Content {
  if (name === 'screen_view') {
    return { type: 'screen', name: data['name'], properties: { ...more, ...data } }
  }
  if (vendor === SNOWPLOW && CONSENT.has(name)) {
    return { type: 'track', event: CONSENT_EVENT, properties: more }
  }
  if (!vendor.startsWith(`${SNOWPLOW}.ecommerce`)) {
    return { type: 'track', event: name, properties: { ...more, ...data } }
  }
  const { type, ...rest } = data
  const event = typeof type === 'string' && Object.hasOwn(ECOMMERCE, type) ? ECOMMERCE[type] : type
  const of = (wanted: string) =>
    entities.filter((entity) => isShop(entity) && entity.name === wanted).map(({ data }) => data)
  const products = of('product').map(productOf)
  const one = products.length === 1 && type !== 'transaction' ? products[0] : undefined
  return {
    type: 'track',
    event,
    properties: {
      ...more,
      ...rest,
      ...of('cart')[0],
      ...of('promotion')[0],
      ...(type === 'refund' ? boughtOf(of('refund')[0]) : boughtOf(of('transaction')[0])),
      ...one,
      ...(products.length > 0 && { products }),
    },
  }
}

const isShop = ({ vendor }: Entity): boolean => vendor === `${SNOWPLOW}.ecommerce`

/** A product with the id that Segment's specification gives it. */
function productOf({ id, ...rest }: JsonObject): JsonObject {
  return said({ product_id: id, ...rest })
}

/** Of a transaction or a refund. Snowplow calls the grand total `revenue`. */
function boughtOf(transaction: JsonObject | undefined): JsonObject {
  if (transaction === undefined) return {}
  const { transaction_id, discount_code, discount_amount, refund_amount, ...rest } = transaction
  return said({
    order_id: transaction_id,
    coupon: discount_code,
    discount: discount_amount,
    total: rest['revenue'] ?? refund_amount,
    ...rest,
  })
}

const orderOf = (fields: Fields): JsonObject =>
  said({
    order_id: field(fields, 'tr_id'),
    affiliation: field(fields, 'tr_af'),
    total: numberOf(fields, 'tr_tt'),
    revenue: numberOf(fields, 'tr_tt'),
    tax: numberOf(fields, 'tr_tx'),
    shipping: numberOf(fields, 'tr_sh'),
    currency: field(fields, 'tr_cu'),
  })

const itemOf = (fields: Fields): JsonObject =>
  said({
    order_id: field(fields, 'ti_id'),
    product_id: field(fields, 'ti_sk'),
    name: field(fields, 'ti_nm'),
    category: field(fields, 'ti_ca'),
    price: numberOf(fields, 'ti_pr'),
    quantity: numberOf(fields, 'ti_qu'),
    currency: field(fields, 'ti_cu'),
  })

/** Entities of the site's own, by the names they have in a Snowplow warehouse. */
function customOf(entities: readonly Entity[]): JsonObject {
  const found = new Map<string, JsonObject[]>()
  for (const entity of entities) {
    if (isShop(entity) || CONSUMED.has(entity.name)) continue
    const name = `contexts_${entity.vendor}_${entity.name}_${entity.model}`.replaceAll(/[.-]/g, '_')
    const list = found.get(name) ?? []
    list.push(entity.data)
    found.set(name, list)
  }
  return Object.fromEntries(found)
}

function jsonOf(text: string | undefined): JsonObject {
  const parsed = text === undefined ? undefined : parseJson(text)
  return parsed?.ok === true && isObject(parsed.value) ? parsed.value : {}
}

function entitiesOf(text: string | undefined): readonly Entity[] {
  const list = jsonOf(text)['data']
  return Array.isArray(list) ? list.map(entityOf).filter((entity) => entity !== undefined) : []
}

function entityOf(value: Json | undefined): Entity | undefined {
  if (!isObject(value)) return undefined
  const { schema, data } = value
  const [, vendor, name, model] = SCHEMA.exec(typeof schema === 'string' ? schema : '') ?? []
  if (vendor === undefined || name === undefined || model === undefined) return undefined
  return { vendor, name, model, data: isObject(data) ? data : {} }
}
