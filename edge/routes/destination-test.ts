import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { attemptTest } from '../delivery/attempt.ts'
import { workspaceObject } from '../objects/address.ts'
import type { DestinationId } from '../protocol/id.ts'
import { newId } from '../storage/new-id.ts'
import { access, type AccessEnv } from './access.ts'
import { deliveryPorts } from './delivery-ports.ts'
import { notFoundHere, refuseInvalid } from './problem.ts'
import { idParam, json, problems } from './shapes.ts'

const answer = z
  .object({
    ok: z.boolean(),
    status: z.number().int().optional(),
    reason: z.string().optional(),
    duration: z.number().openapi({ description: 'Milliseconds' }),
  })
  .openapi('DestinationTest')

const route = createRoute({
  method: 'post',
  path: '/api/destinations/{id}/test',
  summary: 'Sends one real, signed event that says nothing about anybody',
  middleware: access,
  request: { params: idParam },
  responses: { 200: json(answer, 'How it ended'), ...problems(401, 404) },
})

/** The receiver's status is told, its body never: this must not become a window into somebody's network. */
export const destinationTest = new OpenAPIHono<AccessEnv>({ defaultHook: refuseInvalid }).openapi(
  route,
  async (c) => {
    const { workspace } = c.get('access')
    const destination = c.req.valid('param').id as DestinationId
    const target = await workspaceObject(c.env, workspace).target({ workspace, destination })
    if (target === null) throw notFoundHere('destination')
    const began = Date.now()
    const outcome = await attemptTest(newId('evt'), workspace, target, deliveryPorts(c.env))
    const { status } = outcome
    return c.json(
      {
        ok: outcome.type === 'delivered',
        ...(status !== undefined && { status }),
        ...(outcome.type !== 'delivered' && { reason: outcome.reason }),
        duration: Date.now() - began,
      },
      200,
    )
  },
)
