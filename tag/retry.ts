const FIRST_WAIT = 1_000
const LONGEST_WAIT = 300_000
/** A `Retry-After` longer than this is taken for this: the next page starts anew anyway. */
const LONGEST_ASKED_WAIT = 3_600_000

/** What a status means for the events that were sent; 0 stands for no answer at all. The body never decides. */
export function outcomeOf(status: number): 'sent' | 'retry' | 'refused' {
  if (status >= 200 && status < 300) return 'sent'
  if (status === 0 || status === 408 || status === 429 || status >= 500) return 'retry'
  return 'refused' // malformed, unknown key, too large: it would never succeed
}

/**
 * Milliseconds until the next try: as asked by `Retry-After` (in seconds), else doubling from one second to five
 * minutes, of which a random half is waited so that browsers do not come back all at once.
 * @param failures failed tries so far, at least 1
 * @param chance 0 to 1
 */
export function waitBeforeRetry(
  failures: number,
  retryAfter: string | null | undefined,
  chance: number,
): number {
  const asked = Number(retryAfter) * 1_000
  const spread = 0.5 + chance / 2
  if (asked > 0) return Math.min(asked, LONGEST_ASKED_WAIT) + chance * FIRST_WAIT
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (failures - 1)) * spread
}
