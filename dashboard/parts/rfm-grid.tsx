import './rfm-grid.css'
import { Card, Text, Title, UnstyledButton } from '@mantine/core'
import type { ApiRfmReport } from '../../edge/protocol/api-score.ts'
import { useI18n } from './use-i18n.ts'
import { useMoney } from './use-money.ts'

export interface GridChoice {
  readonly recency: number
  readonly frequency: number
}

/** How many customers have which recency and frequency score: the best at the top on the right. */
export function RfmGrid(props: {
  readonly report: ApiRfmReport
  /** Undefined: people cannot be listed as of another time. */
  readonly onChoose: ((choice: GridChoice) => void) | undefined
}) {
  const { t, format } = useI18n()
  const { report, onChoose } = props
  const money = useMoney(report.currency)
  const bins = Array.from({ length: report.bins }, (_, place) => place + 1)
  const at = (recency: number, frequency: number) =>
    report.places
      .filter((place) => place.recency === recency && place.frequency === frequency)
      .reduce(
        (sum, { customers, revenue }) => ({
          customers: sum.customers + customers,
          revenue: sum.revenue + revenue,
        }),
        { customers: 0, revenue: 0 },
      )
  const most = Math.max(
    1,
    ...bins.flatMap((recency) => bins.map((frequency) => at(recency, frequency).customers)),
  )
  return (
    <Card>
      <Title order={2}>{t('rfm.grid')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('rfm.gridAbout')}
      </Text>
      <table className="rfm-grid" aria-label={t('rfm.grid')}>
        <thead>
          <tr>
            <th scope="col">{t('rfm.corner')}</th>
            {bins.map((frequency) => (
              <th key={frequency} scope="col">
                {t('rfm.frequency', { bin: frequency })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bins.toReversed().map((recency) => (
            <tr key={recency}>
              <th scope="row">{t('rfm.recency', { bin: recency })}</th>
              {bins.map((frequency) => {
                const { customers, revenue } = at(recency, frequency)
                const label = t('rfm.place', {
                  recency,
                  frequency,
                  customers: format.number(customers),
                  revenue: money(revenue),
                })
                return (
                  <td key={frequency}>
                    <UnstyledButton
                      className="rfm-place"
                      ta="center"
                      style={{ '--share': String(customers / most) }}
                      aria-label={label}
                      title={label}
                      disabled={customers === 0 || onChoose === undefined}
                      onClick={() => onChoose?.({ recency, frequency })}
                    >
                      {format.compact(customers)}
                    </UnstyledButton>
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  )
}
