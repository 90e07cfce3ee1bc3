import { Box, Card, Group, Loader, Progress, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { ApiPreview } from '../../edge/protocol/api-segment.ts'
import type { CountResult } from '../../edge/protocol/count.ts'
import { api, type Asked } from './api.ts'
import { CountProgress } from './count-progress.tsx'
import { PreviewMembers } from './preview-members.tsx'
import { problemOf } from './problem.ts'
import { useCount } from './use-count.ts'
import { useI18n } from './use-i18n.ts'
import { When } from './when.tsx'

/** Milliseconds without typing before the size is asked for again. */
const PAUSE = 400
/** Of more people the exact size is counted when somebody asks for it. */
const AUTOMATIC = 250_000

/** How many people a condition matches now: an estimate with its interval, then the exact size; and some of them. */
export function SizePreview({ condition, purposes = [] }: Asked) {
  const { t } = useI18n()
  const now = JSON.stringify({ condition, purposes })
  const [settled] = useDebouncedValue(now, PAUSE)
  const preview = useQuery({
    queryKey: ['preview', settled],
    queryFn: ({ signal }) => api.segments.preview(JSON.parse(settled) as Asked, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const data = preview.data
  const isEstimate = data !== undefined && data.exact === undefined && !preview.isError
  // What is typed ends the count of what was there before.
  const isSettled = now === settled && !preview.isPlaceholderData
  const counting = useCount(
    settled,
    isSettled && isEstimate && data.population <= AUTOMATIC,
    isSettled && isEstimate,
  )
  const problem = preview.isError ? problemOf(preview.error) : null
  return (
    <>
      <Card>
        <Group justify="space-between" mb="xs">
          <Title order={2}>{t('preview.title')}</Title>
          {preview.isFetching && <Loader size={16} role="status" aria-label={t('state.loading')} />}
        </Group>
        <Box aria-live="polite">
          {problem ? (
            <Stack gap={4}>
              <Text size="sm">
                {problem.status === 400 ? t('preview.incomplete') : t('preview.failed')}
              </Text>
              {problem.errors?.map(({ path, reason }) => (
                <Text key={`${path} ${reason}`} size="xs" c="dimmed" className="breakable">
                  {path}: {reason}
                </Text>
              ))}
            </Stack>
          ) : data ? (
            <Size preview={data} result={isSettled ? counting.count?.result : undefined} />
          ) : (
            <Text size="sm" c="dimmed">
              {t('preview.counting')}
            </Text>
          )}
        </Box>
        {isSettled && isEstimate && <CountProgress counting={counting} />}
      </Card>
      {!problem && data && data.members.length > 0 && <PreviewMembers members={data.members} />}
    </>
  )
}

function Size(props: {
  readonly preview: ApiPreview
  readonly result: (Omit<CountResult, 'at'> & { readonly at: string }) | undefined
}) {
  const { t, format } = useI18n()
  const { preview, result } = props
  const { estimate, sampled } = preview
  const exact = result?.size ?? preview.exact
  const size = exact ?? estimate.size
  const population = result?.population ?? preview.population
  const share = population === 0 ? 0 : size / population
  return (
    <Stack gap={6}>
      <Text className="figure" fz={34} fw={700} lh={1.1}>
        {exact === undefined ? '≈ ' : ''}
        {format.number(size)}
      </Text>
      <Text size="sm" c="dimmed">
        {exact === undefined
          ? t('preview.interval', {
              count: sampled,
              low: format.number(estimate.low),
              high: format.number(estimate.high),
              sampled: format.number(sampled),
            })
          : t('preview.exact')}
        {result !== undefined && (
          <>
            {' '}
            {t('preview.asOf')} <When at={result.at} as="time" span />
          </>
        )}
      </Text>
      <Progress value={share * 100} aria-label={t('preview.share')} mt={6} />
      <Text size="xs" c="dimmed">
        {t('preview.of', {
          count: population,
          share: format.percent(share),
          population: format.number(population),
        })}
      </Text>
    </Stack>
  )
}
