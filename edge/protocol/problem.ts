/** RFC 9457 problem document, `application/problem+json`. */
export interface Problem {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail?: string
  readonly errors?: readonly FieldError[]
}

export interface FieldError {
  /** Dotted path into the body, e.g. `condition.conditions.0.operator`. Empty: the body itself. */
  readonly path: string
  readonly reason: string
}

/** A value, or why there is none: refusals are values, bugs throw. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly FieldError[] }
