import { createRoute, z } from '@hono/zod-openapi'
import type { ApiAuditEntry } from '../protocol/api.ts'
import { listRows } from '../storage/rows.ts'
import type { AuditRow } from '../storage/schema.ts'
import { decodeCursor, toPage } from './listing.ts'
import { resource } from './resource.ts'
import { instant, iso, json, pageOf, pageQuery, problems } from './shapes.ts'

const shown = z
  .object({
    id: z.string(),
    at: instant,
    actor: z.string().openapi({ description: 'E-mail of the person, or the name of the key' }),
    action: z.string().openapi({ example: 'segment.created' }),
    subject: z.string(),
  })
  .openapi('AuditEntry')

const listRoute = createRoute({
  method: 'get',
  path: '/api/audit',
  request: { query: pageQuery },
  responses: { 200: json(pageOf(shown), 'Changes, newest first'), ...problems(400, 401) },
})

const show = ({ id, createdAt, actor, action, subject }: AuditRow): ApiAuditEntry => ({
  id,
  at: iso(createdAt),
  actor,
  action,
  subject,
})

export const audit = resource().openapi(listRoute, async (c) => {
  const { cursor, limit } = c.req.valid('query')
  const rows = await listRows(c.env.DB, 'audit', c.get('access').workspace, {
    after: decodeCursor(cursor),
    limit: limit + 1,
    order: 'desc',
  })
  return c.json(toPage(rows, limit, show), 200)
})
