import { open } from '../crypto/seal.ts'
import { workspaceKeys } from '../crypto/workspace-keys.ts'
import type { DeliveryPorts } from '../delivery/ports.ts'
import { profileShard, workspaceObject } from '../objects/address.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import { askPermission } from '../objects/outbox-pump.ts'
import { withTimeLimit } from '../objects/time-limit.ts'
import { SECOND, type Millis } from '../protocol/time.ts'

/** An object that has not answered by then is restarting or drowned: the queue brings the message again. */
const CALL_LIMIT: Millis = 20 * SECOND

/** What delivery needs, by this Worker's bindings. Stubs are made for each call: one that failed stays broken. */
export const deliveryPorts = (env: Env): DeliveryPorts => ({
  allowLoopback: env.ALLOW_LOOPBACK_TARGETS === 'true',
  now: () => clock.now(),
  target: (workspace, destination) =>
    withTimeLimit(workspaceObject(env, workspace).target({ workspace, destination }), CALL_LIMIT),
  // Nobody is left to ask, and nobody may forbid that they are forgotten.
  permits: async (message) =>
    message.type === 'erased' ||
    withTimeLimit(askPermission(env, message.workspace, message.shard, message), CALL_LIMIT),
  receipt: (workspace, shard, receipt) =>
    withTimeLimit(profileShard(env, workspace, shard).receipt({ workspace, receipt }), CALL_LIMIT),
  disable: (workspace, destination) =>
    withTimeLimit(workspaceObject(env, workspace).disable({ workspace, destination }), CALL_LIMIT),
  open: async (workspace, sealed) =>
    open(await workspaceKeys(env.PRISME_SECRET, workspace), 'destination', sealed),
})
