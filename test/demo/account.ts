import type { WorkspaceId } from '../../edge/protocol/id.ts'

/** The demo workspace. It exists in local development only: a deployed Prisme has no default credential. */
export const DEMO = {
  id: 'ws_demo' as WorkspaceId,
  workspace: 'Demo shop',
  writeKey: 'demo',
  secretKey: 'demo-secret',
  email: 'demo@prisme.test',
  password: 'prisme-demo',
} as const
