/** Built-in purposes; a workspace may add its own names. */
export type Purpose =
  | 'necessary'
  | 'analytics'
  | 'personalization'
  | 'advertising'
  | 'email'
  | 'sms'
  | (string & {})

export const PURPOSES = [
  'necessary',
  'analytics',
  'personalization',
  'advertising',
  'email',
  'sms',
] as const

/** An explicit answer per purpose. A purpose that is absent was not asked. */
export type ConsentAnswers = { readonly [purpose: string]: boolean }

/**
 * What a source assumes for purposes nobody answered yet.
 * `opt-in`: everything but `necessary` is denied, and the tag stores and sends nothing.
 * `implied`: analytics and personalization are granted, the rest denied.
 */
export type ConsentMode = 'opt-in' | 'implied'
