import type { JSONSchema } from 'vscode-json-languageservice'

/** A JSON Schema in which keys of some names have examples of what may stand there. */
export function withExamples(
  schema: JSONSchema,
  examples: { readonly [key: string]: readonly string[] },
): JSONSchema {
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        key,
        key === 'properties' ? exemplified(visit(part) as Properties) : visit(part),
      ]),
    )
  }
  const exemplified = (properties: Properties): Properties =>
    Object.fromEntries(
      Object.entries(properties).map(([key, property]) => {
        const known = examples[key]
        return [key, known === undefined ? property : { ...property, examples: [...known] }]
      }),
    )
  return visit(schema) as JSONSchema
}

interface Properties {
  readonly [key: string]: JSONSchema
}
