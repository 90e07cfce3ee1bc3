import type { ComparedField } from './event.ts'
import type { SegmentDefinition } from './membership.ts'
import type { Millis } from './time.ts'

/** Fields of the context that a browser knows as the edge does. */
export const ON_DEVICE_FIELDS = [
  'language',
  'source',
  'medium',
  'campaign',
  'content',
  'term',
] as const satisfies readonly ComparedField[]

/** What a page judges by itself: `GET /t/{writeKey}/on-device.json`. */
export interface OnDeviceSegments {
  readonly v: 1
  /** IANA name: where the workspace's days begin. */
  readonly timezone: string
  readonly retention: Millis
  /** In the order of their ids; those that others are made of among them. */
  readonly segments: readonly Pick<SegmentDefinition, 'id' | 'key' | 'condition'>[]
}
