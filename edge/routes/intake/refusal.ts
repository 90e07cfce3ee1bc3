import type { FieldError, Problem } from '../../protocol/problem.ts'

/** A request that is refused as a whole. Refusals are values; `edge/routes/intake/refusal.ts` makes the answer. */
export interface Refusal {
  readonly ok: false
  readonly status: 400 | 401 | 403 | 408 | 413 | 415 | 429 | 503
  readonly detail: string
  readonly errors?: readonly FieldError[]
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal

const TITLES: { readonly [S in Refusal['status']]: string } = {
  400: 'Malformed request',
  401: 'Unknown key',
  403: 'Not allowed with this key',
  408: 'The body came too slowly',
  413: 'Too large',
  415: 'Unknown encoding',
  429: 'Too many requests',
  503: 'Not available',
}

/** The RFC 9457 problem document of a refusal. */
export function refusalResponse({ status, detail, errors, retryAfter }: Refusal): Response {
  const problem: Problem = {
    type: 'about:blank',
    title: TITLES[status],
    status,
    detail,
    ...(errors !== undefined && { errors }),
  }
  const headers = new Headers({
    'content-type': 'application/problem+json',
    'cache-control': 'no-store',
  })
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
  return new Response(JSON.stringify(problem), { status, headers })
}
