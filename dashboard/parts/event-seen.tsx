import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ApiPreview } from '../../edge/protocol/api-segment.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { api } from './api.ts'
import type { Format } from './format.ts'
import type { Translate } from './i18n.ts'
import { useI18n } from './use-i18n.ts'

/** An event by its name, and whether anybody in this workspace ever did it. */
export function EventSeen({ event }: { readonly event: string }) {
  const { t, format } = useI18n()
  const seen = useQuery({
    queryKey: ['event-seen', event],
    queryFn: ({ signal }) => {
      const condition: Condition = { type: 'performed', event, operator: 'gte', value: 1 }
      return api.segments.preview({ condition }, signal)
    },
    retry: false,
    staleTime: 60_000,
  })
  return (
    <Text span size="sm">
      {event}{' '}
      <Text span inherit c="dimmed" aria-live="polite">
        {seen.isError
          ? t('library.notAsked')
          : seen.data === undefined
            ? t('library.counting')
            : outcome(seen.data, t, format)}
      </Text>
    </Text>
  )
}

/** Nobody of a sample is not nobody at all: everybody is not counted for the sake of a hint. */
function outcome({ exact, estimate, sampled }: ApiPreview, t: Translate, format: Format): string {
  const people = exact ?? estimate.size
  if (people > 0) return t('library.seen', { count: people, people: format.number(people) })
  if (exact === 0) return t('library.unseen')
  return t('library.unseenInSample', { count: sampled, people: format.number(sampled) })
}
