import type { Json, JsonObject } from '../../protocol/json.ts'

const own = (object: JsonObject, key: string): Json | undefined =>
  Object.hasOwn(object, key) ? object[key] : undefined

/** A text of an object from outside, trimmed and cut to `length` UTF-16 units; undefined if absent or empty. */
export function textAt(object: JsonObject, key: string, length: number): string | undefined {
  const value = own(object, key)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  // Not in the middle of a surrogate pair.
  const end = /[\ud800-\udbff]/.test(text[length - 1] ?? '') ? length - 1 : length
  return text.slice(0, end) || undefined
}

/** An object within an object from outside. */
export function objectAt(object: JsonObject, key: string): JsonObject | undefined {
  const value = own(object, key)
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined
}
