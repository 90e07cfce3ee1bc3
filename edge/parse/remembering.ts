const MAX_REMEMBERED = 200

/**
 * A reader of texts that reads each text once: every event of a page carries the same string. What it makes of one is
 * kept in memory: it must be small whatever the text.
 */
export function remembering<T, By extends number>(
  read: (text: string, by?: By) => T,
): (text: string, by?: By) => T {
  const known = new Map<string, T>()
  return (text, by) => {
    const key = `${by ?? ''} ${text}`
    if (known.has(key)) return known.get(key) as T
    const value = read(text, by)
    if (known.size >= MAX_REMEMBERED) known.clear()
    known.set(key, value)
    return value
  }
}
