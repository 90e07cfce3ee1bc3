import { Button, Modal, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { CustomerQuery } from './api.ts'
import { api } from './api.ts'
import { TextLink } from './link.tsx'
import { Failure, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useMoney } from './use-money.ts'

/** People of one part of the grid, each with what they are scored by. */
export function CustomerList(props: {
  readonly title: string
  readonly wanted: CustomerQuery
  readonly currency: string
  readonly onClose: () => void
}) {
  const { t } = useI18n()
  return (
    <Modal
      opened
      onClose={props.onClose}
      title={props.title}
      size="lg"
      closeButtonProps={{ 'aria-label': t('confirm.close') }}
    >
      <List wanted={props.wanted} currency={props.currency} />
    </Modal>
  )
}

function List({ wanted, currency }: { readonly wanted: CustomerQuery; readonly currency: string }) {
  const { t, format } = useI18n()
  const money = useMoney(currency)
  const found = useInfiniteQuery({
    queryKey: ['customers', wanted],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
      api.scores.customers(wanted, pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
  })
  if (found.isPending) return <Loading />
  if (found.isError) return <Failure error={found.error} onRetry={() => void found.refetch()} />
  const items = found.data.pages.flatMap((page) => page.items)
  return (
    <>
      {items.length === 0 && !found.hasNextPage && <Text size="sm">{t('rfm.nobody')}</Text>}
      {items.length > 0 && (
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('rfm.person')}</Table.Th>
              <Table.Th ta="right">{t('rfm.days')}</Table.Th>
              <Table.Th ta="right">{t('scoreReport.orders')}</Table.Th>
              <Table.Th ta="right">{t('scoreReport.revenue')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ profile, recency, frequency, monetary }) => (
              <Table.Tr key={profile}>
                <Table.Td>
                  <TextLink to="/profiles/$id" params={{ id: profile }} className="breakable">
                    {profile}
                  </TextLink>
                </Table.Td>
                <Table.Td ta="right">{format.number(recency)}</Table.Td>
                <Table.Td ta="right">{format.number(frequency)}</Table.Td>
                <Table.Td ta="right">{money(monetary)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {found.hasNextPage && (
        <Button
          variant="subtle"
          mt="sm"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {t('list.more')}
        </Button>
      )}
    </>
  )
}
