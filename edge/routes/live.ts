import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import { liveMonitor } from '../objects/address.ts'
import { access, type AccessEnv } from './access.ts'
import { Refusal, refuseInvalid } from './problem.ts'
import { problems } from './shapes.ts'

const watch = createRoute({
  method: 'get',
  path: '/api/live',
  summary: 'WebSocket: audience sizes, crossings, events and deliveries as they happen',
  description:
    'Messages are JSON texts, see `LiveMessage`; the first is `state`. Closed with code 4001 after an hour: connect again. The text `ping` is answered by `pong`.',
  middleware: access,
  responses: {
    101: { description: 'The WebSocket' },
    426: { description: 'Not a request for a WebSocket' },
    503: { description: 'Too many people watch already' },
    ...problems(401),
  },
})

/** What happens in a workspace, as it happens. */
export const live = new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid }).openapi(
  watch,
  async (c) => {
    if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') {
      throw new Refusal(426, 'Ask for an upgrade to a WebSocket to watch.')
    }
    // A request of our own: the object has no use for the caller's cookies and keys.
    const request = new Request('https://monitor/live', { headers: { upgrade: 'websocket' } })
    return liveMonitor(c.env, c.get('access').workspace).fetch(request)
  },
)
