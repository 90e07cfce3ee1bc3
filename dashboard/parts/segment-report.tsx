import {
  Button,
  Card,
  Group,
  List,
  Progress,
  SegmentedControl,
  Skeleton,
  Stack,
  Text,
  Title,
} from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ApiSegment, ApiSegmentReport } from '../../edge/protocol/api-segment.ts'
import { segmentReportQuery } from './queries.ts'
import { Failure, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useSentence } from './use-sentence.ts'

// The chart library is most of the page's weight: figures come first, the picture follows.
const CrossingChart = lazy(() => import('./crossing-chart.tsx'))
const CrossingTable = lazy(async () => ({
  default: (await import('./crossing-chart.tsx')).CrossingTable,
}))

/** Who came and went by the hour or day, and why people left. */
export function SegmentReport({ segment }: { readonly segment: ApiSegment }) {
  const { t } = useI18n()
  const [by, setBy] = useState<ApiSegmentReport['by']>('hour')
  const report = useQuery(segmentReportQuery(segment.id, by))
  return (
    <Card component="section" aria-label={t('report.title')}>
      <Group justify="space-between" mb="md">
        <Title order={2}>{t('report.title')}</Title>
        <SegmentedControl
          aria-label={t('report.by')}
          size="xs"
          value={by}
          onChange={(value) => setBy(value as ApiSegmentReport['by'])}
          data={[
            { value: 'hour', label: t('report.byHour') },
            { value: 'day', label: t('report.byDay') },
          ]}
        />
      </Group>
      {report.isPending && <Loading rows={3} />}
      {report.isError && <Failure error={report.error} onRetry={() => void report.refetch()} />}
      {report.isSuccess && <Shown report={report.data} name={segment.name} />}
    </Card>
  )
}

function Shown({ report, name }: { readonly report: ApiSegmentReport; readonly name: string }) {
  const { t, format } = useI18n()
  const [asTable, setAsTable] = useState(false)
  if (report.entered + report.exited === 0) {
    return (
      <Text size="sm" c="dimmed" py="md">
        {t(report.by === 'hour' ? 'report.emptyHours' : 'report.emptyDays')}
      </Text>
    )
  }
  const label = t('report.chart', { name })
  const View = asTable ? CrossingTable : CrossingChart
  return (
    <Stack gap="md">
      <Text size="sm">
        {t('report.sum', {
          entered: format.number(report.entered),
          exited: format.number(report.exited),
        })}
      </Text>
      <Suspense fallback={<Skeleton height={340} />}>
        <View report={report} label={label} />
      </Suspense>
      <Button
        variant="subtle"
        color="gray"
        size="compact-xs"
        style={{ alignSelf: 'flex-end' }}
        onClick={() => setAsTable(!asTable)}
      >
        {asTable ? t('chart.asPicture') : t('chart.asTable')}
      </Button>
      {report.exits.length > 0 && <Reasons report={report} />}
    </Stack>
  )
}

function Reasons({ report: { exits, exited } }: { readonly report: ApiSegmentReport }) {
  const { t, format } = useI18n()
  const sentenceOf = useSentence()
  return (
    <div>
      <Title order={3} size="h4" mb="sm">
        {t('report.why')}
      </Title>
      <List listStyleType="none" spacing="md" aria-label={t('report.why')}>
        {exits.map(({ cause, clauses, count }) => (
          <List.Item
            key={`${cause} ${JSON.stringify(clauses)}`}
            styles={{ itemWrapper: { display: 'block' }, itemLabel: { display: 'block' } }}
          >
            <Group justify="space-between" wrap="nowrap" align="flex-start">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={600}>
                  {t(`cause.${cause}`)}
                </Text>
                {clauses.map(({ path, condition }) => (
                  <Text key={path} size="sm" c="dimmed" className="breakable">
                    {t('report.decided', { clause: sentenceOf(condition) })}
                  </Text>
                ))}
              </div>
              <Text size="sm" fw={650} className="figure" style={{ flexShrink: 0 }}>
                {format.number(count)}
                <Text span c="dimmed" size="xs" ml={6}>
                  {format.percent(count / Math.max(exited, 1))}
                </Text>
              </Text>
            </Group>
            <Progress
              value={(count / Math.max(exited, 1)) * 100}
              size="sm"
              mt={6}
              color="orange.7"
              aria-hidden="true"
            />
          </List.Item>
        ))}
      </List>
    </div>
  )
}
