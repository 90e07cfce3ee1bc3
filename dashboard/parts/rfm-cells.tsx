import { Badge, Button, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconUsers, IconUsersPlus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ApiRfmCell, ApiRfmReport } from '../../edge/protocol/api-score.ts'
import { OTHER_CELL } from '../../edge/protocol/score.ts'
import { api } from './api.ts'
import { Failure } from './states.tsx'
import { useCells } from './use-cells.ts'
import { useI18n } from './use-i18n.ts'
import { useMoney } from './use-money.ts'

/** Every cell: who is in it, what it means, and what to do about it. */
export function RfmCells(props: {
  readonly report: ApiRfmReport
  /** Undefined: people cannot be listed as of another time. */
  readonly onPeople: ((cell: string) => void) | undefined
}) {
  const { t } = useI18n()
  const { report, onPeople } = props
  return (
    <section aria-label={t('rfm.cells')}>
      <Title order={2} mb="sm">
        {t('rfm.cells')}
      </Title>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="lg">
        {report.cells
          .filter(({ key, customers }) => key !== OTHER_CELL || customers > 0)
          .map((cell) => (
            <CellCard
              key={cell.key}
              cell={cell}
              report={report}
              onPeople={cell.customers === 0 ? undefined : onPeople}
            />
          ))}
      </SimpleGrid>
    </section>
  )
}

function CellCard(props: {
  readonly cell: ApiRfmCell
  readonly report: ApiRfmReport
  readonly onPeople: ((cell: string) => void) | undefined
}) {
  const { t, format } = useI18n()
  const { cell, report, onPeople } = props
  const money = useMoney(report.currency)
  const { name, meaning, action } = useCells()(cell.key)
  const share = format.percent(cell.share)
  return (
    <Card component="article" aria-label={name}>
      <Stack gap="xs" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={3}>{name}</Title>
          <Moved cell={cell.key} report={report} />
        </Group>
        <Text size="xl" fw={650} className="figure">
          {t('rfm.customers', { count: cell.customers, shown: format.number(cell.customers) })}
        </Text>
        <Text size="sm">{t('rfm.share', { share, revenue: money(cell.revenue) })}</Text>
        <Progress value={cell.share * 100} aria-label={t('rfm.shareOf', { cell: name })} />
        <Text size="sm">{meaning}</Text>
        <Text size="sm" c="dimmed">
          {action}
        </Text>
        <Group gap="xs" mt="auto">
          {onPeople !== undefined && (
            <Button
              size="compact-sm"
              variant="light"
              leftSection={<IconUsers size={14} />}
              onClick={() => onPeople(cell.key)}
              aria-label={t('rfm.peopleOf', { cell: name })}
            >
              {t('rfm.people')}
            </Button>
          )}
          <MakeSegment cell={cell.key} name={name} />
        </Group>
      </Stack>
    </Card>
  )
}

/** How many more or fewer than in the version before. */
function Moved({ cell, report }: { readonly cell: string; readonly report: ApiRfmReport }) {
  const { t, format } = useI18n()
  const [before, now] = report.history.slice(-2)
  if (before === undefined || now === undefined || report.version === null) return null
  const change = (now.cells[cell] ?? 0) - (before.cells[cell] ?? 0)
  if (change === 0) return null
  const since = format.dateTime(Date.parse(before.at))
  const label = t('rfm.moved', { change: format.signed(change), since })
  return (
    <Badge variant="default" title={label} aria-label={label} role="img">
      {format.signed(change)}
    </Badge>
  )
}

function MakeSegment({ cell, name }: { readonly cell: string; readonly name: string }) {
  const { t } = useI18n()
  const navigate = useNavigate()
  const make = useMutation({
    mutationFn: () =>
      api.segments.create({
        name: t('rfm.segmentName', { cell: name }),
        condition: { type: 'score', score: 'rfm.cell', operator: 'in', value: [cell] },
      }),
    onSuccess: ({ id }) => navigate({ to: '/segments/$id', params: { id } }),
  })
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconUsersPlus size={14} />}
        loading={make.isPending}
        onClick={() => make.mutate()}
        aria-label={t('rfm.segmentOf', { cell: name })}
      >
        {t('rfm.segment')}
      </Button>
      {make.isError && <Failure error={make.error} />}
    </>
  )
}
