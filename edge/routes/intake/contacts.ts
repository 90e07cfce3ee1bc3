import { identifierHash } from '../../crypto/identifier-hash.ts'
import { seal } from '../../crypto/seal.ts'
import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { isBlocked } from '../../parse/blocked.ts'
import { normaliseId } from '../../parse/identifiers.ts'
import type { ClaimedIdentifier, Identifier } from '../../protocol/identifier.ts'
import type { Json, JsonObject } from '../../protocol/json.ts'

/** Kinds whose values are addresses: kept as keyed hash, readable only sealed. */
const ADDRESS_KINDS = ['email', 'phone'] as const

/** The keyed hash of a normalised address. */
export type AddressHash = (kind: string, address: string) => Promise<string>

/** Of an address that stands in several places of a request, or of many, the hash is taken once. */
export function addressHash(keys: WorkspaceKeys): AddressHash {
  const known = new Map<string, Promise<string>>()
  return (kind, address) => {
    const name = `${kind}:${address}`
    let hash = known.get(name)
    if (hash === undefined) known.set(name, (hash = identifierHash(keys, kind, address)))
    return hash
  }
}

/** The form in which an identifier leaves the intake: for an address, its hash and the sealed address. */
export async function claimOf(
  keys: WorkspaceKeys,
  hashOf: AddressHash,
  { kind, value }: Identifier,
  proven: (hashed: Identifier) => boolean,
): Promise<ClaimedIdentifier> {
  if (kind !== 'email' && kind !== 'phone') return { kind, value, proven: proven({ kind, value }) }
  const [hash, sealed] = await Promise.all([hashOf(kind, value), seal(keys, 'contact', value)])
  return { kind, value: hash, proven: proven({ kind, value: hash }), sealed }
}

/** The readable addresses among traits, sealed. */
export async function sealAddresses(
  keys: WorkspaceKeys,
  traits: JsonObject,
): Promise<{ readonly [trait: string]: string } | undefined> {
  const sealed: [string, string][] = []
  for (const kind of ADDRESS_KINDS) {
    const text = Object.hasOwn(traits, kind) ? traits[kind] : undefined
    if (typeof text !== 'string' || isBlocked(kind, text)) continue
    const address = normaliseId(kind, text)
    if (address !== undefined) sealed.push([kind, await seal(keys, 'contact', address)])
  }
  return sealed.length === 0 ? undefined : Object.fromEntries(sealed)
}

/**
 * Traits with their addresses replaced by keyed hashes. A value that cannot be an address is hashed as it stands, since
 * it may still be half of one; a blocked value ("null") stays: it is nobody's.
 */
export async function hideAddresses(hashOf: AddressHash, traits: JsonObject): Promise<JsonObject> {
  const hidden: [string, Json][] = []
  for (const kind of ADDRESS_KINDS) {
    const value = Object.hasOwn(traits, kind) ? traits[kind] : undefined
    if (typeof value !== 'string' && typeof value !== 'number') continue
    const text = String(value)
    if (text.length <= 256 && isBlocked(kind, text)) continue
    const form = normaliseId(kind, text) ?? text.trim().toLowerCase()
    hidden.push([kind, await hashOf(kind, form)])
  }
  return hidden.length === 0 ? traits : { ...traits, ...Object.fromEntries(hidden) }
}
