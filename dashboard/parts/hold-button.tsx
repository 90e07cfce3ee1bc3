import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from './api.ts'
import { backFillQuery } from './queries.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Has the count over the history wait, or go on. */
export function HoldButton({ isPaused }: { readonly isPaused: boolean }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const hold = useMutation({
    mutationFn: () => (isPaused ? api.backFill.resume() : api.backFill.pause()),
    onSuccess: (now) => {
      client.setQueryData(backFillQuery.queryKey, now)
      void client.invalidateQueries({ queryKey: ['segments'] })
    },
  })
  return (
    <Stack gap="xs" align="flex-end">
      <Button
        variant="default"
        leftSection={isPaused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
        loading={hold.isPending}
        onClick={() => hold.mutate()}
      >
        {isPaused ? t('backFill.resume') : t('backFill.pause')}
      </Button>
      {hold.isError && <Failure error={hold.error} />}
    </Stack>
  )
}

/** That the count waits, where no segment's own page says so: exits of what was deleted wait with it. */
export function PausedNotice() {
  const { t } = useI18n()
  const status = useQuery(backFillQuery)
  if (status.data?.state !== 'paused') return null
  return (
    <Alert color="orange" mb="lg" icon={<IconPlayerPause />} title={t('backFill.paused')}>
      <Group justify="space-between">
        <Text size="sm" flex={1} miw={220}>
          {t('backFill.pausedAbout')}
        </Text>
        <HoldButton isPaused />
      </Group>
    </Alert>
  )
}
