import type { Env } from '../../edge/objects/env.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import { createWorkspace } from '../../edge/routes/workspace-birth.ts'

/** The demo's own id: user tokens that the shop's server signs name it. */
const DEMO_ID = 'ws_demo' as WorkspaceId

interface DemoRequest {
  readonly workspace: string
  readonly email: string
  readonly password: string
  readonly writeKey: string
  readonly secretKey: string
  /** Signs the shop's user tokens. */
  readonly shopTokenKey: string
}

/**
 * Makes the demo workspace, for local Workers alone: the deployed bundle does not hold this file.
 * A second call changes nothing.
 */
export async function createDemo(request: Request, env: Env): Promise<Response> {
  const wanted = await request.json<DemoRequest>()
  const made = await createWorkspace(env, {
    id: DEMO_ID,
    name: wanted.workspace,
    owner: { email: wanted.email, password: wanted.password },
    writeKey: wanted.writeKey,
    secretKey: wanted.secretKey,
    consent: 'implied',
    tokenSecret: wanted.shopTokenKey,
  })
  return Response.json({ id: DEMO_ID, created: made.ok }, { status: made.ok ? 201 : 200 })
}
