import type { Context, ErrorHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { FieldError, Problem } from '../protocol/problem.ts'

const TITLES: { readonly [status: number]: string } = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
}

/** The document itself, for those who send it another way. */
export function problemDocument(
  status: number,
  detail?: string,
  errors?: readonly FieldError[],
): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? `HTTP ${status}`,
    status,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
  }
}

export function problemResponse(
  status: number,
  detail?: string,
  errors?: readonly FieldError[],
): Response {
  return new Response(JSON.stringify(problemDocument(status, detail, errors)), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  })
}

/** A refusal, thrown: the error mapper sends its document. */
export class Refusal extends HTTPException {
  readonly errors: readonly FieldError[] | undefined

  constructor(status: ContentfulStatusCode, detail: string, errors?: readonly FieldError[]) {
    super(status, { message: detail })
    this.errors = errors
  }
}

/** One field of a body that cannot be accepted. */
export const refuseField = (path: string, reason: string, status: 400 | 409 = 400): Refusal =>
  new Refusal(status, status === 409 ? reason : INVALID, [{ path, reason }])

/** The same answer for what does not exist and for what belongs to another workspace. */
export const notFoundHere = (what: string): Refusal =>
  new Refusal(404, `There is no such ${what} in this workspace.`)

export const INVALID = 'The request does not have the form this route expects; see errors.'

/** What a schema found wrong, one entry a field; an unknown key is named by its own path. */
export function fieldErrorsOf(error: z.core.$ZodError): readonly FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String)
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key].join('.'),
        reason: 'is not known here',
      }))
    }
    return [{ path: path.join('.'), reason: isMissing(issue) ? 'is required' : issue.message }]
  })
}

/** Where anything would do that is there, the schema has no words of its own. */
const isMissing = (issue: z.core.$ZodIssue): boolean =>
  issue.code === 'invalid_type' && issue.expected === 'nonoptional'

/** Hook of every validated route: what the schemas refuse becomes a problem document. */
export function refuseInvalid(
  result:
    | { readonly success: true }
    | { readonly success: false; readonly error: z.core.$ZodError },
  _context: Context,
): Response | undefined {
  if (result.success) return undefined
  return problemResponse(400, INVALID, fieldErrorsOf(result.error))
}

/** The whole application's error mapper: RFC 9457 documents, and nothing of the inside. */
export const onError: ErrorHandler = (error) => {
  if (error instanceof Refusal) {
    const response = problemResponse(error.status, error.message, error.errors)
    if (error.status === 401) response.headers.set('www-authenticate', 'Bearer')
    return response
  }
  if (error instanceof HTTPException) {
    // Some middleware carries a whole answer of its own: its headers matter (Allow, WWW-Authenticate).
    const headers = new Headers(error.res?.headers)
    const response = problemResponse(error.status, error.message || undefined)
    for (const [name, value] of headers) {
      if (name !== 'content-type' && name !== 'content-length') response.headers.set(name, value)
    }
    return response
  }
  // The only trace of a bug: the platform's log, read by whoever runs the deployment. The answer tells nothing.
  // oxlint-disable-next-line no-console
  console.error(error)
  return problemResponse(
    500,
    'Something went wrong here. It is not known whether anything was changed.',
  )
}

export const onNotFound: NotFoundHandler = () =>
  problemResponse(404, 'There is nothing at this address.')
