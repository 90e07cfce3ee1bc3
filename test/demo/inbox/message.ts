/** How a message reached somebody. */
export type Channel = 'webhook' | 'email' | 'sms'

/** What a channel received, as it came. */
export interface Message {
  readonly id: string
  readonly channel: Channel
  /** The last part of the address it was sent to. */
  readonly box: string
  /** ISO 8601. */
  readonly receivedAt: string
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string }
  readonly body: string
  /** What the sender was answered, e.g. a scripted 503. */
  readonly answered: number
  readonly signature: SignatureState
}

/**
 * Whether a message is signed by Standard Webhooks, with the secret its box was given.
 * `unchecked`: signed, but the box has no secret yet. `absent`: a header of the three is missing.
 * `outdated`: rightly signed, but its timestamp is over five minutes away from the arrival.
 */
export type SignatureState = 'verified' | 'wrong' | 'outdated' | 'absent' | 'unchecked'

export interface BoxSummary {
  readonly box: string
  readonly count: number
  readonly hasSecret: boolean
}
