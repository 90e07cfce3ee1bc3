import type { BoxSummary, Message } from '../message.ts'
import type { Words } from '../words.ts'

const SHOWN_AT_MOST = 200
const data: unknown = JSON.parse(find('data').textContent ?? '')
const { words, origin, language } = data as { words: Words; origin: string; language: string }
const time = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' })

let messages: readonly Message[] = []
let boxes: readonly BoxSummary[] = []
/** Null: all boxes. */
let chosen: string | null = null

function find(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`the page has no #${id}`)
  return found
}

type Child = Node | string
/** Everything that came from outside becomes text here, never markup. */
function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    // Not JSON: shown as it came.
    return body
  }
}

function title(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null && 'type' in parsed)
      return String(parsed.type)
  } catch {
    // Not JSON: it has no type to show.
  }
  return ''
}

function card(message: Message): HTMLLIElement {
  const { body, headers, receivedAt, signature } = message
  const headerRows = Object.entries(headers).flatMap(([name, value]) => [
    make('dt', {}, name),
    make('dd', {}, value),
  ])
  return make(
    'li',
    { id: message.id, class: 'message' },
    make(
      'div',
      { class: 'top' },
      make('h2', {}, title(body) || message.channel),
      make('span', { class: `badge ${signature}` }, words[signature]),
      make('span', { class: 'box' }, message.box),
      make('time', { datetime: receivedAt }, time.format(new Date(receivedAt))),
      ...(message.answered >= 300
        ? [make('span', { class: 'badge wrong' }, `${words.answered} ${message.answered}`)]
        : []),
    ),
    body === ''
      ? make('p', { class: 'quiet' }, words.emptyBody)
      : make('pre', { tabindex: '0', role: 'group', 'aria-label': words.body }, indented(body)),
    make('details', {}, make('summary', {}, words.headers), make('dl', {}, ...headerRows)),
  )
}

function secretForm(box: BoxSummary): HTMLElement {
  const input = make('input', {
    id: 'secret-input',
    name: 'secret',
    required: '',
    autocomplete: 'off',
    spellcheck: 'false',
    placeholder: 'whsec_…',
    'aria-describedby': 'secret-help',
  })
  const help = make('p', { id: 'secret-help', class: 'quiet' }, words.secretHelp)
  const form = make(
    'form',
    {},
    make('label', { for: 'secret-input' }, words.secretLabel),
    make('div', { class: 'row' }, input, make('button', { type: 'submit' }, words.secretSave)),
    help,
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void saveSecret(box.box, input, help)
  })
  const summary = box.hasSecret ? words.secretReplace : words.secretAdd
  const attributes: Record<string, string> = box.hasSecret ? {} : { open: '' }
  return make('details', attributes, make('summary', {}, summary), form)
}

async function saveSecret(box: string, input: HTMLInputElement, help: HTMLElement): Promise<void> {
  const answer = await fetch(`/boxes/${encodeURIComponent(box)}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ secret: input.value.trim() }),
  })
  input.toggleAttribute('aria-invalid', !answer.ok)
  help.textContent = answer.ok ? words.secretSaved : words.secretBad
  find('said').textContent = help.textContent
}

function emptyState(): readonly Child[] {
  if (messages.length > 0) return [make('p', {}, words.empty)]
  return [
    make('h2', {}, words.emptyTitle),
    make(
      'ol',
      {},
      make('li', {}, `${words.emptyStep1} `, make('code', {}, `${origin}/hooks/crm`)),
      make('li', {}, words.emptyStep2),
      make('li', {}, words.emptyStep3),
    ),
  ]
}

function drawBoxes(): void {
  const entries = [{ box: null, count: messages.length }, ...boxes] as const
  const buttons = entries.map(({ box, count }) => {
    const button = make(
      'button',
      { type: 'button', 'aria-pressed': String(box === chosen) },
      make('span', {}, box ?? words.all),
      make('span', { class: 'count' }, String(count)),
    )
    button.addEventListener('click', () => {
      chosen = box
      draw()
    })
    return make('li', {}, button)
  })
  const list = find('boxes')
  const focused = [...list.querySelectorAll('button')].indexOf(
    document.activeElement as HTMLButtonElement,
  )
  list.replaceChildren(...buttons)
  if (focused >= 0) list.querySelectorAll('button')[focused]?.focus()
}

/** Newest on top: that is where people look; the JSON list is oldest first. */
function draw(): void {
  const shown = messages
    .filter(({ box }) => chosen === null || box === chosen)
    .slice(-SHOWN_AT_MOST)
  drawBoxes()
  find('messages').replaceChildren(...shown.toReversed().map(card))
  find('empty').hidden = shown.length > 0
  find('empty').replaceChildren(...(shown.length > 0 ? [] : emptyState()))
  find('clear').toggleAttribute('disabled', messages.length === 0)
  drawSecret()
}

/** Left alone while somebody types in it. */
function drawSecret(): void {
  const place = find('secret')
  const box = boxes.find((each) => each.box === chosen)
  place.hidden = box === undefined
  if (place.dataset['box'] === `${chosen} ${box?.hasSecret}`) return
  place.dataset['box'] = `${chosen} ${box?.hasSecret}`
  place.replaceChildren(...(box === undefined ? [] : [secretForm(box)]))
}

async function load(): Promise<void> {
  const [list, summary] = await Promise.all([fetch('/messages'), fetch('/boxes')])
  messages = ((await list.json()) as { items: readonly Message[] }).items
  boxes = ((await summary.json()) as { items: readonly BoxSummary[] }).items
  draw()
}

function arrived({ message }: { message: Message }): void {
  if (messages.some(({ id }) => id === message.id)) return
  messages = [...messages, message]
  const known = boxes.find(({ box }) => box === message.box)
  const counted = { hasSecret: false, ...known, box: message.box, count: (known?.count ?? 0) + 1 }
  boxes = known ? boxes.map((each) => (each === known ? counted : each)) : [...boxes, counted]
  drawBoxes()
  if (chosen === null || chosen === message.box) find('messages').prepend(card(message))
  find('empty').hidden = true
  find('clear').removeAttribute('disabled')
  find('said').textContent = `${words.received} ${message.box}`
}

const stream = new EventSource('/stream')
// `ready` comes with each connection, so what was missed while it was cut is fetched too.
stream.addEventListener('ready', () => {
  find('live').textContent = words.connected
  find('live').classList.add('on')
  void load()
})
stream.addEventListener('error', () => {
  find('live').textContent = words.reconnecting
  find('live').classList.remove('on')
})
stream.addEventListener('received', ({ data }) => arrived(JSON.parse(data)))
stream.addEventListener('checked', () => void load())
stream.addEventListener('cleared', () => {
  find('said').textContent = words.cleared
  void load()
})
find('clear').addEventListener('click', () => void fetch('/messages', { method: 'DELETE' }))
