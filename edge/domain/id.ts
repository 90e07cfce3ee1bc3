import type { DeliveryId, DeviceId, ProfileId, ShardAddress } from '../protocol/id.ts'

/** RFC 4648 base32 in lower case, without padding: ids survive case-folding systems. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/** Bytes of randomness in an id: 80 bits, far from collisions at 2^32 profiles a shard. */
export const RANDOM_BYTES = 10

export function base32(bytes: Uint8Array): string {
  let text = ''
  let buffer = 0
  let bits = 0
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      bits -= 5
      text += ALPHABET[(buffer >> bits) & 31]
    }
  }
  return bits > 0 ? text + ALPHABET[(buffer << (5 - bits)) & 31] : text
}

function encode({ region, shard }: ShardAddress, random: Uint8Array): string {
  const bytes = new Uint8Array(3 + RANDOM_BYTES)
  bytes[0] = region
  bytes[1] = shard >> 8
  bytes[2] = shard & 0xff
  bytes.set(random.subarray(0, RANDOM_BYTES), 3)
  return base32(bytes)
}

/** `random` must hold `RANDOM_BYTES` bytes nobody can guess. */
export const profileIdOf = (address: ShardAddress, random: Uint8Array): ProfileId =>
  `prf_${encode(address, random)}` as ProfileId

/** A delivery names the shard whose outbox holds it. */
export const deliveryIdOf = (address: ShardAddress, random: Uint8Array): DeliveryId =>
  `dlv_${encode(address, random)}` as DeliveryId

/** `digest`: the keyed hash of the device key; its first bytes choose the shard, the next name the device. */
export function deviceIdOf(digest: Uint8Array, shards: number): DeviceId {
  const shard = (((digest[0] ?? 0) << 8) | (digest[1] ?? 0)) % shards
  return `dev_${encode({ region: 0, shard }, digest.subarray(2))}` as DeviceId
}

/** Where the bearer of an id lives; undefined if the id is not well-formed. */
export function addressOf(id: string): ShardAddress | undefined {
  const text = /^(?:prf|dev|dlv)_([a-z2-7]{21})$/.exec(id)?.[1]
  // 13 bytes fill all of 21 characters but the last bit.
  if (text === undefined || ALPHABET.indexOf(text.slice(-1)) % 2 !== 0) return undefined
  let first = 0
  for (let at = 0; at < 5; at++) first = (first << 5) | ALPHABET.indexOf(text.charAt(at))
  return { region: first >> 17, shard: (first >> 1) & 0xffff }
}

export const isProfileId = (text: string): text is ProfileId =>
  text.startsWith('prf_') && addressOf(text) !== undefined

export const isDeviceId = (text: string): text is DeviceId =>
  text.startsWith('dev_') && addressOf(text) !== undefined

/** The identity shard of an identifier, by FNV-1a over its injective name. */
export function identityShardOf(kind: string, value: string, shards: number): number {
  let hash = 0x811c9dc5
  const name = `${kind.length}:${kind}:${value}`
  for (let at = 0; at < name.length; at++) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  }
  return (hash >>> 0) % shards
}
