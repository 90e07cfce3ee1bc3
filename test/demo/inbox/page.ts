import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { WORDS } from './words.ts'
import type { Language } from './words.ts'

/** The page for people: a frame that `browser/inbox.ts` fills from `/messages` and `/stream`. */
export function inboxPage(
  language: Language,
  origin: string,
): HtmlEscapedString | Promise<HtmlEscapedString> {
  const words = WORDS[language]
  // Inside a script element only `<` could end it.
  const data = raw(JSON.stringify({ language, words, origin }).replaceAll('<', '\\u003c'))
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${words.title} · Prisme</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/inbox.css" />
      </head>
      <body>
        <header>
          <div>
            <h1>${words.title}</h1>
            <p>${words.lead}</p>
          </div>
          <p id="live" class="live" role="status">${words.reconnecting}</p>
          <button id="clear" type="button" disabled>${words.clear}</button>
          <a
            href="/?lang=${language === 'fr' ? 'en' : 'fr'}"
            lang="${language === 'fr' ? 'en' : 'fr'}"
            >${words.other}</a
          >
        </header>
        <div class="columns">
          <nav aria-label="${words.boxes}"><ul id="boxes"></ul></nav>
          <main>
            <section id="secret" hidden></section>
            <ol id="messages"></ol>
            <section id="empty" hidden></section>
          </main>
        </div>
        <p id="said" class="visually-hidden" aria-live="polite"></p>
        <script type="application/json" id="data">
          ${data}
        </script>
        <script src="/inbox.js" defer></script>
      </body>
    </html>`
}
