import { Badge, Group, Progress, Text } from '@mantine/core'
import type { ApiSegment } from '../../edge/protocol/api.ts'
import { useLive } from './live-context.tsx'
import { useI18n } from './use-i18n.ts'

/** Size now: what the socket said last, else what the list said. */
export function useSegmentSize(segment: { readonly id: string; readonly size: number }): number {
  const { state } = useLive()
  return state.sizes[segment.id] ?? segment.size
}

/** Live, or how far the count over the whole history is. */
export function SegmentState({ segment }: { readonly segment: ApiSegment }) {
  const { t, format } = useI18n()
  if (segment.state === 'live')
    return (
      <Badge color="teal" miw="max-content">
        {t('segment.live')}
      </Badge>
    )
  const progress = segment.progress ?? 0
  return (
    <Group gap="xs" wrap="nowrap" miw={140}>
      <Progress
        value={progress * 100}
        animated
        flex={1}
        aria-label={t('segment.building')}
        color="orange.7"
      />
      <Text size="xs" c="dimmed">
        {t('segment.buildingAt', { share: format.percent(progress) })}
      </Text>
    </Group>
  )
}
