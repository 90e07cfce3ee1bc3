/** What programs write when they mean "nobody". Compared without quotes, padding and case. */
const BLOCKED = new Set([
  '',
  'null',
  'undefined',
  'none',
  'nan',
  'true',
  'false',
  '0',
  '-1',
  'anonymous',
  'guest',
  'unknown',
  'id',
  'email',
  '[object object]',
])

/** Spaces, invisible characters, quotes and escapes around a value. */
const PADDING = /^[\s\p{C}"'`´\\«»‘’“”]+|[\s\p{C}"'`´\\«»‘’“”]+$/gu

/** Ids of these kinds come from machines: few different characters mean that none was there. */
const VARIED_KINDS = new Set(['anonymousId', 'phone'])

/**
 * Whether a value identifies no one (semantics §2): one person would be made of all who have it. All-zero ids
 * (`00000000-0000-…`) are among them.
 */
export function isBlocked(kind: string, value: string): boolean {
  const core = value.normalize('NFKC').replace(PADDING, '').toLowerCase()
  if (BLOCKED.has(core)) return true
  const signs = core.replace(/[^\p{L}\p{N}]/gu, '')
  if (/^0+$/.test(signs)) return true
  return VARIED_KINDS.has(kind) && new Set(signs).size < 3
}
