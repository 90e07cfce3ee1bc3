import type { ActivationInput, ExperienceInput } from '../../edge/protocol/api.ts'
import type { SegmentInput } from '../../edge/protocol/api-segment.ts'

/** What the demo workspace is born with. Made through the public API, as its owner could make it. */
export const SEGMENTS: readonly (SegmentInput & { readonly key: string })[] = [
  {
    name: 'Shoe fans',
    key: 'shoe-fans',
    public: true,
    condition: {
      type: 'performed',
      event: 'Product Viewed',
      where: [{ property: 'category', operator: 'equals', value: 'shoes' }],
      operator: 'gte',
      value: 3,
      window: { last: 'P7D' },
    },
  },
  {
    name: 'Newsletter readers',
    key: 'newsletter-readers',
    condition: { type: 'trait', trait: 'newsletter', operator: 'equals', value: true },
  },
  {
    name: 'Buyers',
    key: 'buyers',
    condition: { type: 'performed', event: 'Order Completed', operator: 'gte', value: 1 },
  },
  {
    name: 'Left a basket behind',
    key: 'left-a-basket',
    condition: {
      type: 'all',
      conditions: [
        {
          type: 'performed',
          event: 'Product Added',
          operator: 'gte',
          value: 1,
          window: { last: 'P2D' },
        },
        {
          type: 'not',
          condition: {
            type: 'performed',
            event: 'Order Completed',
            operator: 'gte',
            value: 1,
            window: { last: 'P2D' },
          },
        },
      ],
    },
  },
  {
    name: 'On a phone',
    key: 'on-a-phone',
    condition: { type: 'context', field: 'device', operator: 'equals', value: 'mobile' },
  },
]

/** Names a segment of the list above by its key. */
export const EXPERIENCE = {
  name: 'Shoes on the home page',
  key: 'home-shoes',
  placement: 'home-hero',
  segment: 'shoe-fans',
  variations: [
    {
      key: 'new-soles',
      weight: 1,
      content: {
        title: 'New soles for your next walk',
        text: 'You have an eye for shoes: this season’s are here, for you first.',
        label: 'See the shoes',
        url: '/category/shoes',
        image: '/pictures/hero-shoes.svg',
      },
    },
  ],
} as const satisfies ExperienceInput

export const DESTINATION = { name: 'Demo inbox', box: 'demo', purposes: ['analytics'] } as const

/** Names a segment of the list above by its key. */
export const ACTIVATION = {
  name: 'Tell the inbox of shoe fans',
  segment: 'shoe-fans',
  on: ['entered', 'exited'],
  frequency: 'every-time',
} as const satisfies Omit<ActivationInput, 'destinations'>
