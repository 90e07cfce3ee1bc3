import type { Millis } from '../protocol/time.ts'

const PREFIX = 'whsec_'

export interface SignatureHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * Headers of one attempt by Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, one `v1` signature for each
 * secret in force, in the order given (newest first), so that a receiver may take the new secret at any time while
 * the old one is still signed.
 *
 * @param id the same for every attempt: receivers recognise a repetition by it. Must hold no dot.
 * @param secrets `whsec_` + base64 of 24 to 64 bytes; at least one.
 * @param attemptedAt the instant of this attempt by the real clock: receivers refuse what is five minutes off.
 * @throws if there is no secret, or one is not base64.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export async function signatureHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
  attemptedAt: Millis,
): Promise<SignatureHeaders> {
  if (secrets.length === 0) throw new Error('a webhook is never sent unsigned')
  const timestamp = String(Math.floor(attemptedAt / 1_000))
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${body}`)
  const signatures = await Promise.all(secrets.map((secret) => signature(signed, secret)))
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  }
}

async function signature(signed: Uint8Array, secret: string): Promise<string> {
  const bare = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : secret
  const raw = Uint8Array.from(atob(bare), (character) => character.charCodeAt(0))
  const key = await crypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
  ])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, signed))
  return `v1,${btoa(String.fromCharCode(...mac))}`
}
