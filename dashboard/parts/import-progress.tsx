import {
  Alert,
  Anchor,
  Button,
  Card,
  Group,
  Progress,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { api } from './api.ts'
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
        {bad > 0 && <BadRows file={file} />}
      </Stack>
    </Card>
  )
}

function BadRows({ file }: { readonly file: ApiImport }) {
  const { t, format } = useI18n()
  return (
    <div>
      <Title order={3} mb="xs">
        {t('imports.badRows')}
      </Title>
      <Table.ScrollContainer minWidth={420}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('imports.row')}</Table.Th>
              <Table.Th>{t('imports.column')}</Table.Th>
              <Table.Th>{t('imports.why')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {file.errors.map(({ row, column, reason }, at) => (
              <Table.Tr key={at}>
                <Table.Td className="figure">{format.number(row)}</Table.Td>
                <Table.Td className="breakable">{column ?? '–'}</Table.Td>
                <Table.Td>
                  <Reason code={reason} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <Anchor href={`/api/imports/${encodeURIComponent(file.id)}/errors.csv`} download size="sm">
        {t('imports.errorFile')}
      </Anchor>
      {file.errorsOmitted > 0 && (
        <Text size="sm" c="dimmed">
          {t('imports.omitted', { rows: format.number(file.errorsOmitted) })}
        </Text>
      )}
    </div>
  )
}

/** A row's own reason, or one that any event may have. */
function Reason({ code }: { readonly code: string }) {
  const { t } = useI18n()
  const [own, shared] = [code as 'no-time', code as 'busy']
  return <>{t([`imports.reasons.${own}`, `reason.${shared}`])}</>
}
