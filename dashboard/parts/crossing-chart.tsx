import '@mantine/charts/styles.css'
import { Paper, ScrollArea, Stack, Table, Text } from '@mantine/core'
import { AreaChart, BarChart } from '@mantine/charts'
import type { ApiSegmentReport } from '../../edge/protocol/api-segment.ts'
import { useI18n } from './use-i18n.ts'

const COLORS = { size: 'iris.6', entered: 'teal.7', exited: 'orange.7' } as const
const SYNC = 'segment-report'

interface Props {
  readonly report: ApiSegmentReport
  readonly label: string
}

/** The size of a segment by the hour or day, and below it who entered and left then. */
export default function CrossingChart({ report, label }: Props) {
  const { t, format } = useI18n()
  const rows = report.periods.map(({ at, size, entered, exited }) => ({
    at: labelOf(report, at, format),
    size,
    entered,
    exited,
  }))
  const series = (['entered', 'exited'] as const).map((name) => ({
    name,
    label: t(`report.${name}`),
    color: COLORS[name],
  }))
  const size = { name: 'size', label: t('report.size'), color: COLORS.size }
  const tooltipOf = (shown: readonly { readonly name: string; readonly label: string }[]) => ({
    content: ({ label: at, payload }: Pointed) => (
      <Paper withBorder shadow="sm" px="md" py="xs" radius="md">
        <Text size="xs" c="dimmed">
          {String(at ?? '')}
        </Text>
        {shown.map(({ name, label: text }) => (
          <Text key={name} size="sm">
            {text}:{' '}
            <Text span fw={650} className="figure">
              {format.number(Number(payload?.find(({ dataKey }) => dataKey === name)?.value ?? 0))}
            </Text>
          </Text>
        ))}
      </Paper>
    ),
  })
  const common = {
    data: rows,
    dataKey: 'at',
    gridAxis: 'x',
    tickLine: 'none',
    yAxisProps: { width: 48, allowDecimals: false },
    xAxisProps: { minTickGap: 40 },
    valueFormatter: format.compact,
  } as const
  return (
    <Stack gap="xs" role="img" aria-label={label}>
      <Text size="xs" c="dimmed">
        {size.label}
      </Text>
      <AreaChart
        {...common}
        h={150}
        series={[size]}
        curveType="stepAfter"
        withDots={false}
        withGradient={false}
        fillOpacity={0.12}
        withXAxis={false}
        areaChartProps={{ accessibilityLayer: false, syncId: SYNC }}
        areaProps={{ isAnimationActive: false }}
        tooltipProps={tooltipOf([size])}
      />
      <BarChart
        {...common}
        h={190}
        series={series}
        withLegend
        legendProps={{ verticalAlign: 'bottom' }}
        barChartProps={{ accessibilityLayer: false, syncId: SYNC }}
        barProps={{ isAnimationActive: false }}
        tooltipProps={tooltipOf(series)}
      />
    </Stack>
  )
}

/** What the chart library says about the place the pointer is at. */
interface Pointed {
  readonly label?: unknown
  readonly payload?: readonly { readonly dataKey?: unknown; readonly value?: unknown }[]
}

type Format = ReturnType<typeof useI18n>['format']

/** Days are the workspace's, hours the viewer's. */
const labelOf = ({ by, timezone }: ApiSegmentReport, at: string, format: Format): string =>
  by === 'hour'
    ? `${format.day(Date.parse(at))} ${format.clock(Date.parse(at))}`
    : format.day(Date.parse(at), timezone)

/** The same in figures; periods in which nothing changed are left out. */
export function CrossingTable({ report, label }: Props) {
  const { t, format } = useI18n()
  const rows = report.periods.filter(({ entered, exited }) => entered + exited > 0)
  return (
    <ScrollArea.Autosize
      mah={340}
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}
    >
      <Table horizontalSpacing="xs" verticalSpacing={4} stickyHeader>
        <Table.Caption>{t('report.tableAbout')}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('chart.time')}</Table.Th>
            {(['size', 'entered', 'exited'] as const).map((name) => (
              <Table.Th key={name} ta="right">
                {t(`report.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.toReversed().map((row) => (
            <Table.Tr key={row.at}>
              <Table.Td>{labelOf(report, row.at, format)}</Table.Td>
              {(['size', 'entered', 'exited'] as const).map((name) => (
                <Table.Td key={name} ta="right" className="figure">
                  {format.number(row[name])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea.Autosize>
  )
}
