import { toBase64url } from '../crypto/base64url.ts'
import { keyHash } from '../crypto/key-hash.ts'
import { newId } from '../storage/new-id.ts'
import type { NewKey } from '../storage/key-store.ts'

/** Bytes of randomness in a key or secret: 256 bits. */
const BYTES = 32

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(BYTES))

/** `pk_…` stands in every page; `sk_…` is shown once. */
export const newKeyText = (kind: 'write' | 'secret'): string =>
  `${kind === 'write' ? 'pk' : 'sk'}_${toBase64url(random())}`

/** The signing secret of a webhook, as Standard Webhooks writes them: base64 with its padding. */
export const newSigningSecret = (): string => `whsec_${btoa(String.fromCharCode(...random()))}`

/** A key as it is kept: a secret key without its text. */
export async function keyRow(
  kind: 'write' | 'secret',
  name: string,
  text: string,
): Promise<NewKey> {
  return {
    id: newId('key'),
    kind,
    name,
    hash: await keyHash(text),
    hint: text.slice(-4),
    text: kind === 'write' ? text : null,
  }
}

const digest = (text: string) => crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))

/** Whether two texts are the same, in a time that tells nothing of where they differ. */
export async function sameText(one: string, other: string): Promise<boolean> {
  return crypto.subtle.timingSafeEqual(await digest(one), await digest(other))
}
