/** An object for JSON, which knows no maps and sets: those among its own values become lists. */
export const withLists = (object: object): { readonly [name: string]: unknown } => {
  const plain: { [name: string]: unknown } = {}
  for (const [name, value] of Object.entries(object)) {
    plain[name] = value instanceof Map || value instanceof Set ? [...value] : value
  }
  return plain
}
