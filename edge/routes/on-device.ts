import type { Context } from 'hono'
import { Hono } from 'hono'
import { keyHash } from '../crypto/key-hash.ts'
import { onDeviceFaults, onDeviceUsers } from '../domain/on-device.ts'
import { clock } from '../objects/clock.ts'
import type { Env } from '../objects/env.ts'
import type { SegmentDefinition } from '../protocol/membership.ts'
import type { OnDeviceSegments } from '../protocol/on-device.ts'
import { linkableSegments } from '../storage/segment-store.ts'
import type { AccessEnv } from './access.ts'
import { callerOf } from './intake/admit.ts'
import { INVALID, refuseField, Refusal } from './problem.ts'

/** As the tag's: a change reaches pages soon, and a page asks rarely. */
const CACHE = 'public, max-age=300, stale-while-revalidate=86400'

const HEADERS = {
  'access-control-allow-origin': '*',
  'content-type': 'application/json; charset=utf-8',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** The conditions that pages of a source judge by themselves. The answer depends on the address alone. */
export const onDevice = new Hono<{ Bindings: Env }>().get(
  '/t/:writeKey/on-device.json',
  async (c) => {
    const caller = await callerOf(c.env, c.req.param('writeKey'), clock.now())
    if (!caller.ok || caller.value.grant.kind !== 'write') {
      const status = caller.ok || caller.status === 401 ? 404 : 503
      return Response.json(
        { error: status === 404 ? 'No source has this write key.' : 'Not available right now.' },
        { status, headers: { ...HEADERS, 'cache-control': 'no-store' } },
      )
    }
    const { segments, timezone, retention } = caller.value.catalog
    const told: OnDeviceSegments = {
      v: 1,
      timezone,
      retention,
      segments: segments
        .filter((segment) => segment.onDevice === true && segment.public)
        .map(({ id, key, condition }) => ({ id, key, condition })),
    }
    const text = JSON.stringify(told)
    const etag = `"${(await keyHash(text)).slice(0, 32)}"`
    const headers = { ...HEADERS, 'cache-control': CACHE, etag }
    return c.req.header('if-none-match') === etag
      ? new Response(null, { status: 304, headers })
      : new Response(text, { headers })
  },
)

/**
 * Checks that a segment which is to be judged on devices can be, and that one which no longer is is not needed there.
 *
 * @throws Refusal 400 with the path of each part that a browser cannot judge; 409 that names who is made of it.
 */
export async function requireOnDevice(
  c: Context<AccessEnv>,
  segment: SegmentDefinition,
  was = false,
): Promise<void> {
  const isOn = segment.onDevice === true
  if (!isOn && !was) return
  const known = await linkableSegments(c.env.DB, c.get('access').workspace)
  if (isOn) {
    const errors = onDeviceFaults(segment, known)
    if (errors.length > 0) throw new Refusal(400, INVALID, errors)
    return
  }
  const [user] = onDeviceUsers(segment.id, known)
  if (user !== undefined) {
    throw refuseField('onDevice', `“${user.name}” is judged on the device and made of it`, 409)
  }
}
