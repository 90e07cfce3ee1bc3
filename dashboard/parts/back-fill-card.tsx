import { Card, Group, Progress, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { api } from './api.ts'
import { ConfirmButton } from './confirm.tsx'
import { HoldButton } from './hold-button.tsx'
import { backFillQuery } from './queries.ts'
import { Loaded } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** How far the count of a segment over the whole history is, with what can be done about it. */
export function BackFillCard({ segment }: { readonly segment: ApiSegment }) {
  const { t, format } = useI18n()
  const status = useQuery(backFillQuery)
  return (
    <Loaded query={status}>
      {({ state, done, total, progress, rate }) => {
        const isPaused = state === 'paused'
        const parts = [
          t('backFill.people', { done: format.number(done), total: format.number(total) }),
          rate !== undefined && t('backFill.rate', { rate: format.number(Math.round(rate)) }),
          rate !== undefined &&
            rate > 0 &&
            t('backFill.left', { span: format.span(((total - done) / rate) * 1_000) }),
        ]
        return (
          <Card>
            <Group justify="space-between" mb="xs">
              <div role="status">
                <Title order={2}>{isPaused ? t('backFill.paused') : t('backFill.title')}</Title>
              </div>
              <Group gap="sm">
                <Cancel segment={segment} />
                <HoldButton isPaused={isPaused} />
              </Group>
            </Group>
            <Progress
              value={progress * 100}
              aria-label={t('segment.building')}
              animated={!isPaused}
              color={isPaused ? 'gray' : 'orange.7'}
            />
            <Text size="sm" c="dimmed" mt={4}>
              {format.percent(progress)} · {parts.filter(Boolean).join(' · ')}
            </Text>
            {isPaused && (
              <Text size="sm" mt="xs">
                {t('backFill.pausedAbout')}
              </Text>
            )}
          </Card>
        )
      }}
    </Loaded>
  )
}

/** A new segment is deleted, a direct change taken back; a candidate is discarded at its own card. */
function Cancel({ segment }: { readonly segment: ApiSegment }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const navigate = useNavigate()
  if (segment.candidate || segment.state === 'live') return null
  const isChange = segment.version > 1
  return (
    <ConfirmButton
      label={t(isChange ? 'backFill.cancelChange' : 'backFill.cancel')}
      title={t(isChange ? 'backFill.cancelChangeTitle' : 'backFill.cancelTitle', {
        name: segment.name,
      })}
      act={() => api.segments.cancel(segment.id)}
      onDone={({ cancelled }) => {
        const isGone = cancelled === 'segment'
        void client.invalidateQueries({
          queryKey: ['segments'],
          refetchType: isGone ? 'none' : 'active',
        })
        if (isGone) void navigate({ to: '/segments' })
      }}
    >
      {t(isChange ? 'backFill.cancelChangeAbout' : 'backFill.cancelAbout')}
    </ConfirmButton>
  )
}
