import type { JsonObject } from '../edge/protocol/json.ts'

/**
 * Shows decisions in the page, as text. Loaded by pages that have placements.
 *
 * `[data-prisme-placement="hero"]` is a placement. Below it (or on it) `data-prisme-field="title link:href"` takes the
 * text `title` as its content and `link` as its `href`. Nothing is ever parsed as markup.
 */
export type Render = (contents: ReadonlyMap<string, JsonObject | undefined>) => void

/** Attributes a decision may set, and of which elements. */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  ['href', 'a,area'],
  ['src', 'img'],
  ['alt', 'img'],
  ['title', '*'],
])

/** The page's own content of each changed field, by attribute; '' is its children. */
const originals = new WeakMap<Element, { [attribute: string]: string | null | readonly Node[] }>()

/** Shows the contents given, and the page's own where none is given any more. */
export const render: Render = (contents) => {
  for (const place of document.querySelectorAll('[data-prisme-placement]')) {
    const content = contents.get(place.getAttribute('data-prisme-placement') ?? '')
    for (const field of [place, ...place.querySelectorAll('[data-prisme-field]')]) {
      if (field.closest('[data-prisme-placement]') !== place) continue // of a placement within
      const bindings = field.getAttribute('data-prisme-field')?.split(/\s+/) ?? []
      for (const binding of bindings) {
        const [name = '', attribute = ''] = binding.split(':')
        show(field, attribute, content?.[name])
      }
    }
  }
}

function show(field: Element, attribute: string, value: unknown): void {
  const kept = originals.get(field) ?? {}
  const isText = typeof value === 'string' || typeof value === 'number'
  if (isText && permits(field, attribute, `${value}`)) {
    if (!(attribute in kept)) {
      kept[attribute] = attribute ? field.getAttribute(attribute) : [...field.childNodes]
      originals.set(field, kept)
    }
    if (attribute) field.setAttribute(attribute, `${value}`)
    else if (field.textContent !== `${value}`) field.textContent = `${value}`
  } else if (attribute in kept) {
    const original = kept[attribute]
    delete kept[attribute]
    if (Array.isArray(original)) field.replaceChildren(...original)
    else if (typeof original === 'string') field.setAttribute(attribute, original)
    else field.removeAttribute(attribute)
  }
}

/** Whether a value may stand there without ever becoming code. */
function permits(field: Element, attribute: string, value: string): boolean {
  if (!attribute) return !field.matches('script,style')
  const elements = ATTRIBUTES.get(attribute)
  if (!elements || !field.matches(elements)) return false
  return !/href|src/.test(attribute) || isWebAddress(value)
}

/** Relative, http or https, as the browser itself would read it: `java\nscript:` is no web address. */
function isWebAddress(value: string): boolean {
  try {
    return /^https?:$/.test(new URL(value, document.baseURI).protocol)
  } catch {
    return false // no address at all
  }
}
