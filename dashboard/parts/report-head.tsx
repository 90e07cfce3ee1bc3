import { Alert, Button, Card, Group, SimpleGrid, Text, TextInput } from '@mantine/core'
import { IconCoinOff, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ApiRfmReport } from '../../edge/protocol/api-score.ts'
import { api } from './api.ts'
import { ButtonLink } from './link.tsx'
import { Empty, Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useMoney } from './use-money.ts'
import { When } from './when.tsx'

/** As of when customers are looked at, and the button that has it done now. */
export function AsOf(props: { readonly day: string; readonly onDay: (day: string) => void }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const refresh = useMutation({
    mutationFn: api.scores.refresh,
    onSuccess: () => client.invalidateQueries({ queryKey: ['reports', 'scores'] }),
  })
  return (
    <>
      <Group align="flex-end" gap="sm" mb="lg">
        <TextInput
          type="date"
          label={t('scoreReport.asOf')}
          description={t('scoreReport.asOfAbout')}
          value={props.day}
          onChange={(event) => props.onDay(event.currentTarget.value)}
        />
        {props.day === '' ? (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={refresh.isPending}
            onClick={() => refresh.mutate()}
          >
            {t('scoreReport.refresh')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => props.onDay('')}>
            {t('scoreReport.today')}
          </Button>
        )}
      </Group>
      {refresh.isError && <Failure error={refresh.error} />}
    </>
  )
}

type Report = Pick<
  ApiRfmReport,
  'asOf' | 'version' | 'currency' | 'customers' | 'orders' | 'revenue' | 'faults'
>

/** Customers, orders and revenue; and what of it could not be counted. */
export function Totals({ report }: { readonly report: Report }) {
  const { t, format } = useI18n()
  const money = useMoney(report.currency)
  const { faults } = report
  const uncounted = faults.missing + faults.negative + faults.currency
  const tiles = [
    [t('scoreReport.customers'), format.number(report.customers)],
    [t('scoreReport.orders'), format.number(report.orders)],
    [t('scoreReport.revenue'), money(report.revenue)],
  ] as const
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="lg">
        {tiles.map(([name, value]) => (
          <Card key={name}>
            <Text size="sm" c="dimmed">
              {name}
            </Text>
            <Text size="xl" fw={650} className="figure">
              {value}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      <Text size="sm" c="dimmed">
        {t('scoreReport.found')} <When at={report.asOf} as="date-time" span />
        {report.version !== null && ` · ${t('scoreReport.version', { version: report.version })}`}
      </Text>
      {uncounted > 0 && (
        <Alert
          color="yellow"
          variant="outline"
          icon={<IconCoinOff />}
          title={t('scoreReport.uncounted', { count: uncounted, shown: format.number(uncounted) })}
        >
          <Text size="sm">
            {t('scoreReport.faults', {
              missing: format.number(faults.missing),
              negative: format.number(faults.negative),
              currency: format.number(faults.currency),
            })}
          </Text>
        </Alert>
      )}
    </>
  )
}

/** Too little is known to say more. */
export function NotEnough(props: {
  readonly known: number
  readonly needed: number
  readonly of: 'orders' | 'repeaters'
}) {
  const { t, format } = useI18n()
  const figures = { known: format.number(props.known), needed: format.number(props.needed) }
  return (
    <Card>
      <Empty
        icon={IconCoinOff}
        title={t(`scoreReport.notEnough.${props.of}`, figures)}
        action={
          <ButtonLink to="/imports" variant="light">
            {t('scoreReport.toImports')}
          </ButtonLink>
        }
      >
        {t('scoreReport.notEnoughAbout')}
      </Empty>
    </Card>
  )
}
