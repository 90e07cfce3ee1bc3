import type { Json } from '../protocol/json.ts'
import type { Result } from '../protocol/problem.ts'
import { parseEnvelope, type Batch } from './batch.ts'
import { isObject } from './inspect.ts'

/** The tag mints 22 characters of base64url; others may use any id nobody can guess. */
const DEVICE_KEY = /^[\w-]{22,64}$/

/** More placements than a page has. */
const MAX_PLACEMENTS = 50

/** The body of `POST /v1/collect` (`edge/protocol/collect.ts`), its events not yet looked at. */
export interface CollectBody {
  readonly batch: Batch
  /** Absent: the browser may not store anything yet, or sent something that cannot be a key. */
  readonly deviceKey?: string
  /** Absent: no decision wanted, empty: all. */
  readonly decide?: readonly string[]
  /** The device key is a new device's: a cookie that came along is of the one before. */
  readonly reset: boolean
}

/** Reads what any tag ever sent: `test/wire/` holds the bodies. A body without `batch` asks for decisions alone. */
export function parseCollect(body: Json): Result<CollectBody> {
  const envelope = parseEnvelope(isObject(body) ? { batch: [], ...body } : body)
  if (!envelope.ok || !isObject(body)) return envelope as Result<CollectBody>
  const decide = parsePlacements(body['decide'], 'decide')
  if (!decide.ok) return decide
  const deviceKey = body['deviceKey']
  return {
    ok: true,
    value: {
      batch: envelope.value,
      ...(isDeviceKey(deviceKey) && { deviceKey }),
      ...(decide.value !== undefined && { decide: decide.value }),
      reset: body['reset'] === true,
    },
  }
}

export const isDeviceKey = (value: Json | undefined): value is string =>
  typeof value === 'string' && DEVICE_KEY.test(value)

/** A list of placement names; undefined if absent. */
export function parsePlacements(
  value: Json | undefined,
  path: string,
): Result<readonly string[] | undefined> {
  if (value === undefined || value === null) return { ok: true, value: undefined }
  const names = Array.isArray(value) ? value.filter((name) => typeof name === 'string') : []
  if (!Array.isArray(value) || names.length < value.length) {
    return { ok: false, errors: [{ path, reason: 'must be a list of placement names' }] }
  }
  if (names.length > MAX_PLACEMENTS) {
    return { ok: false, errors: [{ path, reason: `has more than ${MAX_PLACEMENTS} placements` }] }
  }
  return { ok: true, value: names }
}
