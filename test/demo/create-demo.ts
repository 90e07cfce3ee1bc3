import type { Env } from '../../edge/objects/env.ts'
import { createWorkspace } from '../../edge/routes/workspace-birth.ts'
import { DEMO } from './account.ts'

/**
 * `POST /test/demo {tokenSecret}`: makes the demo workspace with its known keys and sign-in. 201 made, 200 it was
 * there. Only local Workers have this route: a deployed one holds neither it nor these credentials.
 */
export async function createDemo(request: Request, env: Env): Promise<Response> {
  const { tokenSecret } = await request.json<{ tokenSecret: string }>()
  const { id, workspace, email, password, writeKey, secretKey } = DEMO
  const made = await createWorkspace(env, {
    id,
    name: workspace,
    owner: { email, password },
    writeKey,
    secretKey,
    consent: 'implied',
    tokenSecret,
    timezone: 'Europe/Paris',
  })
  if (made.ok) return Response.json({ id }, { status: 201 })
  const isThere = await env.DB.prepare('select 1 from workspace where id = ?').bind(id).first()
  return Response.json({ id, reason: made.reason }, { status: isThere ? 200 : 500 })
}
