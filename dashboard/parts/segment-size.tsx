import { Badge, Group, Progress, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { useLive } from './live-context.tsx'
import { backFillQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** Size now: what the socket said last, else what the list said. */
export function useSegmentSize(segment: { readonly id: string; readonly size: number }): number {
  const { state } = useLive()
  return state.sizes[segment.id] ?? segment.size
}

/** Live, or how far the count over the whole history is. */
export function SegmentState({ segment }: { readonly segment: ApiSegment }) {
  const { t, format } = useI18n()
  const status = useQuery({ ...backFillQuery, enabled: segment.state === 'building' })
  if (segment.state === 'live')
    return (
      <Badge color="teal" miw="max-content">
        {t('segment.live')}
      </Badge>
    )
  const progress = segment.progress ?? 0
  const isPaused = status.data?.state === 'paused'
  const share = format.percent(progress)
  return (
    <Group gap="xs" wrap="nowrap" miw={140}>
      <Progress
        value={progress * 100}
        animated={!isPaused}
        flex={1}
        aria-label={t('segment.building')}
        color={isPaused ? 'gray' : 'orange.7'}
      />
      <Text size="xs" c="dimmed">
        {isPaused ? t('segment.pausedAt', { share }) : t('segment.buildingAt', { share })}
      </Text>
    </Group>
  )
}
