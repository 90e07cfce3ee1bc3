import { Webhook } from 'standardwebhooks'
import type { Message, SignatureState } from './message.ts'

/** The tolerance that `standardwebhooks` itself has. */
const TOLERANCE_SECONDS = 5 * 60

/** Null if the text is no Standard Webhooks secret: base64, with or without `whsec_`. */
export function readSecret(secret: string): Webhook | null {
  try {
    return new Webhook(secret)
  } catch {
    // The library's way to say: not base64, or empty.
    return null
  }
}

/**
 * The library's `verify` compares with the present clock, but a box may get its secret long after a message:
 * so its `sign` gives the one right signature, and the age is taken from the arrival.
 */
export function checkSignature(
  message: Pick<Message, 'headers' | 'body' | 'receivedAt'>,
  webhook: Webhook | undefined,
): SignatureState {
  const id = message.headers['webhook-id']
  const signatures = message.headers['webhook-signature']
  const timestamp = Number(message.headers['webhook-timestamp'] ?? Number.NaN)
  if (id === undefined || signatures === undefined || !Number.isSafeInteger(timestamp))
    return 'absent'
  if (webhook === undefined) return 'unchecked'
  const right = webhook.sign(id, new Date(timestamp * 1000), message.body)
  if (!signatures.split(' ').includes(right)) return 'wrong'
  const age = Math.abs(Date.parse(message.receivedAt) / 1000 - timestamp)
  return age <= TOLERANCE_SECONDS ? 'verified' : 'outdated'
}
