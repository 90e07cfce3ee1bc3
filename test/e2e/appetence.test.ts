import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiAppetenceReport, ApiScoreSettings } from '../../edge/protocol/api-score.ts'
import { DAY, HOUR } from '../../edge/protocol/time.ts'
import { api } from './api.ts'
import { looksOf } from './looks.ts'
import { at } from './stage.ts'
import { look, visit } from './visit.ts'

const PEOPLE = 60
const run = randomUUID().slice(0, 8)

/** Some click on most of what they get, most on little: by e-mail and, some of them, by SMS. */
function eventsOf(person: number): readonly object[] {
  const userId = `reader-${run}-${person}`
  const context = { consent: { categoryPreferences: { analytics: true, email: true, sms: true } } }
  const of = (event: string, time: number, message: string, properties: object = {}) => ({
    type: 'track',
    event,
    userId,
    messageId: `${message}-${event}`,
    timestamp: new Date(time).toISOString(),
    properties: { message_id: message, ...properties },
    context,
  })
  const start = Date.now() - 75 * DAY
  return [
    {
      type: 'identify',
      userId,
      messageId: `${userId}-who`,
      timestamp: new Date(start).toISOString(),
      traits: { email: `${userId}@example.com`, phone: `+336${10_000_000 + person}` },
      context,
    },
    ...Array.from({ length: 12 }, (_, place) => {
      const time = start + (place * 6 + 1) * DAY + ((person * 5 + place * 7) % 24) * HOUR
      const message = `${userId}-${place}`
      const isClicked =
        (person * 31 + place * 17) % 100 < (person % 5 === 0 ? 80 : (person * 7) % 30)
      return [
        of('Email Sent', time, message),
        ...(isClicked ? [of('Email Link Clicked', time + HOUR, message)] : []),
        ...(place % 3 === 0 && person % 2 === 0
          ? [of('Message Sent', time + 2 * HOUR, `${message}-sms`, { channel: 'sms' })]
          : []),
      ]
    }).flat(),
  ]
}

beforeAll(async () => {
  const events = Array.from({ length: PEOPLE }, (_, person) => eventsOf(person)).flat()
  for (let from = 0; from < events.length; from += 200) {
    await api('/v1/batch', { batch: events.slice(from, from + 200) })
  }
  await api('/api/scores/refresh', {})
})

const WORDS = {
  'en-GB': {
    title: 'Appetence',
    email: 'E-mail',
    spread: 'People by probability',
    calibration: 'Foretold and observed',
    gains: 'Reactions reached',
    asTable: 'Show as table',
    foretold: 'Foretold',
    best: 'Best: E-mail',
    half: 'Half-life of a message, in days',
    save: 'Save',
    saved: 'Saved. Everybody is scored anew.',
    bestOnly: 'On the best channel only',
    newActivation: 'New activation',
  },
  'fr-FR': {
    title: 'Appétence',
    email: 'E-mail',
    spread: 'Personnes par probabilité',
    calibration: 'Prévu et observé',
    gains: 'Réactions atteintes',
    asTable: 'Afficher le tableau',
    foretold: 'Prévu',
    best: 'Meilleur\u00a0: E-mail',
    half: 'Demi-vie d’un message, en jours',
    save: 'Enregistrer',
    saved: 'Enregistré. Chacun est noté de nouveau.',
    bestOnly: 'Sur le meilleur canal seulement',
    newActivation: 'Nouvelle activation',
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
  test('the report tells of each channel how people are spread, and what was foretold', () =>
    visit(shown, async (page) => {
      const { channels } = await api<ApiAppetenceReport>('/api/reports/appetence')
      const email = channels.find(({ channel }) => channel === 'email')
      expect(email?.calibration.points.length).toBeGreaterThan(4)
      await page.goto(`${at.dashboard}/appetence`)
      const section = page.getByRole('region', { name: words.email, exact: true })
      await section.getByRole('img', { name: words.spread }).waitFor()
      await section.getByRole('img', { name: words.calibration }).waitFor()
      await section.getByRole('img', { name: words.gains }).waitFor()
      await look(page, `appetence-report-${locale}`)
      await section.getByRole('button', { name: words.asTable }).nth(1).click()
      await section.getByRole('columnheader', { name: words.foretold }).waitFor()
    }))

  test('a person’s page tells how likely they react on each channel, and which is the best', () =>
    visit(shown, async (page) => {
      const { id } = await api<ApiProfile>(`/api/profiles?kind=userId&value=reader-${run}-0`)
      await page.goto(`${at.dashboard}/profiles/${id}`)
      await page.getByText(words.best).waitFor()
      await look(page, `appetence-profile-${locale}`)
    }))

  test('the settings hold once they are saved', () =>
    visit(shown, async (page) => {
      await page.goto(`${at.dashboard}/settings?tab=scores`)
      await page.getByRole('textbox', { name: words.half }).fill('120')
      await look(page, `appetence-settings-${locale}`)
      await page.getByRole('button', { name: words.save, exact: true }).click()
      await page.getByText(words.saved).waitFor()
      const { appetence } = await api<ApiScoreSettings>('/api/settings/scores')
      expect(appetence.halfLife).toBe('P120D')
    }))

  test('an activation may be of the best channel only', () =>
    visit(shown, async (page) => {
      await page.goto(`${at.dashboard}/activations`)
      await page.getByRole('button', { name: words.newActivation }).first().click()
      await page.getByRole('switch', { name: words.bestOnly }).check({ force: true })
      await look(page, `appetence-activation-${locale}`)
    }))
})
