import { Alert, Button, Card, Group, Select, Stack } from '@mantine/core'
import { IconShieldCheck } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ApiFailedEventTotals } from '../../edge/protocol/api.ts'
import type { RefusalReason } from '../../edge/protocol/verdict.ts'
import { api, type FailedEventQuery } from '../parts/api.ts'
import { FailedEventRow } from '../parts/failed-event-row.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { failedEventTotalsQuery, sourcesQuery } from '../parts/queries.ts'
import { ReplayAll } from '../parts/replay-all.tsx'
import { Empty, Failure, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** Events that were refused, with the reason; corrected and replayed here. */
export default function FailedEvents() {
  const { t, format } = useI18n()
  const navigate = useNavigate()
  const filter: FailedEventQuery = useSearch({ from: '/failed-events' })
  const sources = useQuery(sourcesQuery)
  const totals = useQuery(failedEventTotalsQuery)
  const events = useInfiniteQuery({
    queryKey: ['failed-events', 'list', filter],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
      api.failedEvents.list(filter, pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: 15_000,
  })
  const items = events.data?.pages.flatMap((page) => page.items) ?? []
  const nameOf = (id: string) => sources.data?.find((source) => source.id === id)?.name ?? id
  const choose = (change: FailedEventQuery) =>
    void navigate({ to: '/failed-events', search: { ...filter, ...change } })
  const known = totals.data?.sources ?? {}
  const dropped = sum(known, filter, ({ dropped }) => dropped)
  return (
    <>
      <PageHead title={t('failedEvents.title')} about={t('failedEvents.about')} />
      <Stack gap="lg">
        <Group align="flex-end" gap="sm">
          <Select
            label={t('failedEvents.source')}
            data={[
              { value: '', label: t('failedEvents.allSources') },
              ...withChosen(Object.keys(known), filter.source).map((id) => ({
                value: id,
                label: `${nameOf(id)} (${format.number(countOf(known, { ...filter, source: id }))})`,
              })),
            ]}
            value={filter.source ?? ''}
            allowDeselect={false}
            onChange={(source) => choose({ source: source || undefined })}
            w={{ base: '100%', xs: 240 }}
          />
          <Select
            label={t('failedEvents.reason')}
            data={[
              { value: '', label: t('failedEvents.allReasons') },
              ...withChosen(reasonsOf(known), filter.reason).map((reason) => ({
                value: reason,
                label: `${t(`reason.${reason as RefusalReason}`)} (${format.number(countOf(known, { ...filter, reason }))})`,
              })),
            ]}
            value={filter.reason ?? ''}
            allowDeselect={false}
            onChange={(reason) => choose({ reason: reason || undefined })}
            w={{ base: '100%', xs: 380 }}
          />
        </Group>
        {dropped > 0 && (
          <Alert color="gray">
            {t('failedEvents.dropped', { count: dropped, shown: format.number(dropped) })}
          </Alert>
        )}
        {totals.isSuccess && <ReplayAll filter={filter} count={countOf(known, filter)} />}
        {events.isPending && <Loading />}
        {events.isError && <Failure error={events.error} onRetry={() => void events.refetch()} />}
        {events.isSuccess && (
          <Card className="card-table">
            {items.length === 0 ? (
              <Empty
                icon={IconShieldCheck}
                title={
                  filter.source || filter.reason
                    ? t('failedEvents.noMatchTitle')
                    : t('failedEvents.emptyTitle')
                }
              >
                {filter.source || filter.reason
                  ? t('failedEvents.noMatch')
                  : t('failedEvents.empty')}
              </Empty>
            ) : (
              items.map((event) => (
                <FailedEventRow key={event.id} event={event} source={nameOf(event.source)} />
              ))
            )}
          </Card>
        )}
        {events.hasNextPage && (
          <Group>
            <Button
              variant="light"
              loading={events.isFetchingNextPage}
              onClick={() => void events.fetchNextPage()}
            >
              {t('list.more')}
            </Button>
          </Group>
        )}
      </Stack>
    </>
  )
}

type Totals = ApiFailedEventTotals['sources']

function sum(
  totals: Totals,
  { source }: FailedEventQuery,
  of: (totals: Totals[string]) => number,
): number {
  return Object.entries(totals)
    .filter(([id]) => source === undefined || id === source)
    .reduce((total, [, one]) => total + of(one), 0)
}

const countOf = (totals: Totals, filter: FailedEventQuery): number =>
  sum(totals, filter, ({ reasons }) =>
    Object.entries(reasons)
      .filter(([reason]) => filter.reason === undefined || reason === filter.reason)
      .reduce((total, [, count]) => total + count, 0),
  )

const reasonsOf = (totals: Totals): readonly string[] =>
  Object.values(totals).flatMap(({ reasons }) => Object.keys(reasons))

/** What is chosen stays visible, and can be cleared, also when no event of it is left. */
const withChosen = (values: readonly string[], chosen: string | undefined): readonly string[] =>
  [...new Set([...values, ...(chosen === undefined ? [] : [chosen])])].toSorted()
