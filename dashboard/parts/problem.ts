import type { FieldError, Problem } from '../../edge/protocol/problem.ts'

/** What the edge refused, as its RFC 9457 document says it. `status` 0: no answer came at all. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

/** The problem behind anything that was thrown. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  const detail = error instanceof Error ? error.message : String(error)
  return { type: 'about:blank', title: 'Unexpected error', status: 0, detail }
}

/** Reasons by form field; what belongs to no listed field is in `rest`. A field owns its whole subtree. */
export function fieldErrors(
  error: unknown,
  fields: readonly string[],
): {
  readonly byField: { readonly [field: string]: string }
  readonly rest: readonly FieldError[]
} {
  const byField: { [field: string]: string } = {}
  const rest: FieldError[] = []
  for (const found of problemOf(error).errors ?? []) {
    const field = fields.find((name) => found.path === name || found.path.startsWith(`${name}.`))
    if (field === undefined) {
      rest.push(found)
      continue
    }
    const place = found.path === field ? '' : `${found.path.slice(field.length + 1)}: `
    const earlier = byField[field]
    byField[field] = `${earlier === undefined ? '' : `${earlier}; `}${place}${found.reason}`
  }
  return { byField, rest }
}
