import type { IdentifierKind } from '../protocol/identifier.ts'
import type {
  CellType,
  ColumnMapping,
  ColumnUse,
  ImportKind,
  ImportMapping,
} from '../protocol/import.ts'
import { compileCell } from './import-cell.ts'
import { compileDate } from './import-date.ts'

/** Words of a heading: `CustomerID`, `customer_id` and `Customer Id` are the same, accents do not count. */
const wordsOf = (column: string): string =>
  column
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

const IDENTIFIERS: readonly (readonly [kind: string, pattern: RegExp])[] = [
  [
    'email',
    /^(?:e ?mail|courriel|mail)(?: address| adresse)?$|^adresse (?:e ?mail|mail)$|(?:customer|client) e ?mail/,
  ],
  ['phone', /^(?:phone|mobile|telephone|tel|gsm|portable)(?: number| no| numero)?$/],
  ['loyaltyId', /loyalty|fidelite|member(?:ship)? (?:id|no|number|card)|carte client/],
  ['crmId', /^crm id$|^contact id$/],
  [
    'userId',
    /^(?:user|customer|client|household|account|shopper) ?(?:id|no|number|code|ref)?$|^(?:id|code|numero) (?:client|user|customer)$|^customer key$/,
  ],
  ['anonymousId', /^anonymous ?id$|^cookie ?id$/],
]
const ORDER =
  /^(?:order|invoice|ticket|basket|receipt|transaction|commande|facture) ?(?:id|no|number|num|code)?$|^(?:numero|no) (?:de )?(?:commande|facture|ticket)$/
const TIME = /(?:^| )(?:date|time|timestamp|datetime|at|day|jour|heure)$|^(?:date|timestamp)(?: |$)/
const BIRTH = /birth|naissance|anniversaire|dob/
const REACTION = /^(?:event|action|status|reaction|event type|activity|statut)$/
const UNSUBSCRIBED = /unsub|opt ?out|desabonn|desinscri|blacklist/
const CONSENT = /consent|opt ?in|subscri|abonn|newsletter|consentement/
const ITEMS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['quantity', /^(?:quantity|qty|quantite|qte|units)$/],
  ['price', /^(?:unit price|price|prix(?: unitaire)?|pu)$/],
  ['sku', /^(?:sku|stock code|product code|article code|ean|upc|gtin)$/],
  [
    'product_id',
    /^(?:product|item|article)(?: id| ref)?$|^(?:reference|ref)(?: produit| article)?$/,
  ],
  ['name', /^(?:description|product name|item name|libelle|designation)$/],
  ['category', /^(?:category|department|rayon|categorie)$/],
  ['brand', /^(?:brand|marque)$/],
]
const AMOUNTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['revenue', /^(?:revenue|amount|sales value|montant(?: ht| ttc)?|order (?:value|amount)|ca)$/],
  ['total', /^(?:total|order total|grand total)$/],
  ['currency', /^(?:currency|devise)$/],
  ['coupon', /^(?:coupon|voucher|promo)(?: code)?$/],
]
const CHANNELS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['campaign', /^campaign(?: id| name)?$|^campagne$/],
  ['channel', /^(?:channel|canal)$/],
]

/** Date formats, the sure ones first: days before months where a text could be both, as most of the world writes. */
const FORMATS = [
  'iso',
  'DD/MM/YYYY HH:mm:ss',
  'DD/MM/YYYY HH:mm',
  'DD/MM/YYYY',
  'D/M/YYYY H:mm',
  'D/M/YYYY',
  'M/D/YYYY H:mm',
  'M/D/YYYY',
  'M/D/YY H:mm',
  'DD.MM.YYYY HH:mm',
  'DD.MM.YYYY',
  'DD-MM-YYYY',
  'YYYY/MM/DD HH:mm:ss',
  'YYYY/MM/DD',
  'YYYYMMDD',
] as const

/**
 * A mapping that the heading and the first rows suggest: names first, then what the values can be. It is shown to
 * whoever imports, and never used by itself. `said`: what the rows are, if somebody said so.
 */
export function suggestMapping(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  kinds: readonly IdentifierKind[],
  said?: ImportKind,
): ImportMapping {
  const words = columns.map(wordsOf)
  const kind = said ?? kindOf(words)
  const samples = columns.map((_, at) =>
    rows.map((row) => (row[at] ?? '').trim()).filter((text) => text !== ''),
  )
  const once = new Set<string>()
  const mapped = columns.map((column, at): ColumnMapping => {
    let use = useOf(kind, words[at] ?? '', samples[at] ?? [], kinds)
    const name = use.use === 'identifier' ? `identifier ${use.kind}` : use.use
    if (['time', 'order', 'reaction'].includes(use.use) || use.use === 'identifier') {
      // A second date, or a second address, is a value like any other.
      if (once.has(name)) use = plainUse(kind, words[at] ?? '', samples[at] ?? [])
      once.add(name)
    }
    return { column, ...use }
  })
  if (!mapped.some(({ use }) => use === 'identifier')) nameByValues(mapped, samples, kinds)
  return {
    kind,
    columns: mapped,
    ...(kind === 'campaigns' && !once.has('reaction') && { reaction: 'sent' as const }),
    ...(kind === 'consents' &&
      !mapped.some(({ use }) => use === 'consent') && { denies: ['email'] }),
  }
}

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

/** No heading says who it is about: a column of addresses does. */
function nameByValues(
  mapped: ColumnMapping[],
  samples: readonly (readonly string[])[],
  kinds: readonly IdentifierKind[],
): void {
  if (!kinds.some(({ kind }) => kind === 'email')) return
  const at = samples.findIndex(
    (texts) => texts.length > 0 && texts.every((text) => ADDRESS.test(text)),
  )
  const found = mapped[at]
  if (found !== undefined) mapped[at] = { column: found.column, use: 'identifier', kind: 'email' }
}

/** A file with more columns tells of customers, among other things what they consent to. */
const MAX_CONSENT_COLUMNS = 4

function kindOf(words: readonly string[]): ImportKind {
  const has = (pattern: RegExp) => words.some((word) => pattern.test(word))
  const hasItems = words.filter((word) => ITEMS.some(([, pattern]) => pattern.test(word))).length
  if (has(ORDER) && (hasItems > 0 || AMOUNTS.some(([, pattern]) => has(pattern)))) return 'orders'
  if (CHANNELS.some(([, pattern]) => has(pattern))) return 'campaigns'
  if ((has(UNSUBSCRIBED) || has(CONSENT)) && words.length <= MAX_CONSENT_COLUMNS) return 'consents'
  return 'customers'
}

function useOf(
  kind: ImportKind,
  word: string,
  sample: readonly string[],
  kinds: readonly IdentifierKind[],
): ColumnUse {
  // Where every row is a person, a bare "id" is theirs.
  const isOwnId = word === 'id' && (kind === 'customers' || kind === 'consents')
  const identifier = isOwnId ? 'userId' : IDENTIFIERS.find(([, pattern]) => pattern.test(word))?.[0]
  if (identifier !== undefined && kinds.some((known) => known.kind === identifier)) {
    return { use: 'identifier', kind: identifier }
  }
  const format = formatOf(sample)
  if (kind === 'orders' && ORDER.test(word)) return { use: 'order' }
  if (TIME.test(word) && !BIRTH.test(word) && format !== undefined) {
    return { use: 'time', as: { type: 'date', ...(format !== 'iso' && { format }) } }
  }
  if (kind === 'campaigns' && REACTION.test(word)) return { use: 'reaction' }
  if (kind === 'customers' || kind === 'consents') {
    const purpose = /sms|mobile/.test(word) ? 'sms' : 'email'
    if (UNSUBSCRIBED.test(word)) return { use: 'consent', purpose, inverted: true }
    if (CONSENT.test(word)) return { use: 'consent', purpose }
  }
  return plainUse(kind, word, sample)
}

/** A column that is a value of its row. */
function plainUse(kind: ImportKind, word: string, sample: readonly string[]): ColumnUse {
  const named = (list: readonly (readonly [string, RegExp])[]) =>
    list.find(([, pattern]) => pattern.test(word))?.[0]
  const name = word.replaceAll(' ', '_') || 'value'
  const as = typeOf(word, sample)
  const typed = as.type === 'text' ? {} : { as }
  if (kind === 'customers') return { use: 'trait', name, ...typed }
  const item = kind === 'orders' ? named(ITEMS) : undefined
  if (item !== undefined) return { use: 'item', name: item, ...typed }
  const property = named(AMOUNTS) ?? named(CHANNELS) ?? name
  return { use: 'property', name: property, ...typed }
}

/** A format that all sampled texts have; undefined: they are no dates. */
function formatOf(sample: readonly string[]): string | undefined {
  if (sample.length === 0) return undefined
  return FORMATS.find((format) => {
    const read = compileDate({ type: 'date', format })
    return read !== undefined && sample.every((text) => read(text) !== undefined)
  })
}

/** Words of columns whose digits are no amounts: leading zeros and long numbers would be lost. */
const CODE = /(?:^| )(?:id|no|code|number|zip|zipcode|postal|postcode|phone|sku|ean|upc|ref)(?: |$)/

/** The type all sampled texts have. `0` and `1` alone are numbers: whether they mean no and yes is not to be guessed. */
function typeOf(word: string, sample: readonly string[]): CellType {
  if (sample.length === 0 || CODE.test(word)) return { type: 'text' }
  const fits = (type: CellType) => {
    const read = compileCell(type, undefined)
    return read !== undefined && sample.every((text) => read(text).ok)
  }
  if (!sample.some((text) => /^0\d/.test(text))) {
    if (fits({ type: 'number', decimal: '.' })) return { type: 'number' }
    if (fits({ type: 'number', decimal: ',' })) return { type: 'number', decimal: ',' }
  }
  if (fits({ type: 'boolean' })) return { type: 'boolean' }
  const format = formatOf(sample)
  return format === undefined
    ? { type: 'text' }
    : { type: 'date', ...(format !== 'iso' && { format }) }
}
