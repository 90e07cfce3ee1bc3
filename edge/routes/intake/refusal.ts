import type { FieldError } from '../../protocol/problem.ts'
import { problemResponse } from '../problem.ts'

/** A request that is refused as a whole. Refusals are values until the route answers. */
export interface Refusal {
  readonly ok: false
  readonly status: 400 | 401 | 403 | 408 | 413 | 415 | 429 | 503
  readonly detail: string
  readonly errors?: readonly FieldError[]
  /** Seconds after which a retry may succeed. */
  readonly retryAfter?: number
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | Refusal

/** The RFC 9457 problem document of a refusal. */
export function refusalResponse({ status, detail, errors, retryAfter }: Refusal): Response {
  const response = problemResponse(status, detail, errors)
  if (retryAfter !== undefined) response.headers.set('retry-after', String(retryAfter))
  return response
}
