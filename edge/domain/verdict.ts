import { NEVER, type Millis } from '../protocol/time.ts'

/** Whether a condition holds, and the instant until which that stands if nothing happens (exclusive). */
export interface Verdict {
  readonly holds: boolean
  readonly until: Millis
}

export const negate = ({ holds, until }: Verdict): Verdict => ({ holds: !holds, until })

/**
 * The verdict of several at once. One `decisive` child settles the answer (a false one of `all`, a true one of
 * `any`) until the last such child lapses; without any, the answer stands until the first child lapses.
 */
export function combine(verdicts: readonly Verdict[], decisive: boolean): Verdict {
  let settled = Number.NEGATIVE_INFINITY
  let open = NEVER
  for (const { holds, until } of verdicts) {
    if (holds === decisive) settled = Math.max(settled, until)
    else open = Math.min(open, until)
  }
  return settled > Number.NEGATIVE_INFINITY
    ? { holds: decisive, until: settled }
    : { holds: !decisive, until: open }
}
