import { guard } from './guard.ts'

/** Attributes with a meaning of their own; all other `data-prisme-*` are properties. */
const RESERVED = /^data-prisme-(event|placement|field)$/

/**
 * Tells clicks inside `[data-prisme-event]`: the event's name, and as properties the texts of that one element's
 * `data-prisme-*` attributes, `product-id` as `product_id`. What people type is never read.
 */
export function watchClicks(
  onClick: (event: string, properties: { [name: string]: string }) => void,
): void {
  document.addEventListener(
    'click',
    guard((click: Event) => {
      // Inside a shadow tree only the path knows what was really clicked.
      const clicked = click.composedPath()[0]
      const element = clicked instanceof Element && clicked.closest('[data-prisme-event]')
      const event = element && element.getAttribute('data-prisme-event')
      if (element && event) onClick(event, propertiesOf(element))
    }),
    true, // the page may stop the event on its way up
  )
}

function propertiesOf(element: Element): { [name: string]: string } {
  const properties: { [name: string]: string } = {}
  for (const { name, value } of element.attributes) {
    const [, property] = /^data-prisme-(.+)/.exec(name) ?? []
    if (property && !RESERVED.test(name)) properties[property.replace(/-/g, '_')] = value
  }
  return properties
}
