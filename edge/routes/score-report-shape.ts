import { z } from '@hono/zod-openapi'
import type { Shortage } from '../protocol/population.ts'
import { Refusal } from './problem.ts'

const count = z.number().int()

export const shortage = z
  .object({ known: count, needed: count, detail: z.string() })
  .openapi('Shortage', { description: 'There is too little to say a figure' })
/** Whatever part does not answer: nothing is shown of the rest. */
export async function answered<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch {
    throw new Refusal(503, 'A part of this workspace does not answer now: try again.')
  }
}

/** Too little, in words. */
export const wanting = ({ known, needed }: Shortage, what: string) => ({
  known,
  needed,
  detail: `not enough data: ${known} of ${needed} ${what}`,
})
