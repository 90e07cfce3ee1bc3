import { env } from 'cloudflare:workers'
import { keyHash } from '../../edge/crypto/key-hash.ts'
import { seal } from '../../edge/crypto/seal.ts'
import { workspaceKeys } from '../../edge/crypto/workspace-keys.ts'
import type { WorkspaceId } from '../../edge/protocol/id.ts'
import { HOUR } from '../../edge/protocol/time.ts'

export const NOON = Date.UTC(2026, 10, 23, 12)
export const SHARDS = 2
/** Signs what the workspace sends. */
export const SECRET = 'whsec_YSBzZWNyZXQgb2YgbW9yZSB0aGFuIHR3ZW50eS1mb3Vy'

export const secretKeyOf = (workspace: WorkspaceId): string => `secret-of-${workspace}`

const insert = (table: string, row: Record<string, string | number>) =>
  env.DB.prepare(
    `insert into "${table}" (${Object.keys(row)
      .map((column) => `"${column}"`)
      .join()}) values (${Object.keys(row)
      .map(() => '?')
      .join()})`,
  ).bind(...Object.values(row))
/** A workspace in which every viewer of a shoe is told to a webhook, on entry and exit. */
export async function makeWorkspace(workspace: WorkspaceId): Promise<void> {
  const keys = await workspaceKeys(env.PRISME_SECRET, workspace)
  const id = (prefix: string) => `${prefix}_${workspace}`
  const condition = {
    type: 'performed',
    event: 'Product Viewed',
    operator: 'gte',
    value: 1,
    window: { last: 'PT1H' },
  }
  const own = { workspace, createdAt: NOON }
  const named = { ...own, updatedAt: NOON }
  await env.DB.batch([
    insert('organization', { id: workspace, name: 'Shop', slug: workspace, createdAt: NOON }),
    insert('workspace', {
      id: workspace,
      shards: SHARDS,
      retention: 365 * 24 * HOUR,
      timezone: 'Europe/Paris',
      createdAt: NOON,
    }),
    insert('source', {
      ...named,
      id: id('src'),
      name: 'Site',
      kind: 'browser',
      consent: 'implied',
      tokenKeys: '[]',
      own: 1,
    }),
    insert('key', {
      ...own,
      id: id('key'),
      source: id('src'),
      kind: 'secret',
      name: 'Tests',
      hash: await keyHash(secretKeyOf(workspace)),
      hint: 'abcd',
    }),
    insert('segment', {
      ...named,
      id: id('seg'),
      key: 'viewers',
      name: 'Viewers',
      condition: JSON.stringify(condition),
      public: 1,
      version: 1,
    }),
    insert('destination', {
      ...named,
      id: id('dst'),
      name: 'Inbox',
      kind: 'webhook',
      url: 'https://hooks.example.com/inbox',
      purposes: '["analytics"]',
      secrets: JSON.stringify([await seal(keys, 'destination', SECRET)]),
      enabled: 1,
    }),
    insert('activation', {
      ...named,
      id: id('act'),
      name: 'Tell',
      segment: id('seg'),
      exclude: '[]',
      destinations: JSON.stringify([id('dst')]),
      on: '["entered","exited"]',
      frequency: 'every-time',
      enabled: 1,
    }),
  ])
}
