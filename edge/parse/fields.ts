import type { Json, JsonObject } from '../protocol/json.ts'

/** The parameters of a tracker's call: names and texts, as a query or form has them. */
export interface Fields {
  readonly [name: string]: string
}

/** A parameter that says something; undefined if absent or empty. */
export const field = (fields: Fields, name: string): string | undefined =>
  Object.hasOwn(fields, name) && fields[name] !== '' ? fields[name] : undefined

/** A parameter as number; undefined if it is none. */
export function numberOf(fields: Fields, name: string): number | undefined {
  const text = field(fields, name)
  const value = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** An object without the entries that say nothing. */
export const said = (entries: { readonly [name: string]: Json | undefined }): JsonObject =>
  Object.fromEntries(
    Object.entries(entries).filter(
      (entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null,
    ),
  )

/** The same for an object as a whole: undefined if nothing is left. */
export function saidAny(entries: {
  readonly [name: string]: Json | undefined
}): JsonObject | undefined {
  const object = said(entries)
  return Object.keys(object).length === 0 ? undefined : object
}

/** `1280x1024`, as trackers write the size of a screen. */
export function screenOf(text: string | undefined): JsonObject | undefined {
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text ?? '') ?? []
  return width === undefined ? undefined : { width: Number(width), height: Number(height) }
}
