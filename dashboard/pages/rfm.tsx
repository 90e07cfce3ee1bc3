import { Card, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiRfmReport } from '../../edge/protocol/api-score.ts'
import { RFM_AXES } from '../../edge/protocol/score.ts'
import type { CustomerQuery } from '../parts/api.ts'
import { CustomerList } from '../parts/customer-list.tsx'
import { focusable } from '../parts/focusable.ts'
import { PageHead } from '../parts/page-head.tsx'
import { rfmQuery } from '../parts/queries.ts'
import { AsOf, NotEnough, Totals } from '../parts/report-head.tsx'
import { RfmCells } from '../parts/rfm-cells.tsx'
import { RfmMovement } from '../parts/rfm-movement.tsx'
import { RfmGrid } from '../parts/rfm-grid.tsx'
import { scoreName } from '../parts/score-sentence.ts'
import { Loaded } from '../parts/states.tsx'
import { useCells } from '../parts/use-cells.ts'
import { useI18n } from '../parts/use-i18n.ts'

/** Customers by recency, frequency and monetary value. */
export default function Rfm() {
  const { t } = useI18n()
  const [day, setDay] = useState('')
  const report = useQuery(rfmQuery(day))
  return (
    <>
      <PageHead title={t('rfm.title')} about={t('rfm.about')} />
      <AsOf day={day} onDay={setDay} />
      <Loaded query={report}>{(found) => <Report report={found} />}</Loaded>
    </>
  )
}

function Report({ report }: { readonly report: ApiRfmReport }) {
  const { t } = useI18n()
  const cellOf = useCells()
  const [wanted, setWanted] = useState<CustomerQuery | null>(null)
  const { notEnough } = report
  if (notEnough !== undefined) {
    return (
      <Stack gap="lg">
        <Totals report={report} />
        <NotEnough known={notEnough.known} needed={notEnough.needed} of="orders" />
      </Stack>
    )
  }
  // Who they are is known of those in force alone.
  const choose = report.version === null ? undefined : setWanted
  const titleOf = ({ cell, recency, frequency }: CustomerQuery): string =>
    cell === undefined
      ? t('rfm.chosen', { recency: recency ?? '', frequency: frequency ?? '' })
      : cellOf(cell).name
  return (
    <Stack gap="lg">
      <Totals report={report} />
      <RfmGrid report={report} onChoose={choose} />
      <RfmMovement />
      <RfmCells report={report} onPeople={choose && ((cell) => choose({ cell }))} />
      <CutPoints report={report} />
      {wanted !== null && (
        <CustomerList
          title={titleOf(wanted)}
          wanted={wanted}
          currency={report.currency}
          onClose={() => setWanted(null)}
        />
      )}
    </Stack>
  )
}

function CutPoints({ report: { cutPoints, bins } }: { readonly report: ApiRfmReport }) {
  const { t, format } = useI18n()
  if (cutPoints === null) return null
  return (
    <Card className="card-table">
      <Stack gap={0} m="md">
        <Title order={2}>{t('rfm.cutPoints')}</Title>
        <Text size="sm" c="dimmed">
          {t('rfm.cutPointsAbout')}
        </Text>
      </Stack>
      <Table.ScrollContainer minWidth={420} scrollAreaProps={focusable(t('rfm.cutPoints'))}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('editor.score')}</Table.Th>
              {Array.from({ length: bins - 1 }, (_, place) => (
                <Table.Th key={place} ta="right">
                  {place + 1} | {place + 2}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {RFM_AXES.map((axis) => {
              const cuts = axis === 'recency' ? cutPoints.recency.toReversed() : cutPoints[axis]
              return (
                <Table.Tr key={axis}>
                  <Table.Td>{scoreName(`rfm.${axis}`, t)}</Table.Td>
                  {cuts.map((cut, place) => (
                    <Table.Td key={place} ta="right">
                      {format.number(cut)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
