import { Button, Card, SegmentedControl } from '@mantine/core'
import { IconSend } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { api } from '../parts/api.ts'
import { DeliveryRow } from '../parts/delivery-row.tsx'
import { DELIVERY_STATES } from '../parts/delivery-states.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { overviewQuery } from '../parts/queries.ts'
import { Empty, Failure, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** What was sent, what waits, what went wrong; the live socket renews the list. */
export default function Deliveries() {
  const { t, format } = useI18n()
  const navigate = useNavigate()
  const wanted = useSearch({ from: '/deliveries' }).state
  const state = DELIVERY_STATES.find((item) => item === wanted)
  const counts = useQuery(overviewQuery).data?.deliveries
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', state ?? 'all'],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
      api.deliveries.list(state, pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: 20_000,
  })
  const items = deliveries.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHead title={t('deliveries.title')} about={t('deliveries.about')} />
      <SegmentedControl
        mb="lg"
        aria-label={t('deliveries.filter')}
        style={{ flexWrap: 'wrap' }}
        data={[
          { value: '', label: t('deliveries.all') },
          ...DELIVERY_STATES.map((item) => ({
            value: item,
            label: `${t(`deliveryState.${item}`)}${counts ? ` ${format.compact(counts[item])}` : ''}`,
          })),
        ]}
        value={state ?? ''}
        onChange={(next) =>
          void navigate({ to: '/deliveries', search: { state: next === '' ? undefined : next } })
        }
      />
      {deliveries.isPending && <Loading />}
      {deliveries.isError && (
        <Failure error={deliveries.error} onRetry={() => void deliveries.refetch()} />
      )}
      {deliveries.isSuccess && items.length === 0 && (
        <Card>
          <Empty
            icon={IconSend}
            title={state ? t('deliveries.noneOfState') : t('deliveries.emptyTitle')}
            action={
              !state && <ButtonLink to="/activations">{t('deliveries.toActivations')}</ButtonLink>
            }
          >
            {state ? t('deliveries.noneOfStateAbout') : t('deliveries.empty')}
          </Empty>
        </Card>
      )}
      {items.length > 0 && (
        <Card className="card-table">
          {items.map((item) => (
            <DeliveryRow key={item.id} delivery={item} />
          ))}
        </Card>
      )}
      {deliveries.hasNextPage && (
        <Button
          variant="light"
          mt="md"
          loading={deliveries.isFetchingNextPage}
          onClick={() => void deliveries.fetchNextPage()}
        >
          {t('list.more')}
        </Button>
      )}
    </>
  )
}
