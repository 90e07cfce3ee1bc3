import { z } from '@hono/zod-openapi'
import { formatDuration } from '../protocol/duration.ts'
import { shareBelow } from '../domain/score/profile-scores.ts'
import type { SampledEngagement } from '../protocol/population.ts'
import type { ApiProfileAppetence, ProfileAppetence } from '../protocol/profile-appetence.ts'
import type { ApiProfileScores, ProfileScores } from '../protocol/profile-scores.ts'
import { iso } from './shapes.ts'

export const shownScores = z.custom<ApiProfileScores>().optional().openapi({
  type: 'object',
  description:
    'What the person scores now and what that was made of: `population` (version, at, customers), `orders`, `rfm` (values, scores, cell, recencyUntil), `value` (alive, expected, clv, and the shares of customers who are worth less and likelier to order again), `engagement` (and the share of people, of a sample, who have less), `appetence` (channels with probability, low, high, counts and bands; best). What is not known is absent',
})

/** `sampled`: how engagement is spread over people, as it was looked at last. */
export function showScores(
  { population, orders, rfm, engagement, appetence, ...rest }: ProfileScores,
  sampled: SampledEngagement | undefined,
): ApiProfileScores {
  const { first, last, ...ordered } = orders
  const { recencyUntil, ...scored } = rfm ?? {}
  return {
    ...rest,
    ...(population !== undefined && { population: { ...population, at: iso(population.at) } }),
    orders: {
      ...ordered,
      ...(first !== undefined && { first: iso(first) }),
      ...(last !== undefined && { last: iso(last) }),
    },
    ...(rfm !== undefined && {
      rfm: {
        ...(scored as Omit<typeof rfm, 'recencyUntil'>),
        ...(recencyUntil !== undefined && { recencyUntil: iso(recencyUntil) }),
      },
    }),
    engagement: {
      ...engagement,
      halfLife: formatDuration(engagement.halfLife),
      ...(sampled !== undefined && {
        above: { share: shareBelow(sampled.tenths, engagement.value), sampled: sampled.sampled },
      }),
    },
    appetence: showAppetence(appetence),
  }
}

function showAppetence({ channels, halfLife, ...rest }: ProfileAppetence): ApiProfileAppetence {
  return {
    ...rest,
    channels: channels.map(({ reactedAt, ...channel }) => ({
      ...channel,
      ...(reactedAt !== undefined && { reactedAt: iso(reactedAt) }),
    })),
    ...(halfLife !== undefined && { halfLife: formatDuration(halfLife) }),
  }
}
