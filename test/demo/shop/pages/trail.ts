import { html } from 'hono/html'
import type { Visit } from '../visit.ts'
import type { Markup } from './markup.ts'

/** The way from the home page to here, without here itself. */
export function trail(
  { words }: Visit,
  steps: readonly (readonly [href: string, text: string])[],
): Markup {
  return html`<nav class="trail" aria-label="${words.path}">
    <ol>
      <li><a href="/">${words.home}</a></li>
      ${steps.map(([href, text]) => html`<li><a href="${href}">${text}</a></li>`)}
    </ol>
  </nav>`
}
