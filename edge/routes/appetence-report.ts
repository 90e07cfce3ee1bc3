import { createRoute, z } from '@hono/zod-openapi'
import { calibrationError, ENOUGH_MESSAGES, liftOf } from '../domain/score/appetence-findings.ts'
import { calibrated } from '../domain/score/calibration.ts'
import {
  APPETENCE_SETTINGS,
  CALIBRATION_SPAN,
  HOUR_BANDS,
  type AppetenceSettings,
  type ChannelReport,
} from '../protocol/appetence.ts'
import type { ApiChannel } from '../protocol/api-score.ts'
import { formatDuration } from '../protocol/duration.ts'
import { isShort, type Shortage } from '../protocol/population.ts'
import { asOfQuery } from './as-of.ts'
import { resource } from './resource.ts'
import { shortage, wanting } from './score-report-shape.ts'
import { looked } from './score-reports.ts'
import { instant, iso, json, problems } from './shapes.ts'

const count = z.number().int()
const number = z.number()
const channelShape = z.object({
  channel: z.string(),
  purpose: z.string().nullable().openapi({ description: 'Null: it is no channel any more' }),
  people: count,
  messages: count,
  reacted: count,
  notEnough: shortage.optional(),
  prior: z
    .object({ reacted: number, ignored: number, mean: number })
    .optional()
    .openapi({ description: 'A beta distribution: how rates of reaction are spread among people' }),
  meant: z
    .array(z.object({ said: number, meant: number }))
    .readonly()
    .optional()
    .openapi({
      description:
        'How what the prior and somebody’s own messages say is set right: of so much said so much is meant, by what became of messages that were foretold by the others of the same people',
    }),
  tenths: z.array(number).readonly().optional(),
  histogram: z
    .array(count)
    .readonly()
    .openapi({ description: 'People by probability, in twenty equal parts from 0 to 1' }),
  bands: z
    .array(
      z.object({
        band: z.enum(HOUR_BANDS.map(({ band }) => band)),
        messages: number,
        reacted: number,
      }),
    )
    .readonly()
    .openapi({ description: 'By the hour of sending, what messages count by now' }),
  calibration: z
    .object({
      from: instant,
      messages: count,
      before: count,
      notEnough: shortage.optional(),
      points: z.array(z.object({ messages: count, expected: number, actual: number })).readonly(),
      error: number.optional(),
      lift: number.optional(),
    })
    .openapi({
      description:
        'What would have been foretold thirty days before, and what happened since: tenths of the messages from the least likely to the likeliest. `lift`: how much more often those of the last tenth were reacted to than all',
    }),
})
const shape = z
  .object({
    asOf: instant,
    version: count.nullable(),
    halfLife: z.string().nullable(),
    reactions: z.array(z.string()).readonly(),
    channels: z.array(channelShape).readonly(),
  })
  .openapi('AppetenceReport')

const route = createRoute({
  method: 'get',
  path: '/api/reports/appetence',
  summary: 'How likely people react to messages, by channel, and how far that can be believed',
  request: { query: asOfQuery },
  responses: { 200: json(shape, 'As of then'), ...problems(400, 401, 503) },
})

/** Probabilities of which it is told how they are set right. */
const EXAMPLES = [0.1, 0.3, 0.5]

const NOTHING: ChannelReport = {
  people: 0,
  messages: 0,
  reacted: 0,
  facts: { known: 0, needed: ENOUGH_MESSAGES },
  histogram: [],
  calibration: [],
  compared: { before: 0, since: 0 },
}

/** Too little was sent before or since: that of which there is less. */
const shortOf = ({ calibration, compared }: ChannelReport): Shortage | undefined =>
  calibration.length > 0
    ? undefined
    : { known: Math.min(compared.before, compared.since), needed: ENOUGH_MESSAGES }

function shown(
  channel: string,
  report: ChannelReport,
  { channels, prior: kind }: AppetenceSettings,
  at: number,
): ApiChannel {
  const { people, messages, reacted, facts, histogram, calibration, compared } = report
  const missing = shortOf(report)
  const found = isShort(facts) ? undefined : facts
  const { reacted: a, ignored: b } = found?.prior ?? { reacted: 0, ignored: 0 }
  return {
    channel,
    purpose: channels[channel]?.purpose ?? null,
    people,
    messages,
    reacted,
    ...(isShort(facts) && { notEnough: wanting(facts, 'messages') }),
    ...(found !== undefined &&
      kind === 'population' && {
        prior: { ...found.prior, mean: a / (a + b) },
        meant: EXAMPLES.map((said) => ({ said, meant: calibrated(found.calibration ?? [], said) })),
      }),
    ...(found?.tenths !== undefined && { tenths: found.tenths }),
    histogram,
    bands: HOUR_BANDS.map(({ band }, place) => ({
      band,
      messages: found?.bands[place]?.messages ?? 0,
      reacted: found?.bands[place]?.reacted ?? 0,
    })),
    calibration: {
      from: iso(at - CALIBRATION_SPAN),
      messages: compared.since,
      before: compared.before,
      ...(missing !== undefined && { notEnough: wanting(missing, 'messages') }),
      points: calibration,
      ...(calibration.length > 0 && {
        error: calibrationError(calibration),
        lift: liftOf(calibration),
      }),
    },
  }
}

export const appetenceReport = resource().openapi(route, async (c) => {
  const { workspace } = c.get('access')
  const { report, settings, version } = await looked(c.env, workspace, c.req.valid('query').asOf)
  const { appetence = APPETENCE_SETTINGS } = settings
  const { at, appetence: found = {} } = report
  const names = new Set([...Object.keys(appetence.channels), ...Object.keys(found)])
  return c.json(
    {
      asOf: iso(at),
      version,
      halfLife: appetence.halfLife === undefined ? null : formatDuration(appetence.halfLife),
      reactions: appetence.reactions,
      channels: [...names].map((name) => shown(name, found[name] ?? NOTHING, appetence, at)),
    },
    200,
  )
})
