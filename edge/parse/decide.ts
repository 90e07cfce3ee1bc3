import type { Json } from '../protocol/json.ts'
import type { FieldError, Result } from '../protocol/problem.ts'
import { isDeviceKey, parsePlacements } from './collect.ts'
import { isObject } from './inspect.ts'

/** The body of `POST /v1/decide`. */
export interface DecideBody {
  readonly deviceKey?: string
  readonly anonymousId?: string
  readonly userToken?: string
  /** Empty: all. */
  readonly placements: readonly string[]
}

/** A `deviceKey` that cannot be one is the key of nobody, as in `/v1/collect`. */
export function parseDecide(body: Json): Result<DecideBody> {
  if (!isObject(body)) return { ok: false, errors: [{ path: '', reason: 'must be an object' }] }
  const { deviceKey, anonymousId, userToken } = body
  const errors: FieldError[] = []
  for (const [path, value] of Object.entries({ anonymousId, userToken, deviceKey })) {
    const isGiven = value !== undefined && value !== null
    if (isGiven && typeof value !== 'string') errors.push({ path, reason: 'must be a text' })
  }
  const placements = parsePlacements(body['placements'], 'placements')
  if (!placements.ok) errors.push(...placements.errors)
  if (errors.length > 0 || !placements.ok) return { ok: false, errors }
  return {
    ok: true,
    value: {
      ...(isDeviceKey(deviceKey) && { deviceKey }),
      ...(typeof anonymousId === 'string' && { anonymousId }),
      ...(typeof userToken === 'string' && { userToken }),
      placements: placements.value ?? [],
    },
  }
}
