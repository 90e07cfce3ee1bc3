import '@mantine/charts/styles.css'
import {
  Button,
  ColorSwatch,
  Group,
  Paper,
  ScrollArea,
  Stack,
  Table,
  Text,
  useMantineTheme,
} from '@mantine/core'
import { AreaChart } from '@mantine/charts'
import { useState } from 'react'
import type { Format } from './format.ts'
import type { SizeRow } from './size-series.ts'
import { SERIES_COLORS } from './theme.ts'
import { useI18n } from './use-i18n.ts'

export interface SizeSeries {
  readonly id: string
  readonly name: string
}

/** Sizes of segments over time: a picture, and the same as a table for who prefers or needs it. */
export default function SizeChart(props: {
  readonly series: readonly SizeSeries[]
  readonly rows: readonly SizeRow[]
  readonly label: string
  readonly height?: number
}) {
  const { t } = useI18n()
  const [asTable, setAsTable] = useState(false)
  return (
    <Stack gap="xs">
      {asTable ? <SizeTable {...props} /> : <Picture {...props} />}
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
  )
}

type Props = Parameters<typeof SizeChart>[0]

function Picture({ series, rows, label, height = 260 }: Props) {
  const { format } = useI18n()
  const theme = useMantineTheme()
  const colored = series.map(({ id, name }, index) => ({
    name: id,
    label: name,
    color: SERIES_COLORS[index % SERIES_COLORS.length] ?? 'iris.6',
  }))
  const first = rows[0]?.at ?? 0
  const last = rows.at(-1)?.at ?? 0
  return (
    <div role="img" aria-label={label}>
      <AreaChart
        h={height}
        data={rows as SizeRow[]}
        dataKey="at"
        series={colored}
        curveType="stepAfter"
        withDots={false}
        withGradient={false}
        fillOpacity={series.length === 1 ? 0.12 : 0}
        gridAxis="x"
        tickLine="none"
        areaChartProps={{ accessibilityLayer: false }}
        areaProps={{ isAnimationActive: false }}
        yAxisProps={{ width: 48, allowDecimals: false }}
        valueFormatter={format.compact}
        xAxisProps={{
          type: 'number',
          domain: [first, last],
          minTickGap: 60,
          tickFormatter: (at: number) => tick(at, last - first, format),
        }}
        tooltipProps={{
          content: tooltip(colored, format, theme.colors),
        }}
      />
    </div>
  )
}

/** What the pointer reads: the exact instant, and each segment's size then. */
function tooltip(
  series: readonly { readonly name: string; readonly label: string; readonly color: string }[],
  format: Format,
  colors: Colors,
) {
  return ({ label, payload }: Pointed) => {
    // Drawn once before the pointer was anywhere.
    if (typeof label !== 'number') return null
    return (
      <Paper withBorder shadow="sm" px="md" py="xs" radius="md">
        <Text size="xs" c="dimmed" mb={4}>
          {format.exact(label)}
        </Text>
        {series.map(({ name, label: text, color }) => {
          const value = payload?.find((item) => item.dataKey === name)?.value
          return (
            <Group key={name} gap="xs" justify="space-between" wrap="nowrap">
              <Group gap={6} wrap="nowrap">
                <ColorSwatch size={9} color={cssColor(color, colors)} withShadow={false} />
                <Text size="sm">{text}</Text>
              </Group>
              <Text size="sm" fw={650} className="figure">
                {value === undefined ? '–' : format.number(Number(value))}
              </Text>
            </Group>
          )
        })}
      </Paper>
    )
  }
}

/** What the chart library says about the place the pointer is at. */
interface Pointed {
  readonly label?: unknown
  readonly payload?: readonly { readonly dataKey?: unknown; readonly value?: unknown }[]
}
interface Colors {
  readonly [name: string]: readonly string[] | undefined
}

function cssColor(color: string, colors: Colors): string {
  const [name = '', shade = '6'] = color.split('.')
  return colors[name]?.[Number(shade)] ?? 'currentColor'
}

function tick(at: number, span: number, format: Format): string {
  return span > 36 * 3_600_000 ? format.day(at) : format.clock(at)
}

function SizeTable({ series, rows, label, height = 260 }: Props) {
  const { t, format } = useI18n()
  return (
    <ScrollArea h={height} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': label }}>
      <Table horizontalSpacing="xs" verticalSpacing={4} stickyHeader>
        <Table.Caption>{label}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('chart.time')}</Table.Th>
            {series.map(({ id, name }) => (
              <Table.Th key={id} ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.toReversed().map((row) => (
            <Table.Tr key={row.at}>
              <Table.Td>{format.dateTime(row.at)}</Table.Td>
              {series.map(({ id }) => (
                <Table.Td key={id} ta="right">
                  {row[id] === undefined ? '–' : format.number(row[id])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </ScrollArea>
  )
}
