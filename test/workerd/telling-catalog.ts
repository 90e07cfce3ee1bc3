import type { Catalog } from '../../edge/protocol/catalog.ts'
import type { PerformedCondition } from '../../edge/protocol/condition.ts'
import type { ActivationId, DestinationId, SegmentId } from '../../edge/protocol/id.ts'
import { catalogOf } from '../domain/build.ts'
import { seen } from './shard-fixture.ts'

export const SHOE_FAN = 'seg_0' as SegmentId
/** Three views of shoes within a week. */
export const shoeFan: PerformedCondition = {
  type: 'performed',
  event: 'Product Viewed',
  where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
  operator: 'gte',
  value: 3,
  window: { last: 'P7D' },
}

export const shoe = () => seen('Product Viewed', { category: 'shoes' })

/** Tells a webhook of each entry and exit. */
export const telling: Catalog = {
  ...catalogOf(shoeFan),
  destinations: [
    {
      id: 'dst_hook' as DestinationId,
      name: 'Hook',
      kind: 'webhook',
      purposes: ['analytics'],
      enabled: true,
    },
  ],
  activations: [
    {
      id: 'act_hook' as ActivationId,
      name: 'Tell',
      segment: SHOE_FAN,
      exclude: [],
      destinations: ['dst_hook' as DestinationId],
      on: ['entered', 'exited'],
      frequency: 'every-time',
      enabled: true,
    },
  ],
}
