const MAX_REMEMBERED = 200

/** A reader of texts that reads each text once: every event of a page carries the same string. */
export function remembering<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    if (known.has(text)) return known.get(text) as T
    const value = read(text)
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(text, value)
    return value
  }
}
