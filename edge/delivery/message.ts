import type { CrossingMessage, DeliveryMessage } from '../protocol/delivery.ts'

/** Enough of a message to tell its shard what became of it. */
export type Addressable = Pick<DeliveryMessage, 'id' | 'workspace' | 'shard' | 'attempt'>

type Loose<T> = { readonly [K in keyof T]?: unknown }

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const hasPrefix = (value: unknown, prefix: string): boolean =>
  typeof value === 'string' && value.startsWith(`${prefix}_`)

/** Instants a calendar knows: ECMA-262 ends 100 million days from 1970. */
const isInstant = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= 8.64e15

export function isAddressable(body: unknown): body is Addressable {
  if (!isObject(body)) return false
  const { id, workspace, shard, attempt }: Loose<DeliveryMessage> = body
  if (!isObject(shard)) return false
  const { region, shard: number }: Loose<DeliveryMessage['shard']> = shard
  return (
    hasPrefix(id, 'dlv') &&
    hasPrefix(workspace, 'ws') &&
    Number.isInteger(attempt) &&
    Number.isInteger(region) &&
    Number.isInteger(number)
  )
}

/** A message may have been put into the queue by an older version, hence this look at what will be read of it. */
export function isDeliveryMessage(body: unknown): body is DeliveryMessage {
  if (!isAddressable(body)) return false
  const message: Loose<CrossingMessage> = body
  const { destination, profile, segment, type, at, decidedAt, cause } = message
  if (type === 'erased') {
    return hasPrefix(destination, 'dst') && hasPrefix(profile, 'prf') && isInstant(at)
  }
  if (!isObject(segment) || !isObject(cause)) return false
  const { id, key, name }: Loose<CrossingMessage['segment']> = segment
  return (
    hasPrefix(destination, 'dst') &&
    hasPrefix(profile, 'prf') &&
    hasPrefix(id, 'seg') &&
    typeof key === 'string' &&
    typeof name === 'string' &&
    (type === 'entered' || type === 'exited') &&
    isInstant(at) &&
    isInstant(decidedAt)
  )
}
