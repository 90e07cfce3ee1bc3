const MAX_LENGTH = 64

/** A key made from a name: `Shoe fans (été)` → `shoe-fans-ete`. Of a name without Latin letters, `fallback`. */
export function keyFromName(name: string, fallback: string): string {
  const plain = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const key = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
  return key.slice(0, MAX_LENGTH).replace(/-$/, '') || fallback
}

/** The key itself, or the first of `key-2`, `key-3`, … that is free. */
export function freeKey(key: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const suffix = number === 1 ? '' : `-${number}`
    const candidate = key.slice(0, MAX_LENGTH - suffix.length) + suffix
    if (!taken.has(candidate)) return candidate
  }
}
