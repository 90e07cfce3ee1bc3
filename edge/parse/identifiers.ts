import { LIMITS } from '../protocol/event.ts'
import type { BlockedValue, Identifier, IdentifierKind } from '../protocol/identifier.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import { normaliseEmail, normalisePhone } from './address.ts'
import { isBlocked } from './blocked.ts'
import { isObject, type Fault } from './inspect.ts'

/** More than any message of one person carries; the rest stay in the payload and identify no one. */
const MAX_EXTERNAL_IDS = 20

export type Text = { readonly ok: true; readonly value?: string } | ({ readonly ok: false } & Fault)

/**
 * An id as clients send it: text, or a number in the SDKs of loosely typed languages. Null and absent are the same.
 */
export function parseId(value: Json | undefined, path: string): Text {
  if (value === undefined || value === null) return { ok: true }
  if (typeof value === 'number' && Number.isFinite(value)) return { ok: true, value: String(value) }
  if (typeof value !== 'string') return { ok: false, reason: 'wrong-type', path }
  if (value.includes('\0')) return { ok: false, reason: 'ill-formed-text', path }
  if (value.length > LIMITS.identifierLength) return { ok: false, reason: 'too-long', path }
  return { ok: true, value }
}

/**
 * The form in which a value identifies: addresses normalised (still readable), other ids trimmed, in Unicode NFC.
 * Undefined if it identifies no one.
 */
export function normaliseId(kind: string, value: string): string | undefined {
  // Nobody's address is so long, and looking through it costs time.
  if (value.length > LIMITS.identifierLength || isBlocked(kind, value)) return undefined
  if (kind === 'email') return normaliseEmail(value)
  if (kind === 'phone') return normalisePhone(value)
  return value.normalize('NFC').trim()
}

export interface IdentifierSources {
  readonly userId?: string
  readonly anonymousId?: string
  /** `traits` of an identify. */
  readonly traits?: JsonObject
  readonly context: JsonObject
}

export type ParsedIdentifiers =
  | {
      readonly ok: true
      readonly value: readonly Identifier[]
      /** Of kinds the workspace does not know, or blocked by it: they identify no one unless its settings change. */
      readonly dormant: readonly Identifier[]
    }
  | ({ readonly ok: false } & Fault)

/** What the name of a kind may be; one of another name can never be configured. */
export const KIND_NAME: RegExp = /^[A-Za-z][\w.-]{0,63}$/

/**
 * All identifiers of one message, most trusted kind first, addresses still readable. They come from `userId`,
 * `anonymousId`, `traits.email`/`phone` of an identify, `context.traits.email`/`phone` and `context.externalIds`
 * `[{type, id}]` of the workspace's kinds; never from properties. Others that were named are told apart.
 */
export function parseIdentifiers(
  sources: IdentifierSources,
  kinds: readonly IdentifierKind[],
  blocked: readonly BlockedValue[] = [],
): ParsedIdentifiers {
  const found: (readonly [kind: string, value: string])[] = []
  if (sources.userId !== undefined) found.push(['userId', sources.userId])
  if (sources.anonymousId !== undefined) found.push(['anonymousId', sources.anonymousId])

  const contextTraits = sources.context['traits']
  for (const traits of [sources.traits, isObject(contextTraits) ? contextTraits : undefined]) {
    for (const kind of ['email', 'phone']) {
      // An address of the wrong type is a trait like any other: no reason to lose the event.
      const address =
        traits === undefined || !Object.hasOwn(traits, kind) ? undefined : traits[kind]
      if (typeof address === 'string') found.push([kind, address])
    }
  }

  const external = sources.context['externalIds']
  if (external !== undefined && external !== null) {
    if (!Array.isArray(external))
      return { ok: false, reason: 'wrong-type', path: 'context.externalIds' }
    for (const [at, entry] of external.slice(0, MAX_EXTERNAL_IDS).entries()) {
      const path = `context.externalIds.${at}`
      if (!isObject(entry)) return { ok: false, reason: 'wrong-type', path }
      const kind = entry['type']
      if (typeof kind !== 'string') return { ok: false, reason: 'wrong-type', path: `${path}.type` }
      const id = parseId(entry['id'], `${path}.id`)
      if (!id.ok) return id
      if (id.value !== undefined) found.push([kind, id.value])
    }
  }

  const seen = new Map<string, Identifier>()
  const dormant = new Map<string, Identifier>()
  for (const { kind } of kinds) {
    for (const [foundKind, raw] of found) {
      const value = foundKind === kind ? normaliseId(kind, raw) : undefined
      if (value === undefined) continue
      const list = isBlockedHere(blocked, kind, value) ? dormant : seen
      list.set(`${kind}:${value}`, { kind, value })
    }
  }
  for (const [kind, raw] of found) {
    if (kinds.some((known) => known.kind === kind) || !KIND_NAME.test(kind)) continue
    const value = normaliseId(kind, raw)
    if (value !== undefined) dormant.set(`${kind}:${value}`, { kind, value })
  }
  return { ok: true, value: [...seen.values()], dormant: [...dormant.values()] }
}

/** Whether the workspace says of a normalised value that it identifies no one. */
export const isBlockedHere = (
  blocked: readonly BlockedValue[],
  kind: string,
  value: string,
): boolean =>
  blocked.some(
    (entry) => entry.value === value && (entry.kind === undefined || entry.kind === kind),
  )
