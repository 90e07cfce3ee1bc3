import { raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

export type Markup = HtmlEscapedString | Promise<HtmlEscapedString>

/** JSON that may stand inside a script element: only `<` could end it. */
export function scriptJson(value: unknown): HtmlEscapedString {
  return raw(JSON.stringify(value).replaceAll('<', '\\u003c'))
}

const ICONS = {
  search: '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
  account: '<circle cx="12" cy="8" r="4"/><path d="M4 21c1-5 4-7 8-7s7 2 8 7"/>',
  basket: '<path d="M5 8h14l1 13H4z"/><path d="M8.500 10V7a3.500 3.500 0 0 1 7 0v3"/>',
} as const

/** Drawn beside a text that says the same, so hidden from screen readers. */
export function icon(name: keyof typeof ICONS): HtmlEscapedString {
  return raw(
    `<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.600" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${ICONS[name]}</svg>`,
  )
}

/** The shop's sign: three waves within a sun. */
export const SIGN = raw(
  '<svg class="sign" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true"><circle cx="20" cy="20" r="19" fill="var(--accent)"/><g fill="none" stroke="var(--on-accent)" stroke-width="2.600" stroke-linecap="round"><path d="M9 17q3.700-4 7.300 0t7.300 0 7.300 0"/><path d="M9 23q3.700-4 7.300 0t7.300 0 7.300 0"/><path d="M13 29q3.500-4 7 0t7 0"/></g></svg>',
)
