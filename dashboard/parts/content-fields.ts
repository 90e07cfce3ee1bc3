import type { Json, JsonObject } from '../../edge/protocol/json.ts'

/** One line of a variation's content as it is typed. */
export interface ContentField {
  readonly name: string
  readonly value: string
}

/** Content as lines: text as it is, anything else as JSON. */
export function toFields(content: JsonObject): readonly ContentField[] {
  return Object.entries(content).map(([name, value]) => ({ name, value: toText(value) }))
}

/** Lines as content. Unnamed lines are left out; of two lines with one name the last counts. */
export function fromFields(fields: readonly ContentField[], before: JsonObject): JsonObject {
  return Object.fromEntries(
    fields
      .filter(({ name }) => name.trim() !== '')
      .map(({ name, value }) => [name.trim(), fromText(value, before[name.trim()])]),
  )
}

function toText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What was text stays text, whatever it looks like; what was a number, list or object stays one if it still reads so. */
function fromText(text: string, before: Json | undefined): Json {
  if (before === undefined || typeof before === 'string') return text
  try {
    return JSON.parse(text) as Json
  } catch {
    // No longer JSON: then it is text.
    return text
  }
}
