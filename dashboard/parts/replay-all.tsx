import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { api, type FailedEventQuery } from './api.ts'
import { NO_REPLAY, runReplay, turnsOf, type ReplayTally } from './replay-run.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Replays all failed events that the filter means, and says how far it is. */
export function ReplayAll(props: { readonly filter: FailedEventQuery; readonly count: number }) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const stopped = useRef(false)
  const [whole, setWhole] = useState(0)
  const [tally, setTally] = useState<ReplayTally>(NO_REPLAY)
  const run = useMutation({
    mutationFn: () => {
      stopped.current = false
      setWhole(props.count)
      setTally(NO_REPLAY)
      return runReplay(
        (cursor) => api.failedEvents.replayMany(props.filter, cursor),
        setTally,
        () => stopped.current,
      )
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['failed-events'] }),
  })
  const done = turnsOf(tally)
  const replayed = tally.accepted + tally.duplicate
  const left = tally.rejected + tally.failed + tally.skipped
  return (
    <Stack gap="sm" role="status">
      <Group>
        <Button
          variant="light"
          leftSection={<IconRefresh size={16} />}
          loading={run.isPending}
          disabled={props.count === 0}
          onClick={() => run.mutate()}
        >
          {t('failedEvents.replayAll', { count: props.count, shown: format.number(props.count) })}
        </Button>
        {run.isPending && (
          <Button variant="default" onClick={() => (stopped.current = true)}>
            {t('failedEvents.stop')}
          </Button>
        )}
      </Group>
      {run.isPending && (
        <Progress
          value={(done / Math.max(whole, done, 1)) * 100}
          aria-label={t('failedEvents.progress')}
        />
      )}
      {(run.isPending || run.isSuccess) && (
        <Text size="sm">
          {t('failedEvents.replayed', { count: replayed, shown: format.number(replayed) })}{' '}
          {left > 0 && t('failedEvents.left', { count: left, shown: format.number(left) })}
        </Text>
      )}
      {run.isSuccess && left > 0 && (
        <Alert color="orange" title={t('failedEvents.leftTitle')}>
          {t('failedEvents.leftAbout')}
        </Alert>
      )}
      {run.isError && <Failure error={run.error} onRetry={() => run.mutate()} />}
    </Stack>
  )
}
