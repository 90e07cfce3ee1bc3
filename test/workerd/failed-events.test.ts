import { env } from 'cloudflare:workers'
import { OpenAPIHono } from '@hono/zod-openapi'
import { expect, test } from 'vitest'
import { deviceIdOf } from '../../edge/domain/id.ts'
import { profileShard } from '../../edge/objects/address.ts'
import type { ApiFailedEvent, Page } from '../../edge/protocol/api.ts'
import type { SourceId, WorkspaceId } from '../../edge/protocol/id.ts'
import { failedEvents } from '../../edge/routes/failed-events.ts'
import { onError } from '../../edge/routes/problem.ts'
import { makeWorkspace, NOON, secretKeyOf, SHARDS } from './telling-workspace.ts'

const workspace = 'ws_failed' as WorkspaceId
const app = new OpenAPIHono()
app.onError(onError)
app.route('/', failedEvents)

const ask = (path: string, key = secretKeyOf(workspace)) =>
  app.request(path, { headers: { authorization: `Bearer ${key}` } }, env)

test('events refused by all shards are one list, newest first, page by page', async () => {
  await makeWorkspace(workspace)
  const source = `src_${workspace}` as SourceId
  for (let at = 0; at < 7; at++) {
    const digest = new Uint8Array(12).fill(at)
    digest.set([0, at % SHARDS])
    const address = { region: 0, shard: at % SHARDS }
    await profileShard(env, workspace, address).ingest({
      workspace,
      catalogVersion: 1,
      source,
      consentMode: 'implied',
      subject: { type: 'device', device: deviceIdOf(digest, SHARDS) },
      events: [],
      refused: [
        {
          index: 0,
          messageId: `m-${at}`,
          status: 'rejected',
          reason: 'unknown-type',
          path: 'type',
          raw: { type: '<img src=x onerror=alert(1)>' },
        },
      ],
      receivedAt: NOON + at,
    })
  }
  const found: ApiFailedEvent[] = []
  let cursor: string | undefined
  do {
    const query = cursor === undefined ? '' : `&cursor=${cursor}`
    const response = await ask(`/api/failed-events?limit=3${query}`)
    const page = (await response.json()) as Page<ApiFailedEvent>
    found.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined)
  expect(found.map(({ verdict }) => verdict.messageId)).toEqual(
    [6, 5, 4, 3, 2, 1, 0].map((at) => `m-${at}`),
  )
  expect(found[0]).toMatchObject({
    source,
    receivedAt: new Date(NOON + 6).toISOString(),
    verdict: { status: 'rejected', reason: 'unknown-type', path: 'type' },
    raw: { type: '<img src=x onerror=alert(1)>' },
  })
})

test.each(['wrong', 'demo', ''])('with the key %j nothing is told', async (key) => {
  expect((await ask('/api/failed-events', key)).status).toBe(401)
})
