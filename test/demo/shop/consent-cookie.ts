import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

/** What the shop asks for, by Prisme's names. */
export const ASKED = ['analytics', 'personalization', 'advertising', 'email', 'sms'] as const

export type Answers = { readonly [purpose: string]: boolean }

const COOKIE = 'rivage_consent'
/** After 13 months one has to ask again. */
const MAX_AGE_SECONDS = 395 * 24 * 60 * 60

/** The visitor's answers, or undefined if none was given yet. The cookie lists the granted purposes. */
export function readConsent(c: Context): Answers | undefined {
  const value = getCookie(c, COOKIE)
  if (value === undefined) return undefined
  const granted = value.split('.')
  return Object.fromEntries(ASKED.map((purpose) => [purpose, granted.includes(purpose)]))
}

export function writeConsent(c: Context, answers: Answers): void {
  const granted = ASKED.filter((purpose) => answers[purpose] === true)
  const value = granted.join('.') || 'none'
  setCookie(c, COOKIE, value, {
    maxAge: MAX_AGE_SECONDS,
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
  })
}
