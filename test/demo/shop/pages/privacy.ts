import { html } from 'hono/html'
import { ASKED } from '../consent-cookie.ts'
import type { Page, Visit } from '../visit.ts'

/** What Prisme assumes of this shop's source before an answer. */
const ASSUMED = ['analytics', 'personalization']

export function privacyPage({ words, consent }: Visit): Page {
  const granted = (purpose: string) => consent?.[purpose] ?? ASSUMED.includes(purpose)
  const content = html`<div class="heading">
      <h1>${words.privacy}</h1>
      <p class="lead">${words.privacyLead}</p>
    </div>
    <form class="privacy" method="post" action="/privacy">
      ${ASKED.map((purpose) => {
        const [title = purpose, text = ''] = words.purposes[purpose] ?? []
        return html`<div class="purpose">
          <input
            id="${purpose}"
            type="checkbox"
            name="granted"
            value="${purpose}"
            ${granted(purpose) ? 'checked' : ''}
            aria-describedby="${purpose}-text"
          />
          <label for="${purpose}">${title}</label>
          <p class="quiet" id="${purpose}-text">${text}</p>
        </div>`
      })}
      <p class="quiet">${words.necessary}</p>
      <div class="row">
        <button class="button" type="submit" name="all" value="chosen">${words.save}</button>
        <button class="plain" type="submit" name="all" value="granted">${words.acceptAll}</button>
        <button class="plain" type="submit" name="all" value="denied">${words.refuseAll}</button>
      </div>
    </form>`
  return { title: words.privacy, content }
}
