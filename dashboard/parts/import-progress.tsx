import { Alert, Button, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { api } from './api.ts'
import { ImportFaults } from './import-faults.tsx'
import { ImportStateBadge, isActive } from './import-state.tsx'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

const COUNTS = ['read', 'accepted', 'duplicate', 'rejected', 'failed'] as const

/** How far a run is or came, what became of its rows, and why some are bad. */
export function ImportProgress({ file }: { readonly file: ApiImport }) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const active = isActive(file.state)
  const share = file.size === 0 ? 1 : file.position / file.size
  const bad = file.counts.rejected + file.counts.failed
  const cancel = useMutation({
    mutationFn: () => api.imports.cancel(file.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }),
  })
  return (
    <Card>
      <Group justify="space-between" mb="md">
        <Group gap="sm" role="status">
          <Title order={2}>{file.dryRun ? t('imports.checkResult') : t('imports.result')}</Title>
          <ImportStateBadge state={file.state} />
        </Group>
        {active && (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            {t('imports.cancel')}
          </Button>
        )}
      </Group>
      {cancel.isError && <Failure error={cancel.error} />}
      <Stack>
        <div>
          <Progress value={share * 100} aria-label={t('imports.progress')} animated={active} />
          <Text size="sm" c="dimmed" mt={4}>
            {format.percent(share)}
            {file.rate > 0 && ` · ${t('imports.rate', { rate: format.number(file.rate) })}`}
          </Text>
        </div>
        <SimpleGrid cols={{ base: 2, xs: 5 }} spacing="sm">
          {COUNTS.map((count) => (
            <Stack key={count} gap={0}>
              <Text size="xs" c="dimmed">
                {t(`imports.counts.${count}`)}
              </Text>
              <Text className="figure" fw={650}>
                {format.number(file.counts[count])}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
        {file.state === 'done' && <Alert color="teal">{t('imports.doneAbout')}</Alert>}
        {file.trouble !== undefined && (
          <Alert color={file.state === 'failed' ? 'red' : 'orange'}>
            {file.trouble === 'busy' ? t('imports.busy') : t('imports.broken')}
          </Alert>
        )}
        {bad > 0 && <ImportFaults file={file} />}
      </Stack>
    </Card>
  )
}
