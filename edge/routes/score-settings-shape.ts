import { z } from '@hono/zod-openapi'
import {
  APPETENCE_LIMITS,
  APPETENCE_REACTIONS,
  APPETENCE_SETTINGS,
  CHANNEL_NAME,
  type AppetenceSettings,
} from '../protocol/appetence.ts'
import { formatDuration, parseDuration } from '../protocol/duration.ts'
import {
  OTHER_CELL,
  RFM_AXES,
  SCORE_LIMITS,
  SCORE_SETTINGS,
  type RfmCell,
  type RfmCutPoints,
  type ScoreSettings,
} from '../protocol/score.ts'
import { DAY } from '../protocol/time.ts'
import { distinct, key, name, purpose, text } from './shapes.ts'

const LONGEST = 3_650 * DAY
const SPAN = 'must be an ISO 8601 duration from P1D to P3650D'
const isSpan = (value: string): boolean => {
  const span = parseDuration(value)
  return span !== undefined && span >= DAY && span <= LONGEST
}
const span = z.string(SPAN).refine(isSpan, SPAN).openapi({ example: 'P365D' })

const events = distinct(name, SCORE_LIMITS.names)
const CURRENCY = /^[A-Z]{3}$/
const NO_CURRENCY = 'must be a currency of ISO 4217, such as EUR'
const currency = z.string('must be text').regex(CURRENCY, NO_CURRENCY)
const positive = z.number('must be a number').positive('must be more than 0')

const orders = z.strictObject({
  completed: events.refine((list) => list.length > 0, 'must name at least one event').optional(),
  refunded: events.optional(),
  cancelled: events.optional(),
  amount: events
    .refine((list) => list.length > 0, 'must name at least one property')
    .optional()
    .openapi({
      description: 'Properties that hold the amount: the first that an event has',
    }),
  currency: currency.optional().openapi({ description: 'All amounts are told in it' }),
  rates: z
    .record(z.string(), positive)
    .refine(
      (rates) => Object.keys(rates).length <= SCORE_LIMITS.rates,
      `must have at most ${SCORE_LIMITS.rates} entries`,
    )
    .check((context) => {
      for (const code of Object.keys(context.value)) {
        if (CURRENCY.test(code)) continue
        context.issues.push({ code: 'custom', path: [code], message: NO_CURRENCY, input: code })
      }
    })
    .optional()
    .openapi({
      description:
        'What one unit of another currency is worth. Amounts in a currency that is not here are not counted',
      example: { USD: 0.92 },
    }),
})

const bin = z.int('must be a whole number').min(1, 'must be at least 1')
const range = z
  .tuple([bin, bin], 'must be two bins')
  .refine(([from, to]) => from <= to, 'must be two bins, the lower first')
  .readonly()
const cell = z.strictObject({
  key: key.refine((value) => value !== OTHER_CELL, `"${OTHER_CELL}" is who is in no cell`),
  name: name.optional(),
  meaning: text(1_000).optional(),
  action: text(1_000).optional(),
  recency: range,
  frequency: range,
  monetary: range,
})

const cut = z
  .array(z.number('must be a number').min(0, 'must be at least 0'), 'must be a list of numbers')
  .refine(
    (cuts) => cuts.every((value, place) => place === 0 || value > (cuts[place - 1] ?? 0)),
    'must rise from one to the next',
  )
  .readonly()

const rfm = z
  .strictObject({
    window: span.nullable().optional().openapi({
      description: 'Orders count for so long. Null: for as long as any event does',
    }),
    bins: z
      .int('must be a whole number')
      .min(2, 'must be at least 2')
      .max(SCORE_LIMITS.bins, `must be at most ${SCORE_LIMITS.bins}`)
      .optional(),
    cutPoints: z
      .strictObject({ recency: cut, frequency: cut, monetary: cut })
      .nullable()
      .optional()
      .openapi({
        description:
          'Of each axis the values at which the next bin begins. Null: the quantiles of all customers',
      }),
    cells: z
      .array(cell, 'must be a list')
      .max(SCORE_LIMITS.cells, `must have at most ${SCORE_LIMITS.cells} entries`)
      .readonly()
      .optional()
      .openapi({ description: 'The first that matches wins; who is in none is in "others"' }),
  })
  .check((context) => {
    const { bins = SCORE_SETTINGS.rfm.bins, cutPoints, cells } = context.value
    const refuse = (path: readonly (string | number)[], message: string) =>
      context.issues.push({ code: 'custom', path: [...path], message, input: context.value })
    if (cells === undefined && bins !== SCORE_SETTINGS.rfm.bins) {
      refuse(['cells'], `is missing: the default cells are of ${SCORE_SETTINGS.rfm.bins} bins`)
    }
    const keys = new Set<string>()
    for (const [place, one] of (cells ?? []).entries()) {
      if (keys.has(one.key)) refuse(['cells', place, 'key'], 'another cell has this key')
      keys.add(one.key)
      for (const axis of RFM_AXES) {
        if (one[axis][1] > bins) refuse(['cells', place, axis], `there are ${bins} bins`)
      }
    }
    if (cutPoints === undefined || cutPoints === null) return
    for (const axis of RFM_AXES) {
      if (cutPoints[axis].length === bins - 1) continue
      refuse(['cutPoints', axis], `must be ${bins - 1} numbers: there are ${bins} bins`)
    }
  })

const engagement = z.strictObject({
  weights: z
    .record(name, positive)
    .refine(
      (weights) => Object.keys(weights).length <= SCORE_LIMITS.weights,
      `must have at most ${SCORE_LIMITS.weights} entries`,
    )
    .optional()
    .openapi({ description: 'Of each event by its name; at most 20 of one a day count' }),
  halfLife: span.optional(),
})

const OF_CHANNEL = new RegExp(`^${CHANNEL_NAME}$`)
const NO_CHANNEL = 'must be 1 to 40 of a–z, 0–9 and -, and begin with a letter'
const ways = distinct(name, APPETENCE_LIMITS.ways).optional()
const share = z.number('must be a number').min(0, 'must be at least 0').max(1, 'must be at most 1')
const reaction = z.enum(APPETENCE_REACTIONS, `must be one of ${APPETENCE_REACTIONS.join(', ')}`)
const appetence = z.strictObject({
  halfLife: span.nullable().optional().openapi({
    description: 'After so long a message is worth half. Null: it never loses any of its worth',
    example: 'P90D',
  }),
  reactions: distinct(reaction, APPETENCE_REACTIONS.length)
    .refine((list) => list.length > 0, 'must name at least one reaction')
    .optional()
    .openapi({
      description:
        'What counts as a reaction. Apple Mail opens messages by itself to protect its readers: where many use it, opens say little, and clicks and conversions alone say more',
    }),
  exploration: share.optional().openapi({
    description: 'Share of messages that go to the channel that was tried least',
  }),
  prior: z.enum(['population', 'none'], 'must be one of population, none').optional().openapi({
    description:
      'What a person’s own messages are held against: everybody’s, or nothing, which is the plain share of messages that were reacted to',
  }),
  channels: z
    .record(z.string(), z.strictObject({ purpose, identifiers: ways, traits: ways }))
    .check((context) => {
      const names = Object.keys(context.value)
      const refuse = (path: readonly string[], message: string) =>
        context.issues.push({ code: 'custom', path: [...path], message, input: context.value })
      if (names.length > APPETENCE_LIMITS.channels) {
        refuse([], `must have at most ${APPETENCE_LIMITS.channels} entries`)
      }
      for (const one of names) if (!OF_CHANNEL.test(one)) refuse([one], NO_CHANNEL)
      for (const [one, { identifiers = [], traits = [] }] of Object.entries(context.value)) {
        if (identifiers.length + traits.length > 0) continue
        refuse([one], 'must name an identifier or a trait by which people are reached')
      }
    })
    .optional()
    .openapi({
      description:
        'Of each channel the consent it needs, and the kinds of identifiers and the traits of which one is enough to reach somebody',
      example: { email: APPETENCE_SETTINGS.channels['email'] },
    }),
})

export const input = z
  .strictObject({
    orders: orders.optional(),
    rfm: rfm.optional(),
    engagement: engagement.optional(),
    appetence: appetence.optional(),
  })
  .openapi('ScoreSettingsInput')

/** What is left out has its default. */
export function settingsOf({
  orders: told,
  rfm: grid,
  engagement: doing,
  appetence: liking = {},
}: z.infer<typeof input>) {
  const defaults = SCORE_SETTINGS
  const { window, bins, cutPoints, cells } = grid ?? {}
  const settings: ScoreSettings = {
    orders: { ...defaults.orders, ...withoutUndefined(told ?? {}) },
    rfm: {
      bins: bins ?? defaults.rfm.bins,
      cells: cells?.map((one): RfmCell => withoutUndefined(one)) ?? defaults.rfm.cells,
      ...(typeof window === 'string' && { window: parseDuration(window) ?? LONGEST }),
      ...(cutPoints !== undefined && cutPoints !== null && { cutPoints }),
    },
    engagement: {
      weights: doing?.weights ?? defaults.engagement.weights,
      halfLife: parseDuration(doing?.halfLife ?? '') ?? defaults.engagement.halfLife,
    },
    appetence: appetenceOf(liking),
  }
  return settings
}

function appetenceOf({
  halfLife,
  channels,
  ...told
}: z.infer<typeof appetence>): AppetenceSettings {
  const { halfLife: usual = LONGEST, ...defaults } = APPETENCE_SETTINGS
  return {
    ...defaults,
    ...withoutUndefined(told),
    ...(halfLife !== null && { halfLife: parseDuration(halfLife ?? '') ?? usual }),
    ...(channels !== undefined && {
      channels: Object.fromEntries(
        Object.entries(channels).map(([one, { identifiers = [], traits = [], ...rules }]) => [
          one,
          { ...rules, identifiers, traits },
        ]),
      ),
    }),
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
const withoutUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>

const names = z.array(z.string()).readonly()
const bins = z.tuple([z.number(), z.number()]).readonly()
export const cutPointsShape = z.object({
  recency: z.array(z.number()).readonly(),
  frequency: z.array(z.number()).readonly(),
  monetary: z.array(z.number()).readonly(),
})

export const shown = z
  .object({
    orders: z.object({
      completed: names,
      refunded: names,
      cancelled: names,
      amount: names,
      currency: z.string(),
      rates: z.record(z.string(), z.number()),
    }),
    rfm: z.object({
      window: z.string().nullable(),
      bins: z.number(),
      cutPoints: cutPointsShape.nullable(),
      cells: z
        .array(
          z.object({
            key: z.string(),
            name: z.string().optional(),
            meaning: z.string().optional(),
            action: z.string().optional(),
            recency: bins,
            frequency: bins,
            monetary: bins,
          }),
        )
        .readonly(),
    }),
    engagement: z.object({
      weights: z.record(z.string(), z.number()),
      halfLife: z.string(),
    }),
    appetence: z.object({
      halfLife: z.string().nullable(),
      reactions: z.array(z.enum(APPETENCE_REACTIONS)).readonly(),
      exploration: z.number(),
      prior: z.enum(['population', 'none']),
      channels: z.record(
        z.string(),
        z.object({ purpose: z.string(), identifiers: names, traits: names }),
      ),
    }),
  })
  .openapi('ScoreSettings')

export const show = ({
  orders: told,
  rfm: grid,
  engagement: doing,
  appetence: liking = APPETENCE_SETTINGS,
}: ScoreSettings) => ({
  orders: told,
  rfm: {
    bins: grid.bins,
    cells: grid.cells,
    window: grid.window === undefined ? null : formatDuration(grid.window),
    cutPoints: (grid.cutPoints ?? null) as RfmCutPoints | null,
  },
  engagement: { weights: doing.weights, halfLife: formatDuration(doing.halfLife) },
  appetence: {
    ...liking,
    halfLife: liking.halfLife === undefined ? null : formatDuration(liking.halfLife),
  },
})
