import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, test } from 'vitest'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { api } from './api.ts'
import { looksOf } from './looks.ts'
import { at } from './stage.ts'
import { look, visit } from './visit.ts'

const run = randomUUID().slice(0, 8)
const made: string[] = []
let profile: string

async function make(path: string, body: object): Promise<string> {
  const { id } = await api<{ id: string }>(path, body)
  made.unshift(`${path.split('?')[0]}/${id}`)
  return id
}

const track = (event: string) =>
  api('/v1/track', { userId: `capped-${run}`, event, messageId: randomUUID() })

beforeAll(async () => {
  await track(`Begin ${run}`)
  const found = await api<ApiProfile>(`/api/profiles?kind=userId&value=capped-${run}`)
  profile = found.id
  await make('/api/caps', { name: `Two a week ${run}`, window: 'P7D', most: 2, tag: run })
  for (const messageId of ['one', 'two']) {
    const touch = { channel: 'sms', tags: [run, 'news'], messageId: `${run}-${messageId}` }
    await api(`/api/profiles/${profile}/touches`, touch)
  }
  const segment = await make('/api/segments?wait=live', {
    name: `Did ${run}`,
    condition: { type: 'performed', event: `Act ${run}`, operator: 'gte', value: 1 },
  })
  const destination = await make('/api/destinations', {
    name: `Letters ${run}`,
    kind: 'webhook',
    url: `${at.inbox}/hooks/${run}`,
    purposes: ['analytics'],
    channel: 'email',
  })
  await make('/api/activations', {
    name: `Write ${run}`,
    segment,
    destinations: [destination],
    on: ['entered'],
    tags: [run],
  })
  await track(`Act ${run}`)
})

afterAll(async () => {
  for (const path of made) await api(path, undefined, 'DELETE')
})

const WORDS = {
  'en-GB': {
    create: 'New cap',
    name: 'Name',
    most: 'At most',
    zero: 'This allows no message at all.',
    tag: 'Only with the tag',
    save: 'Create cap',
    none: `On all channels marked “none-${run}”: none allowed.`,
    rule: `On all channels marked “${run}”: at most 2 in any 7 days.`,
    refused: `Refused by the cap “Two a week ${run}”: 2 of 2 stand`,
    pressure: 'Pressure',
    of: '2 of 2',
    free: 'Room again',
    field: 'What is looked at',
    left: 'Left of a cap',
    cap: 'Cap',
    createSegment: 'Create segment',
    sentence: `People for whom what is left of the cap “Two a week ${run}” is at least 1.`,
  },
  'fr-FR': {
    create: 'Nouveau plafond',
    name: 'Nom',
    most: 'Au plus',
    zero: 'Aucun message n’est permis.',
    tag: 'Seulement avec l’étiquette',
    save: 'Créer le plafond',
    none: `Tous canaux portant «\u00a0none-${run}\u00a0»\u00a0: aucun permis.`,
    rule: `Tous canaux portant «\u00a0${run}\u00a0»\u00a0: au plus 2 sur toute durée de 7 jours.`,
    refused: `Refusé par le plafond «\u00a0Two a week ${run}\u00a0»\u00a0: 2 sur 2`,
    pressure: 'Pression',
    of: '2 sur 2',
    free: 'De nouveau possible',
    field: 'Ce qui est examiné',
    left: 'Reste d’un plafond',
    cap: 'Plafond',
    createSegment: 'Créer le segment',
    sentence: `Les personnes pour qui ce qui reste du plafond «\u00a0Two a week ${run}\u00a0» est au moins 1.`,
  },
} as const

describe.each(
  looksOf([
    ['en-GB', 'light', 1_280],
    ['fr-FR', 'dark', 360],
  ] as const),
)('%s, %s, %i wide', (locale, colorScheme, width) => {
  const words = WORDS[locale]

  test('a cap is made, refuses, and is told of where it is felt', async () => {
    try {
      await visit({ locale, colorScheme, width }, async (page) => {
        await page.goto(`${at.dashboard}/caps`)
        await page.getByText(words.rule).waitFor()
        await page.getByRole('button', { name: words.create }).first().click()
        const form = page.getByRole('dialog')
        await form.getByLabel(words.name).fill(`None ${run} ${locale}`)
        await form.getByLabel(words.most, { exact: true }).fill('0')
        await form.getByText(words.zero).waitFor()
        await form.getByLabel(words.tag).fill(`none-${run}`)
        await look(page, `caps-form-${locale}`)
        await form.getByRole('button', { name: words.save }).click()
        await form.waitFor({ state: 'hidden' })
        await page.getByText(words.none).first().waitFor()
        await look(page, `caps-list-${locale}`)

        await page.goto(`${at.dashboard}/deliveries?state=refused`)
        await page.getByText(words.refused).first().waitFor()
        await look(page, `caps-deliveries-${locale}`)

        await page.goto(`${at.dashboard}/profiles/${profile}`)
        await page.getByRole('heading', { name: words.pressure }).waitFor()
        await page.getByText(words.of, { exact: true }).waitFor()
        await page.getByText(words.free).first().waitFor()
        await look(page, `caps-profile-${locale}`)

        await page.goto(`${at.dashboard}/segments/new`)
        await page.getByRole('combobox', { name: words.field }).click()
        await page.getByRole('option', { name: words.left }).click()
        await page.getByRole('combobox', { name: words.cap, exact: true }).fill(`week ${run}`)
        await page.getByRole('option', { name: `Two a week ${run}` }).click()
        await page.getByText(words.sentence).waitFor()
        await look(page, `caps-condition-${locale}`)
        await page.getByRole('textbox', { name: words.name, exact: true }).fill(`Rested ${run}`)
        await page.getByRole('button', { name: words.createSegment, exact: true }).click()
        await page.waitForURL(/segments\/seg_/)
        made.unshift(new URL(page.url()).pathname.replace('/segments', '/api/segments'))
        await page.goto(`${at.dashboard}/caps`)
        await page
          .getByRole('link', { name: `Rested ${run}` })
          .first()
          .waitFor()
        await look(page, `caps-used-${locale}`)
      })
    } finally {
      const { items } = await api<{ items: { id: string; name: string }[] }>('/api/caps?limit=500')
      for (const { id, name } of items) {
        if (name.startsWith(`None ${run}`)) await api(`/api/caps/${id}`, undefined, 'DELETE')
      }
    }
  })
})
