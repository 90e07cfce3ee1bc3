import { Box, Card, Group, Loader, Progress, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Condition } from '../../edge/protocol/condition.ts'
import { api } from './api.ts'
import { problemOf } from './problem.ts'
import { useI18n } from './use-i18n.ts'

interface Asked {
  readonly condition: Condition
  readonly purposes: readonly string[]
}

/** Milliseconds without typing before the size is asked for again. */
const PAUSE = 400
/** While only an estimate is known, the exact size is asked for again after so many milliseconds. */
const EXACT_AFTER = 1_500

/** How many people a condition matches now: an estimate with its interval, then the exact size. */
export function SizePreview(props: {
  readonly condition: Condition
  readonly purposes?: readonly string[]
}) {
  const { condition, purposes = [] } = props
  const { t, format } = useI18n()
  const [settled] = useDebouncedValue(JSON.stringify({ condition, purposes }), PAUSE)
  const preview = useQuery({
    queryKey: ['preview', settled],
    queryFn: ({ signal }) => api.segments.preview(JSON.parse(settled) as Asked, signal),
    placeholderData: keepPreviousData,
    retry: false,
    refetchInterval: ({ state }) =>
      state.data && state.data.exact === undefined && state.dataUpdateCount < 5
        ? EXACT_AFTER
        : false,
  })
  const data = preview.data
  const size = data ? (data.exact ?? data.estimate.size) : null
  const problem = preview.isError ? problemOf(preview.error) : null
  return (
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
        ) : data && size !== null ? (
          <Stack gap={6}>
            <Text className="figure" fz={34} fw={700} lh={1.1}>
              {data.exact === undefined ? '≈ ' : ''}
              {format.number(size)}
            </Text>
            <Text size="sm" c="dimmed">
              {data.exact === undefined
                ? t('preview.interval', {
                    low: format.number(data.estimate.low),
                    high: format.number(data.estimate.high),
                  })
                : t('preview.exact')}
            </Text>
            <Progress
              value={data.population === 0 ? 0 : (size / data.population) * 100}
              aria-label={t('preview.share')}
              mt={6}
            />
            <Text size="xs" c="dimmed">
              {t('preview.of', {
                count: data.population,
                share: format.percent(data.population === 0 ? 0 : size / data.population),
                population: format.number(data.population),
              })}
            </Text>
          </Stack>
        ) : (
          <Text size="sm" c="dimmed">
            {t('preview.counting')}
          </Text>
        )}
      </Box>
    </Card>
  )
}
