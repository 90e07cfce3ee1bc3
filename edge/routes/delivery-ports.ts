import { open } from '../crypto/seal.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import type { DeliveryPorts } from '../delivery/ports.ts'
import { profileShard, workspaceObject } from '../objects/address.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { askPermissions } from '../objects/permission.ts'
import { withTimeLimit } from '../objects/time-limit.ts'
import { SECOND, type Millis } from '../protocol/time.ts'

/** An object that has not answered by then is restarting or drowned: the queue brings the message again. */
const CALL_LIMIT: Millis = 20 * SECOND

/**
 * Cloudflare lets a Worker hold six connections that wait for an answer; a seventh would spend its own timeout standing
 * in line behind slow receivers. It runs more consumers at once instead.
 */
const CONNECTIONS = 6
const MAX_CONNECTIONS = 100

/** What delivery needs, by this Worker's bindings. Stubs are made for each call: one that failed stays broken. */
export const deliveryPorts = (env: Env): DeliveryPorts => ({
  allowLoopback: env.ALLOW_LOOPBACK_TARGETS === 'true',
  connections: Math.min(
    Math.max(Number(env.DELIVERY_CONNECTIONS) || CONNECTIONS, 1),
    MAX_CONNECTIONS,
  ),
  now: () => clock.now(),
  target: (workspace, destination) =>
    withTimeLimit(workspaceObject(env, workspace).target({ workspace, destination }), CALL_LIMIT),
  permits: (workspace, shard, messages) =>
    withTimeLimit(askPermissions(env, workspace, shard, messages), CALL_LIMIT),
  receipts: (workspace, shard, receipts) =>
    withTimeLimit(
      profileShard(env, workspace, shard).receipts({ workspace, receipts }),
      CALL_LIMIT,
    ),
  disable: (workspace, destination) =>
    withTimeLimit(workspaceObject(env, workspace).disable({ workspace, destination }), CALL_LIMIT),
  open: async (workspace, sealed) =>
    open(await workspaceKeys(env.PRISME_SECRET, workspace), 'destination', sealed),
})
