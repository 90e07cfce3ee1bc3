import './rfm-movement.css'
import { Card, Group, SegmentedControl, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState, type CSSProperties } from 'react'
import type { ApiRfmMovement } from '../../edge/protocol/api-score.ts'
import { DAY } from '../../edge/protocol/time.ts'
import { focusable } from './focusable.ts'
import { movementTable, type MovementFigure } from './movement-table.ts'
import { movementQuery } from './queries.ts'
import { Failure, Loading } from './states.tsx'
import { useCells } from './use-cells.ts'
import { useI18n } from './use-i18n.ts'
import { useMoney } from './use-money.ts'
import { When } from './when.tsx'

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

const shareOf = (share: number) => ({ '--share': String(share) }) as CSSProperties

/** Who was in which cell then, and is in which now. */
export function RfmMovement() {
  const { t } = useI18n()
  const [from, setFrom] = useState(() => dayOf(Date.now() - 30 * DAY))
  const [to, setTo] = useState('')
  const [figure, setFigure] = useState<MovementFigure>('customers')
  const movement = useQuery({ ...movementQuery(from, to), placeholderData: keepPreviousData })
  return (
    <Card component="section" aria-labelledby="rfm-movement">
      <Title order={2} id="rfm-movement">
        {t('rfm.movement.title')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('rfm.movement.about')}
      </Text>
      <Group align="flex-end" gap="sm" mb="md">
        <TextInput
          type="date"
          label={t('rfm.movement.from')}
          required
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('rfm.movement.to')}
          description={t('rfm.movement.toAbout')}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <SegmentedControl
          aria-label={t('rfm.movement.figure')}
          data={[
            { value: 'customers', label: t('scoreReport.customers') },
            { value: 'revenue', label: t('scoreReport.revenue') },
          ]}
          value={figure}
          onChange={(next) => setFigure(next as MovementFigure)}
        />
      </Group>
      {from === '' ? (
        <Text size="sm">{t('rfm.movement.choose')}</Text>
      ) : movement.isError ? (
        <Failure error={movement.error} onRetry={() => void movement.refetch()} />
      ) : movement.data === undefined ? (
        <Loading />
      ) : (
        <Movement movement={movement.data} figure={figure} />
      )}
    </Card>
  )
}

function Movement(props: { readonly movement: ApiRfmMovement; readonly figure: MovementFigure }) {
  const { t, format } = useI18n()
  const { movement, figure } = props
  const money = useMoney(movement.currency)
  const cellOf = useCells()
  const short = movement.from.notEnough ?? movement.to.notEnough
  if (short !== undefined) {
    return (
      <Text size="sm">
        {t('scoreReport.notEnough.orders', {
          known: format.number(short.known),
          needed: format.number(short.needed),
        })}
      </Text>
    )
  }
  const { rows, columns, at } = movementTable(movement)
  if (rows.length === 0) return <Text size="sm">{t('rfm.movement.nobody')}</Text>
  const then = (cell: string | null) => (cell === null ? t('rfm.movement.new') : cellOf(cell).name)
  const now = (cell: string | null) => (cell === null ? t('rfm.movement.gone') : cellOf(cell).name)
  return (
    <Stack gap="xs">
      <Text size="sm" c="dimmed">
        <When at={movement.from.asOf} as="date-time" span /> →{' '}
        <When at={movement.to.asOf} as="date-time" span />
      </Text>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={focusable(t('rfm.movement.scroll'))}>
        <table className="rfm-moves" aria-label={t('rfm.movement.title')}>
          <thead>
            <tr>
              <th scope="col">{t('rfm.movement.corner')}</th>
              {columns.map((cell) => (
                <th key={cell} scope="col">
                  {now(cell)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ cell, customers }) => (
              <tr key={cell}>
                <th scope="row">{then(cell)}</th>
                {columns.map((next) => {
                  const move = at(cell, next)
                  const label = t('rfm.movement.place', {
                    from: then(cell),
                    to: now(next),
                    customers: format.number(move?.customers ?? 0),
                    before: money(move?.before ?? 0),
                    after: money(move?.after ?? 0),
                  })
                  return (
                    <td
                      key={next}
                      title={label}
                      style={shareOf((move?.customers ?? 0) / customers)}
                      {...(cell === next && { 'data-same': true })}
                    >
                      {move === undefined
                        ? '–'
                        : figure === 'customers'
                          ? format.compact(move.customers)
                          : money(next === null ? move.before : move.after)}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </Table.ScrollContainer>
      <Text size="xs" c="dimmed">
        {t(`rfm.movement.read.${figure}`)}
      </Text>
    </Stack>
  )
}
