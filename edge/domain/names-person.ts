/** Where a message says who somebody is. A short value may stand anywhere else by chance. */
const NAMING = new Set(['userId', 'anonymousId', 'previousId', 'id', 'user_id', 'anonymous_id'])
/** Values of so many characters are nobody else's and nothing else, wherever they stand. */
const LONG = 12

/** Whether anything in JSON is what a person is called: a value of it, or the name of a field. */
export function namesPerson(json: unknown, names: ReadonlySet<string>, field = ''): boolean {
  if (typeof json === 'string' || typeof json === 'number') {
    const text = String(json)
    return names.has(text) && (text.length >= LONG || NAMING.has(field))
  }
  if (typeof json !== 'object' || json === null) return false
  if (Array.isArray(json)) return json.some((one) => namesPerson(one, names, field))
  return Object.entries(json).some(
    ([name, value]) => (name.length >= LONG && names.has(name)) || namesPerson(value, names, name),
  )
}
