import { Alert, Card, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ApiValueReport } from '../../edge/protocol/api-score.ts'
import type { Fitted } from '../../edge/protocol/population.ts'
import { PageHead } from '../parts/page-head.tsx'
import { valueQuery } from '../parts/queries.ts'
import { focusable } from '../parts/focusable.ts'
import { AsOf, NotEnough, Totals } from '../parts/report-head.tsx'
import { Loaded, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { useMoney } from '../parts/use-money.ts'

const FitChart = lazy(() => import('../parts/fit-chart.tsx'))

/** What customers are worth, and how far that can be believed. */
export default function Value() {
  const { t } = useI18n()
  const [day, setDay] = useState('')
  const report = useQuery(valueQuery(day))
  return (
    <>
      <PageHead title={t('value.title')} about={t('value.about')} />
      <AsOf day={day} onDay={setDay} />
      <Loaded query={report}>{(found) => <Report report={found} />}</Loaded>
    </>
  )
}

function Report({ report }: { readonly report: ApiValueReport }) {
  const { t, format } = useI18n()
  const { notEnough, spendingNotEnough, buying, spending, byCount = [], byWeek = [] } = report
  return (
    <Stack gap="lg">
      <Totals report={report} />
      {notEnough !== undefined && (
        <NotEnough known={notEnough.known} needed={notEnough.needed} of="repeaters" />
      )}
      {buying !== undefined && (
        <Suspense fallback={<Loading />}>
          <FitChart
            title={t('value.byWeek')}
            about={t('value.byWeekAbout')}
            kind="line"
            heading={t('value.until')}
            points={byWeek.map(({ at, ...point }) => ({
              ...point,
              name: format.date(Date.parse(at)),
            }))}
          />
          <FitChart
            title={t('value.byCount')}
            about={t('value.byCountAbout')}
            kind="bar"
            heading={t('value.repeats')}
            points={byCount.map((point, place) => ({
              ...point,
              name: place === byCount.length - 1 ? t('value.orMore', { count: place }) : `${place}`,
            }))}
          />
        </Suspense>
      )}
      <Spread report={report} />
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        {buying !== undefined && (
          <Parameters title={t('value.buying')} about={t('value.buyingAbout')} fitted={buying} />
        )}
        {spending !== undefined && (
          <Parameters
            title={t('value.spending')}
            about={t('value.spendingAbout')}
            fitted={spending}
          />
        )}
      </SimpleGrid>
      {spendingNotEnough !== undefined && (
        <NotEnough
          known={spendingNotEnough.known}
          needed={spendingNotEnough.needed}
          of="repeaters"
        />
      )}
    </Stack>
  )
}

/** What a customer in the middle, and at the ends, is worth. */
function Spread({ report: { clv, churn, currency } }: { readonly report: ApiValueReport }) {
  const { t, format } = useI18n()
  const money = useMoney(currency)
  if (churn === undefined) return null
  const tenths = [0, 2, 4, 6, 8]
  return (
    <Card className="card-table">
      <Stack gap={0} m="md">
        <Title order={2}>{t('value.spread')}</Title>
        <Text size="sm" c="dimmed">
          {t('value.spreadAbout')}
        </Text>
      </Stack>
      <Table.ScrollContainer minWidth={480} scrollAreaProps={focusable(t('value.spread'))}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('value.ofCustomers')}</Table.Th>
              {tenths.map((tenth) => (
                <Table.Th key={tenth} ta="right">
                  {format.percent((tenth + 1) / 10)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {clv !== undefined && (
              <Table.Tr>
                <Table.Td>{t('score.name.clv')}</Table.Td>
                {tenths.map((tenth) => (
                  <Table.Td key={tenth} ta="right">
                    {money(clv[tenth] ?? 0)}
                  </Table.Td>
                ))}
              </Table.Tr>
            )}
            <Table.Tr>
              <Table.Td>{t('score.name.churn')}</Table.Td>
              {tenths.map((tenth) => (
                <Table.Td key={tenth} ta="right">
                  {format.percent(churn[tenth] ?? 0)}
                </Table.Td>
              ))}
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}

function Parameters<Model extends object>(props: {
  readonly title: string
  readonly about: string
  readonly fitted: Fitted<Model>
}) {
  const { t, format } = useI18n()
  const { model, errors, customers, converged } = props.fitted
  const errorOf = (name: string) => (errors as { readonly [name: string]: number | null })[name]
  const isVague = !converged || Object.values(errors).includes(null)
  return (
    <Card>
      <Title order={2}>{props.title}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {props.about} {t('value.fittedOn', { shown: format.number(customers), count: customers })}
      </Text>
      {isVague && (
        <Alert color="yellow" variant="outline" mb="sm" icon={<IconAlertTriangle />}>
          {t('value.vague')}
        </Alert>
      )}
      <Table.ScrollContainer minWidth={280} scrollAreaProps={focusable(props.title)}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('value.parameter')}</Table.Th>
              <Table.Th ta="right">{t('value.estimate')}</Table.Th>
              <Table.Th ta="right">{t('value.error')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {Object.entries(model as { readonly [name: string]: number }).map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">{format.number(value)}</Table.Td>
                <Table.Td ta="right">
                  {typeof errorOf(name) === 'number' ? format.number(errorOf(name) ?? 0) : '–'}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
