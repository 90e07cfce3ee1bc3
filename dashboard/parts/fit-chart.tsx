import '@mantine/charts/styles.css'
import { BarChart, LineChart } from '@mantine/charts'
import { Button, Card, ScrollArea, Stack, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useI18n } from './use-i18n.ts'

/** Pictures are made of points that have a name. */
export interface NamedPoint {
  readonly name: string
  /** From 0 to 1 along the picture. Absent of all: each as far from the next. */
  readonly place?: number
  readonly actual: number
  /** Absent of all: nothing was expected, it is shown what there is. */
  readonly expected?: number
}

/** What was expected against what happened: a picture, and the same as a table for who prefers or needs it. */
export default function FitChart(props: {
  readonly title: string
  readonly about: string
  readonly kind: 'line' | 'bar'
  readonly heading: string
  readonly points: readonly NamedPoint[]
  /** Default: actual and expected. */
  readonly labels?: { readonly actual: string; readonly expected?: string }
  /** How a figure is told. Default: as a whole number. */
  readonly shown?: (value: number) => string
}) {
  const { t, format } = useI18n()
  const [asTable, setAsTable] = useState(false)
  const { title, about, kind, heading, points } = props
  const { actual: ofActual = t('value.actual'), expected: ofExpected = t('value.expected') } =
    props.labels ?? {}
  const shown = props.shown ?? ((value: number) => format.number(Math.round(value)))
  const isCompared = points.some(({ expected }) => expected !== undefined)
  const chart = {
    h: 260,
    data: points as NamedPoint[],
    dataKey: 'name',
    series: [
      { name: 'actual', label: ofActual, color: 'iris.6' },
      ...(isCompared ? [{ name: 'expected', label: ofExpected, color: 'orange.7' }] : []),
    ],
    withLegend: isCompared,
    tickLine: 'none' as const,
    gridAxis: 'x' as const,
    valueFormatter: shown,
    yAxisProps: { width: 56, allowDecimals: props.shown !== undefined },
    xAxisProps: { minTickGap: 40 },
    ...(points.some(({ place }) => place !== undefined) && {
      dataKey: 'place',
      curveType: 'linear' as const,
      xAxisProps: { type: 'number' as const, domain: [0, 1], tickFormatter: shown },
      tooltipProps: { labelFormatter: (place: unknown) => shown(Number(place)) },
    }),
  }
  return (
    <Card>
      <Title order={2}>{title}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {about}
      </Text>
      <Stack gap="xs">
        {asTable ? (
          <ScrollArea.Autosize
            mah={260}
            viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}
          >
            <Table stickyHeader verticalSpacing={4}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{heading}</Table.Th>
                  <Table.Th ta="right">{ofActual}</Table.Th>
                  {isCompared && <Table.Th ta="right">{ofExpected}</Table.Th>}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {points.map(({ name, actual, expected }) => (
                  <Table.Tr key={name}>
                    <Table.Td>{name}</Table.Td>
                    <Table.Td ta="right">{shown(actual)}</Table.Td>
                    {expected !== undefined && <Table.Td ta="right">{shown(expected)}</Table.Td>}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </ScrollArea.Autosize>
        ) : (
          <div role="img" aria-label={title}>
            {kind === 'line' ? (
              <LineChart
                {...chart}
                withDots={false}
                lineChartProps={{ accessibilityLayer: false }}
                lineProps={(series) => ({
                  isAnimationActive: false,
                  ...(series.name === 'expected' && { strokeDasharray: '6 4' }),
                })}
              />
            ) : (
              <BarChart
                {...chart}
                barChartProps={{ accessibilityLayer: false }}
                barProps={{ isAnimationActive: false }}
              />
            )}
          </div>
        )}
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          style={{ alignSelf: 'flex-end' }}
          onClick={() => setAsTable(!asTable)}
        >
          {asTable ? t('chart.asPicture') : t('chart.asTable')}
        </Button>
      </Stack>
    </Card>
  )
}
