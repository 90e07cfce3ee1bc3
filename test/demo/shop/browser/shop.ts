import type { Call } from '../calls.ts'
import type { AddAnswer } from '../routes/basket.ts'

declare global {
  interface Window {
    prisme?: (...call: Call | ['track', string, object]) => void
  }
}

/** The tag, or the stub that waits for it. */
function prisme(...call: Call): void {
  window.prisme?.(...call)
}

/** Shown for a while by the style, which begins anew with each message. */
function say(message: string): void {
  const notice = document.getElementById('notice')
  if (!notice) return
  notice.textContent = ''
  void notice.offsetWidth
  notice.textContent = message
}

/** Adds to the basket without leaving the product. */
function enhanceAdd(form: HTMLFormElement): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void add(form)
  })
}

async function add(form: HTMLFormElement): Promise<void> {
  const body = new URLSearchParams(
    [...new FormData(form)].map(([name, value]) => [name, String(value)]),
  )
  const button = form.querySelector('button')
  button?.setAttribute('aria-disabled', 'true')
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      body,
      headers: { Accept: 'application/json' },
    })
    if (!answer.ok) throw new Error(String(answer.status))
    const { message, count, countWords, calls } = (await answer.json()) as AddAnswer
    say(message)
    showCount(count, countWords)
    for (const call of calls) prisme(...call)
  } catch {
    // Offline, or the shop is down: said in the page, which stays usable.
    say(form.dataset['failed'] ?? '')
  } finally {
    button?.removeAttribute('aria-disabled')
  }
}

function showCount(count: number, words: string): void {
  const badge = document.getElementById('basket-count')
  if (badge) {
    badge.textContent = String(count)
    badge.hidden = count === 0
  }
  const label = document.getElementById('basket-words')
  if (label) label.textContent = words
}

/** Tells which promotion the hero shows when it is looked at, and when its link is followed. */
function watchHero(hero: HTMLElement): void {
  const promotion = () => ({
    promotion_id: 'home-hero',
    name: hero.querySelector('h1')?.textContent ?? '',
    creative: hero.querySelector('img')?.getAttribute('src') ?? '',
    position: 'home-top',
  })
  const seen = new IntersectionObserver(
    (entries) => {
      if (!entries.some(({ isIntersecting }) => isIntersecting)) return
      seen.disconnect()
      prisme('track', 'Promotion Viewed', promotion())
    },
    { threshold: 0.5 },
  )
  seen.observe(hero)
  hero
    .querySelector('a')
    ?.addEventListener('click', () => prisme('track', 'Promotion Clicked', promotion()))
}

const form = document.querySelector<HTMLFormElement>('form#add')
if (form) enhanceAdd(form)
const hero = document.querySelector<HTMLElement>('[data-prisme-placement="home-hero"]')
if (hero) watchHero(hero)
