import { Alert, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { ApiRehearsal } from '../../edge/protocol/rehearsal.ts'
import { api } from './api.ts'
import { ConfirmButton } from './confirm.tsx'
import { rehearsalQuery } from './queries.ts'
import { RehearsalResultView } from './rehearsal-result.tsx'
import { Failure, Loaded } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** A rehearsal on its way, what it came to, and the switch. */
export function RehearsalRun({ id }: { readonly id: string }) {
  const rehearsal = useQuery(rehearsalQuery(id))
  return <Loaded query={rehearsal}>{(known) => <Run rehearsal={known} />}</Loaded>
}

function Run({ rehearsal }: { readonly rehearsal: ApiRehearsal }) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const { id, state, progress, result, reason } = rehearsal
  const refresh = () => client.invalidateQueries({ queryKey: ['settings', 'identity'] })
  const cancel = useMutation({ mutationFn: () => api.identity.cancel(id), onSuccess: refresh })
  // It begins below a long form.
  const head = useRef<HTMLDivElement>(null)
  useEffect(() => {
    // Newer browsers answer with a promise, which an effect must not.
    void head.current?.scrollIntoView({ block: 'start' })
  }, [id])
  const isActive = state === 'rehearsing' || state === 'switching'
  const figures = result && {
    now: format.number(result.people.now),
    after: format.number(result.people.after),
    merged: format.number(result.merged.people),
    split: format.number(result.split),
    count: result.split,
  }
  return (
    <Stack gap="lg" ref={head}>
      <Card>
        <Group justify="space-between" mb="xs">
          <div role="status">
            <Title order={2}>{t(`identity.running.${state}`)}</Title>
          </div>
          {state === 'rehearsing' && (
            <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
              {t('identity.cancel')}
            </Button>
          )}
          {state === 'rehearsed' && figures !== undefined && (
            <ConfirmButton
              label={t('identity.switch')}
              title={t('identity.switchTitle')}
              act={() => api.identity.switch(id)}
              onDone={() => void refresh()}
            >
              {t('identity.switchAbout', figures)}
            </ConfirmButton>
          )}
        </Group>
        {cancel.isError && <Failure error={cancel.error} />}
        {isActive && (
          <div>
            <Progress value={progress * 100} aria-label={t('identity.progress')} animated />
            <Text size="sm" c="dimmed" mt={4}>
              {format.percent(progress)}
            </Text>
          </div>
        )}
        {state === 'rehearsed' && (
          <Text size="sm" c="dimmed">
            {t('identity.stale')}
          </Text>
        )}
        {state === 'switching' && <Text size="sm">{t('identity.switchingAbout')}</Text>}
        {state === 'switched' && <Alert color="teal">{t('identity.switchedAbout')}</Alert>}
        {state === 'cancelled' && <Text size="sm">{t('identity.cancelledAbout')}</Text>}
        {state === 'failed' && reason !== undefined && (
          <Alert color="red">{t(`identity.reasons.${reason}`)}</Alert>
        )}
      </Card>
      {result !== undefined && <RehearsalResultView result={result} />}
    </Stack>
  )
}
