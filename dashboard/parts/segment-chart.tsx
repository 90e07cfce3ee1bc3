import { Skeleton, Text } from '@mantine/core'
import { lazy, Suspense, useMemo } from 'react'
import type { ApiOverview } from '../../edge/protocol/api.ts'
import { useLive } from './live-context.tsx'
import { sizeSeries } from './size-series.ts'
import { useI18n } from './use-i18n.ts'

// The chart library is most of the page's weight: figures come first, the picture follows.
const SizeChart = lazy(() => import('./size-chart.tsx'))

/** Sizes of some segments over time, the stored history continued by what the socket tells. */
export function SegmentChart(props: {
  readonly segments: ApiOverview['segments']
  readonly label: string
  readonly height?: number
}) {
  const { t } = useI18n()
  const { state } = useLive()
  const { segments, height = 260 } = props
  const rows = useMemo(() => sizeSeries(segments, state.samples), [segments, state.samples])
  if (rows.length < 2) {
    return (
      <Text c="dimmed" size="sm" py="xl" ta="center">
        {t('chart.tooYoung')}
      </Text>
    )
  }
  return (
    <Suspense fallback={<Skeleton height={height} />}>
      <SizeChart series={segments} rows={rows} label={props.label} height={height} />
    </Suspense>
  )
}
