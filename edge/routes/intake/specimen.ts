import { identifierHash } from '../../crypto/identifier-hash.ts'
import { open, seal } from '../../crypto/seal.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { normaliseEmail, normalisePhone } from '../../parse/address.ts'
import { isBlocked } from '../../parse/blocked.ts'
import { normaliseId } from '../../parse/identifiers.ts'
import { isObject } from '../../parse/inspect.ts'
import type { Origin } from '../../protocol/failed-event.ts'
import type { Json, JsonObject } from '../../protocol/json.ts'

/** Names under which clients put addresses, in small letters alone. */
const ADDRESS_NAMES: ReadonlyMap<string, 'email' | 'phone'> = new Map([
  ['email', 'email'],
  ['emailaddress', 'email'],
  ['mail', 'email'],
  ['phone', 'phone'],
  ['phonenumber', 'phone'],
  ['mobile', 'phone'],
  ['mobilephone', 'phone'],
  ['telephone', 'phone'],
  ['tel', 'phone'],
])
/** What identifies by itself, and is stored as it is with a profile too. */
const IDS = new Set(['messageId', 'userId', 'anonymousId', 'previousId', 'groupId'])

/** What one request may still have kept: each of its events may carry the whole context of their batch. */
export interface Room {
  characters: number
  addresses: number
}

export interface Specimen {
  readonly raw: JsonObject
  readonly addresses: NonNullable<Origin['addresses']>
}

/**
 * A refused event as it may be kept and shown: every address of a person replaced by its keyed hash wherever it stands,
 * for it may be malformed in any way; without addresses of networks, and without the token that would let its reader
 * sign in. What the hashes stand for is kept sealed, for a replay. Undefined: there is no more room.
 */
export async function specimenOf(
  keys: WorkspaceKeys,
  event: JsonObject,
  room: Room,
): Promise<Specimen | undefined> {
  if (room.characters <= 0) return undefined
  room.characters -= JSON.stringify(event).length
  const addresses = new Map<string, string>()
  const hide = async (value: Json, name: string): Promise<Json> => {
    if (isObject(value)) return mapObject(value, hide)
    if (Array.isArray(value)) {
      return Promise.all((value as readonly Json[]).map((item) => hide(item, name)))
    }
    if (typeof value !== 'string' && typeof value !== 'number') return value
    const text = String(value)
    const kind = ADDRESS_NAMES.get(name.toLowerCase().replace(/[^a-z]/g, '')) ?? kindOf(text)
    if (kind === undefined || (text.length <= 256 && isBlocked(kind, text))) return value
    if (room.addresses-- <= 0) return null
    const form = normaliseId(kind, text) ?? text.trim().toLowerCase()
    const hash = await identifierHash(keys, kind, form)
    if (!addresses.has(hash))
      addresses.set(hash, await seal(keys, 'contact', JSON.stringify(value)))
    return hash
  }
  const { context } = event
  const { ip: _ip, userToken: _token, ...rest } = isObject(context) ? context : {}
  const bare = isObject(context) ? { ...event, context: rest } : event
  const raw = await mapObject(bare, (value, name) =>
    IDS.has(name) && !isObject(value) && !Array.isArray(value) ? value : hide(value, name),
  )
  return room.addresses < 0 ? undefined : { raw, addresses: Object.fromEntries(addresses) }
}

/** What can be nothing but an address, whatever its name. */
function kindOf(text: string): 'email' | 'phone' | undefined {
  if (text.length > 256) return undefined
  if (text.includes('@') && normaliseEmail(text) !== undefined) return 'email'
  return text.trim().startsWith('+') && normalisePhone(text) !== undefined ? 'phone' : undefined
}

/** The event with its addresses readable again, for the parser alone. */
export async function readable(
  keys: WorkspaceKeys,
  raw: JsonObject,
  addresses: Origin['addresses'],
): Promise<JsonObject> {
  const known = new Map<string, Json>()
  for (const [hash, sealed] of Object.entries(addresses ?? {})) {
    const text = await open(keys, 'contact', sealed)
    if (text !== undefined) known.set(hash, JSON.parse(text) as Json)
  }
  if (known.size === 0) return raw
  const show = async (value: Json): Promise<Json> => {
    if (typeof value === 'string') return known.get(value) ?? value
    if (Array.isArray(value)) return Promise.all((value as readonly Json[]).map(show))
    return isObject(value) ? mapObject(value, show) : value
  }
  return mapObject(raw, show)
}

/** `fromEntries` defines own properties: a key `__proto__` stays data. */
const mapObject = async (
  object: JsonObject,
  change: (value: Json, name: string) => Promise<Json> | Json,
): Promise<JsonObject> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(object).map(
        async ([name, value]) => [name, await change(value, name)] as const,
      ),
    ),
  )
