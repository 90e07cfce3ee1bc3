import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, expect, test } from 'vitest'
import { liveMonitor } from '../../edge/objects/address.ts'
import type { LiveMessage, LiveTransition } from '../../edge/protocol/live.ts'
import { DAY, SECOND } from '../../edge/protocol/time.ts'
import { shardStub } from './shard-faults.ts'
import { bindings, resetClock, setClock, World } from './shard-fixture.ts'
import { shoe, telling } from './telling-catalog.ts'

afterEach(resetClock)

test('a watcher hears of entries and exits within a second, with cause and clause', async () => {
  const world = new World(telling)
  await world.publish()
  const request = new Request('https://edge.test/api/live', { headers: { upgrade: 'websocket' } })
  const { webSocket } = await liveMonitor(bindings, world.workspace).fetch(request)
  if (webSocket === null) throw new Error('Not a WebSocket')
  const heard: LiveTransition[] = []
  webSocket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as LiveMessage
    if (message.type === 'transitions') heard.push(...message.items)
  })
  webSocket.accept()

  const views = [shoe(), shoe(), shoe()]
  await world.send(world.device(1), 1, views)
  const messageIds = views.map(({ messageId }) => messageId)
  const clauses = ['condition']
  await expect
    .poll(() => heard, { timeout: SECOND })
    .toMatchObject([{ type: 'entered', cause: { type: 'event', messageIds }, clauses }])

  const due = views[0]!.timestamp + 7 * DAY
  setClock(due + SECOND)
  await runDurableObjectAlarm(shardStub(world, 1))
  await expect
    .poll(() => heard.slice(1), { timeout: SECOND })
    .toMatchObject([{ type: 'exited', at: due, cause: { type: 'time' }, clauses }])
  webSocket.close()
})
