import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type {
  ApiRfmMovement,
  ApiRfmReport,
  ApiScoreSettings,
  ApiValueReport,
} from '../../edge/protocol/api-score.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { at } from './stage.ts'
import { look, visit } from './visit.ts'
import { api } from './api.ts'
import { looksOf } from './looks.ts'

const CUSTOMERS = 260
const run = randomUUID().slice(0, 8)

/** Some buy every few days and spend much, some bought once long ago: no two alike. */
function ordersOf(customer: number): readonly object[] {
  const count = 1 + ((customer * 7) % 9)
  const gap = 3 + ((customer * 13) % 40)
  const since = (customer * 29) % 200
  return Array.from({ length: count }, (_, place) => ({
    type: 'track',
    event: 'Order Completed',
    userId: `buyer-${run}-${customer}`,
    messageId: `order-${run}-${customer}-${place}`,
    timestamp: new Date(Date.now() - (since + place * gap) * DAY - customer * 60_000).toISOString(),
    properties: {
      order_id: `${run}-${customer}-${place}`,
      revenue: 10 + ((customer * 17 + place * 5) % 90),
    },
  }))
}

beforeAll(async () => {
  const orders = Array.from({ length: CUSTOMERS }, (_, place) => ordersOf(place)).flat()
  for (let from = 0; from < orders.length; from += 200) {
    await api('/v1/batch', { batch: orders.slice(from, from + 200) })
  }
  await api('/api/scores/refresh', {})
})

const WORDS = {
  'en-GB': {
    grid: 'Recency and frequency',
    champions: 'Champions',
    peopleOf: 'People of Champions',
    scores: 'Scores',
    value: 'Customer value',
    picture: 'Repeat orders over time',
    asTable: 'Show as table',
    actual: 'Actual',
    segmentOf: 'Make a segment of Champions',
    sentence: 'People whose RFM cell is “Champions”.',
    place: 'Recency 5, frequency 5',
    half: 'Half-life, in days',
    save: 'Save',
    saved: 'Saved. Everybody is scored anew.',
    bins: 'Bins of each axis',
    movement: 'Movement between cells',
    from: 'From',
    fresh: 'No customer yet',
    refused: 'Some fields need another look: see above.',
  },
  'fr-FR': {
    grid: 'Récence et fréquence',
    champions: 'Champions',
    peopleOf: 'Personnes de Champions',
    scores: 'Scores',
    value: 'Valeur client',
    picture: 'Commandes répétées dans le temps',
    asTable: 'Afficher le tableau',
    actual: 'Observé',
    segmentOf: 'Créer un segment de Champions',
    sentence: 'Les personnes dont le score «\u00a0cellule RFM\u00a0» est «\u00a0Champions\u00a0».',
    place: 'Récence 5, fréquence 5',
    half: 'Demi-vie, en jours',
    save: 'Enregistrer',
    saved: 'Enregistré. Chacun est noté de nouveau.',
    bins: 'Classes de chaque axe',
    movement: 'Passages entre cellules',
    from: 'Du',
    fresh: 'Pas encore client',
    refused: 'Certains champs sont à revoir\u00a0: voyez plus haut.',
  },
} as const

describe.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)('%s, %s, %i wide', (locale, colorScheme, width) => {
  const words = WORDS[locale]
  const shown = { locale, colorScheme, width }
  test('the grid leads from a cell to its people, and to what each is scored by', () =>
    visit(shown, async (page) => {
      const report = await api<ApiRfmReport>('/api/reports/rfm')
      const best = report.cells.find(({ key }) => key === 'champions')
      expect(best?.customers).toBeGreaterThan(0)
      await page.goto(`${at.dashboard}/rfm`)
      await page.getByRole('table', { name: words.grid }).waitFor()
      const card = page.getByRole('article', { name: words.champions })
      await card.getByText(new RegExp(`^${best?.customers}\\s`)).waitFor()
      await look(page, `scores-rfm-${locale}`)
      await page.getByRole('button', { name: words.place }).click()
      await page.getByRole('dialog').getByRole('link').first().waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      await page.getByRole('button', { name: words.peopleOf }).click()
      const person = page.getByRole('dialog').getByRole('link').first()
      const id = (await person.textContent()) ?? ''
      await person.click()
      await page.getByRole('heading', { name: words.scores, exact: true }).waitFor()
      await page.getByRole('link', { name: words.champions, exact: true }).waitFor()
      await look(page, `scores-profile-${locale}`)
      const { scores } = await api<ApiProfile>(`/api/profiles/${id}`)
      expect(scores?.rfm?.cell).toBe('champions')
      expect(scores?.value?.likelier).toBeGreaterThanOrEqual(0)
      expect(scores?.engagement.above?.share).toBeGreaterThan(0)
      expect(scores?.population?.version).toBe(report.version)
    }))

  test('who moved between cells is told for a period that is chosen', () =>
    visit(shown, async (page) => {
      await page.goto(`${at.dashboard}/rfm`)
      const card = page.getByRole('region', { name: words.movement, exact: true })
      await card.getByRole('table').waitFor()
      const from = new Date(Date.now() - 90 * DAY).toISOString().slice(0, 10)
      await card.getByLabel(words.from).fill(from)
      const moved = await api<ApiRfmMovement>(`/api/reports/rfm/movement?from=${from}`)
      const fresh = moved.moves.find((move) => move.from === null && move.customers > 1)
      await card.getByRole('rowheader', { name: words.fresh }).waitFor()
      await card.getByText(String(fresh?.customers), { exact: true }).first().waitFor()
      await look(page, `scores-movement-${locale}`)
    }))

  test('a cell becomes a segment, whose sentence names it', () =>
    visit(shown, async (page) => {
      await page.goto(`${at.dashboard}/rfm`)
      await page.getByRole('button', { name: words.segmentOf }).click()
      await page.getByText(words.sentence).waitFor()
    }))

  test('the page of value shows what was expected against what happened', () =>
    visit(shown, async (page) => {
      const report = await api<ApiValueReport>('/api/reports/value')
      expect(report.buying?.customers).toBeGreaterThanOrEqual(CUSTOMERS)
      await page.goto(`${at.dashboard}/value`)
      await page.getByRole('img', { name: words.picture }).waitFor()
      await look(page, `scores-value-${locale}`)
      await page.getByRole('button', { name: words.asTable }).first().click()
      await page.getByRole('columnheader', { name: words.actual }).first().waitFor()
    }))

  test('settings are refused field by field, and hold once they are saved', () =>
    visit(shown, async (page) => {
      await page.goto(`${at.dashboard}/settings?tab=scores`)
      const half = page.getByRole('textbox', { name: words.half })
      const bins = page.getByRole('textbox', { name: words.bins })
      await half.fill('45')
      await bins.fill('3')
      await page.getByRole('button', { name: words.save, exact: true }).click()
      await page.getByText(words.refused).waitFor()
      await look(page, `scores-settings-${locale}`)
      await bins.fill('5')
      await page.getByRole('button', { name: words.save, exact: true }).click()
      await page.getByText(words.saved).waitFor()
      const saved = await api<ApiScoreSettings>('/api/settings/scores')
      expect(saved.engagement.halfLife).toBe('P45D')
    }))
})
