/** The longest address that mail can have (RFC 5321 §4.5.3.1.3). */
const EMAIL_LENGTH = 254

/** An e-mail address as identifier: trimmed, lower case. Undefined if it cannot be one. */
export function normaliseEmail(text: string): string | undefined {
  const email = text.normalize('NFC').trim().toLowerCase()
  if (email.length > EMAIL_LENGTH || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email)) return undefined
  return email
}

/**
 * A phone number as identifier, in E.164 (`+33612345678`). Undefined for a national number: without its country
 * nobody can tell whose it is.
 */
export function normalisePhone(text: string): string | undefined {
  const digits = text
    .normalize('NFKC')
    .trim()
    .replace(/\(0\)/g, '')
    .replace(/[\s().\-/]/g, '')
    .replace(/^00/, '+')
  return /^\+[1-9]\d{6,14}$/.test(digits) ? digits : undefined
}
