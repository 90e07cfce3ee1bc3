import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Condition } from '../../edge/protocol/condition.ts'
import { api } from './api.ts'
import { useI18n } from './use-i18n.ts'

/** While a sample has none, everybody is being counted: asked again after so many milliseconds, so often at most. */
const EXACT_AFTER = 1_500
const TRIES = 8

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
    refetchInterval: ({ state: { data, dataUpdateCount } }) =>
      data && data.exact === undefined && dataUpdateCount < TRIES ? EXACT_AFTER : false,
  })
  const people = seen.data && (seen.data.exact ?? seen.data.estimate.size)
  const isCounted = seen.data?.exact !== undefined || (people ?? 0) > 0
  return (
    <Text span size="sm">
      {event}{' '}
      <Text span inherit c="dimmed" aria-live="polite">
        {seen.isError
          ? t('library.notAsked')
          : !isCounted || people === undefined
            ? t('library.counting')
            : people === 0
              ? t('library.unseen')
              : t('library.seen', { count: people, people: format.number(people) })}
      </Text>
    </Text>
  )
}
