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

/** The errors of a form whose fields are still as they were sent; what was changed since is not known to be wrong. */
export function standingErrors<T>(
  { error, variables }: { readonly error: unknown; readonly variables: T | undefined },
  fields: readonly string[],
  now: T,
): {
  readonly byField: ReturnType<typeof fieldErrors>['byField']
  /** Something is wrong that no field is to blame for. */
  readonly isOther: boolean
} {
  const { byField, rest } = fieldErrors(error, fields)
  const isStanding = (field: string) =>
    JSON.stringify(valueAt(variables, field)) === JSON.stringify(valueAt(now, field))
  const standing = Object.entries(byField).filter(([field]) => isStanding(field))
  return {
    byField: Object.fromEntries(standing),
    isOther: error !== null && (rest.length > 0 || Object.keys(byField).length === 0),
  }
}

const valueAt = (value: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as { readonly [key: string]: unknown })[key]
          : undefined,
      value,
    )
