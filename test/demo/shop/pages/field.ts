import { html } from 'hono/html'
import type { Markup } from './markup.ts'

export interface Field {
  readonly name: string
  readonly label: string
  readonly type?: 'text' | 'email' | 'password'
  readonly autocomplete: string
  readonly value?: string
  /** Why it was not accepted. */
  readonly error?: string | undefined
}

/** A labelled input; its error is read out with it. */
export function field({
  name,
  label,
  type = 'text',
  autocomplete,
  value = '',
  error,
}: Field): Markup {
  return html`<div class="field">
    <label for="${name}">${label}</label>
    <input
      id="${name}"
      name="${name}"
      type="${type}"
      required
      maxlength="254"
      autocomplete="${autocomplete}"
      value="${value}"
      ${error === undefined ? '' : html`aria-invalid="true" aria-describedby="${name}-error"`}
    />
    ${error === undefined ? '' : html`<p class="error" id="${name}-error">${error}</p>`}
  </div>`
}
