import { z } from '@hono/zod-openapi'
import { DEFAULT_WEIGHT, MAX_TAGS, MAX_WEIGHT, type TouchDetails } from '../protocol/touch.ts'
import { distinct, instant, text } from './shapes.ts'

const MAX_TAG = 64

export const tag = text(MAX_TAG)

/** What a message weighs, what it bears, and whether caps are asked about it. */
export const touchDetails = {
  weight: z
    .number('must be a number')
    .positive('must be above 0')
    .max(MAX_WEIGHT, `must be at most ${MAX_WEIGHT}`)
    .optional()
    .openapi({ description: 'How much it presses; 1 if it is not told' }),
  tags: distinct(tag, MAX_TAGS).optional(),
  transactional: z
    .boolean('must be true or false')
    .optional()
    .openapi({ description: 'Ignores caps, and does not count for them' }),
}

export const shownRefusal = z
  .object({
    cap: z.string(),
    name: z.string(),
    most: z.number(),
    pressure: z.number(),
    weight: z.number(),
    freeAt: instant.nullable(),
  })
  .openapi('TouchRefusal', {
    description:
      'The cap that would be broken: what it allows, what stands in the fullest stretch of its length, and when there would be room if nothing else happened (null: never)',
  })

type Told = z.output<z.ZodObject<typeof touchDetails>>

/** What was told of touches, without what is so anyway. */
export function touchOf({ weight, tags, transactional }: Told): { readonly touch?: TouchDetails } {
  const touch = {
    ...(weight !== undefined && weight !== DEFAULT_WEIGHT && { weight }),
    ...(tags !== undefined && tags.length > 0 && { tags }),
    ...(transactional === true && { transactional }),
  }
  return Object.keys(touch).length > 0 ? { touch } : {}
}

export const shownTouch = (touch: TouchDetails = {}): Required<TouchDetails> => ({
  weight: touch.weight ?? DEFAULT_WEIGHT,
  tags: touch.tags ?? [],
  transactional: touch.transactional ?? false,
})
