import { LIMITS } from '../protocol/event.ts'
import type { Json, JsonObject } from '../protocol/json.ts'
import type { RefusalReason } from '../protocol/verdict.ts'

/** Why a value cannot be kept, and where: dotted path, empty for the value itself. */
export interface Fault {
  readonly reason: RefusalReason
  readonly path?: string
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Bytes a text takes as JSON in UTF-8, quotes included; -1 if it holds half of a surrogate pair, which no store or
 * hash would give back unchanged.
 */
export function textBytes(text: string): number {
  let bytes = text.length + 2
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) {
      if (unit === 0x22 || unit === 0x5c) bytes += 1
      else if (unit < 0x20) bytes += unit >= 8 && unit <= 13 && unit !== 11 ? 1 : 5
    } else if (unit < 0x800) bytes += 1
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 2
    else {
      const low = text.charCodeAt(at + 1)
      if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) return -1
      bytes += 2
      at++
    }
  }
  return bytes
}

interface Place {
  readonly value: Json
  readonly depth: number
  readonly key: string
  readonly parent?: Place
}

function pathOf(place: Place | undefined, last?: string): string {
  const keys = last === undefined ? [] : [last]
  for (let at = place; at?.parent !== undefined; at = at.parent) keys.unshift(at.key)
  // A path shows the way; it need not carry a stranger's 30 KB key back.
  return keys.join('.').slice(0, 200)
}

/**
 * Looks through a whole event, without recursion: at most 32 KB as compact JSON, at most 20 containers deep (the event
 * itself is the first), no ill-formed text in keys or values. Undefined: nothing to object.
 */
export function inspect(event: JsonObject): Fault | undefined {
  const stack: Place[] = [{ value: event, depth: 1, key: '' }]
  let bytes = 0
  let illFormed: string | undefined
  for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
    const { value, depth } = place
    if (typeof value === 'string') {
      const size = textBytes(value)
      if (size < 0) illFormed ??= pathOf(place)
      bytes += size < 0 ? value.length : size
    } else if (typeof value !== 'object' || value === null) bytes += String(value).length
    else {
      if (depth > LIMITS.depth) return { reason: 'too-deep', path: pathOf(place) }
      const entries = Object.entries(value)
      // Brackets and commas: a huge list is over the limit before its elements are looked at.
      bytes += 2 + Math.max(0, entries.length - 1)
      if (bytes > LIMITS.eventBytes) return { reason: 'too-large' }
      for (const [key, child] of entries) {
        if (!Array.isArray(value)) {
          const size = textBytes(key)
          if (size < 0) illFormed ??= pathOf(place)
          bytes += 1 + (size < 0 ? key.length : size)
        }
        stack.push({ value: child, depth: depth + 1, key, parent: place })
      }
    }
    if (bytes > LIMITS.eventBytes) return { reason: 'too-large' }
  }
  return illFormed === undefined ? undefined : { reason: 'ill-formed-text', path: illFormed }
}
