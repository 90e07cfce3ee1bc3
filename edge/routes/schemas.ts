import { Hono } from 'hono'
import type { Env } from '../objects/env.ts'
import { conditionJsonSchema } from '../parse/condition-schema.ts'

let condition: string | undefined

/** JSON Schemas for editors; the same rules by which the edge reads. */
export const schemas = new Hono<{ Bindings: Env }>().get('/schemas/condition.json', (c) => {
  condition ??= JSON.stringify(conditionJsonSchema())
  return c.body(condition, 200, {
    'content-type': 'application/schema+json',
    'cache-control': 'public, max-age=300',
    'access-control-allow-origin': '*',
  })
})
