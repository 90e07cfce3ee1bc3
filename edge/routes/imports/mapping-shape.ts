import { z } from '@hono/zod-openapi'
import { DELIMITERS, ENCODINGS, IMPORT_KINDS, type ImportMapping } from '../../protocol/import.ts'
import { REACTIONS } from '../../protocol/reaction.ts'
import { purpose, text } from '../shapes.ts'

const date = z.strictObject({
  type: z.literal('date'),
  format: text(50).optional(),
  zone: text(60).optional(),
})
const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('number'), decimal: z.enum(['.', ',']).optional() }),
  z.strictObject({ type: z.literal('boolean') }),
  date,
])
const column = z.string('must be text').max(220)
const value = { column, name: text(200), as: cell.optional() }

const mapped = z.discriminatedUnion('use', [
  z.strictObject({ use: z.literal('ignore'), column }),
  z.strictObject({ use: z.literal('identifier'), column, kind: text(64) }),
  z.strictObject({ use: z.literal('trait'), ...value }),
  z.strictObject({ use: z.literal('property'), ...value }),
  z.strictObject({ use: z.literal('item'), ...value }),
  z.strictObject({ use: z.literal('time'), column, as: date.optional() }),
  z.strictObject({ use: z.literal('order'), column }),
  z.strictObject({ use: z.literal('reaction'), column }),
  z.strictObject({ use: z.literal('consent'), column, purpose, inverted: z.boolean().optional() }),
])

/** The form of a mapping; whether it fits a file is `checkMapping`'s to say. */
export const mappingShape = z
  .strictObject({
    kind: z.enum(IMPORT_KINDS),
    columns: z.array(mapped).max(255).readonly(),
    zone: text(60).optional(),
    reaction: z.enum(REACTIONS).optional(),
    denies: z.array(purpose).max(50).readonly().optional(),
    constants: z.record(text(200), text(1_000)).optional(),
  })
  .openapi('ImportMapping')

/** How a file is written, for whoever knows better than what was detected. */
export const formatShape = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('csv'),
      encoding: z.enum(ENCODINGS),
      delimiter: z.enum(DELIMITERS),
    }),
    z.strictObject({ type: z.literal('ndjson'), encoding: z.enum(ENCODINGS) }),
  ])
  .openapi('ImportFormat')

/** Absent and undefined are the same in JSON: what a schema made optional is left out. */
export const mappingOf = (parsed: z.infer<typeof mappingShape>): ImportMapping =>
  JSON.parse(JSON.stringify(parsed)) as ImportMapping
