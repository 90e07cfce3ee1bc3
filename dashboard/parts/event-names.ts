import { EVENT_NAMES } from '../../edge/protocol/event.ts'
import type { Arrived, LiveState } from './live-state.ts'

/**
 * Names offered while typing: those of the Segment e-commerce specification, which clients use alike.
 * https://segment.com/docs/connections/spec/ecommerce/v2/
 */
const ECOMMERCE = [
  'Product List Viewed',
  'Product Viewed',
  'Product Added',
  'Product Removed',
  'Products Searched',
  'Cart Viewed',
  'Checkout Started',
  'Checkout Step Completed',
  'Payment Info Entered',
  'Order Completed',
  'Order Refunded',
  'Order Cancelled',
  'Coupon Applied',
  'Product Added to Wishlist',
  'Product Reviewed',
  'Signed Up',
  'Signed In',
  'Newsletter Subscribed',
] as const

/** The well-known names and those that arrived while the dashboard was open. */
export function suggestedEvents(
  events: LiveState['events'] | readonly Arrived<{ readonly name: string }>[],
): readonly string[] {
  return [
    ...new Set([
      ...events.map(({ item }) => item.name),
      ...ECOMMERCE,
      ...Object.values(EVENT_NAMES),
    ]),
  ]
}

export const SUGGESTED_TRAITS = [
  'email',
  'firstName',
  'lastName',
  'plan',
  'birthday',
  'gender',
  'createdAt',
  'address.city',
  'address.country',
  'loyaltyTier',
] as const

/** Those of Segment's `group` specification, and `id`. */
export const SUGGESTED_ACCOUNT_TRAITS = [
  'id',
  'name',
  'plan',
  'industry',
  'employees',
  'website',
] as const

export const SUGGESTED_PROPERTIES = [
  'category',
  'name',
  'brand',
  'price',
  'product_id',
  'sku',
  'variant',
  'currency',
  'revenue',
  'total',
  'coupon',
  'query',
  'path',
  'title',
] as const
