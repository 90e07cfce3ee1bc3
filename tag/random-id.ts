let last = 0

/** 128 random bits as base64url, 22 characters: a device key or a message id. */
export const randomId = (): string =>
  btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))))
    .replace(/\+/g, '-')
    .replace(/\//g, '_')
    .slice(0, 22)

/** What `randomId` makes, and nothing else: stored values may have been written by anyone. */
export const isRandomId = (value: unknown): value is string => /^[\w-]{22}$/.test(value as string) // anything but text reads as something shorter or with other signs

/** A key that sorts by time, and within a page by order even if the clock is set back. */
export const timeKey = (now: number): string =>
  (last = Math.max(last + 1, now)).toString(36) + randomId() // 8 digits from 1972 to 2059

/** The instant in a `timeKey`, in milliseconds. */
export const timeOf = (key: string): number => Number.parseInt(key.slice(0, 8), 36)
