/** What becomes of a message to a person. */
export const REACTIONS = [
  'sent',
  'delivered',
  'opened',
  'clicked',
  'converted',
  'bounced',
  'unsubscribed',
  'seen',
] as const
export type Reaction = (typeof REACTIONS)[number]

/** Ways a message reaches a person. `onsite`: in the pages or the app that they are in. */
export const CHANNELS = ['email', 'sms', 'push', 'onsite', 'mail', 'phone', 'whatsapp'] as const
export type Channel = (typeof CHANNELS)[number]

/** Where pages and apps reach who is in them. */
export const ONSITE = 'onsite' satisfies Channel

/** Events of any channel, which is their property `channel`. */
export const MESSAGE_EVENTS: { readonly [R in Reaction]: string } = {
  sent: 'Message Sent',
  delivered: 'Message Delivered',
  opened: 'Message Opened',
  clicked: 'Message Clicked',
  converted: 'Message Converted',
  bounced: 'Message Bounced',
  unsubscribed: 'Message Unsubscribed',
  seen: 'Message Seen',
}

/**
 * Events of one channel alone. Source: Segment's e-mail spec (segment.com/docs/connections/spec/email), and its mobile
 * spec's push notifications.
 */
export const CHANNEL_EVENTS: {
  readonly [channel: string]: { readonly [R in Reaction]?: readonly string[] }
} = {
  email: {
    sent: ['Email Sent'],
    delivered: ['Email Delivered'],
    opened: ['Email Opened'],
    clicked: ['Email Link Clicked'],
    bounced: ['Email Bounced'],
    unsubscribed: ['Unsubscribed', 'Email Marked as Spam'],
  },
  sms: { sent: ['SMS Sent'], delivered: ['SMS Delivered'], clicked: ['SMS Link Clicked'] },
  push: {
    delivered: ['Push Notification Received'],
    clicked: ['Push Notification Tapped'],
    bounced: ['Push Notification Bounced'],
  },
}
