import { Badge, Button, Card, Code, Progress, Table, Text } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ApiErasure } from '../../edge/protocol/api.ts'
import { ERASURE_COUNTS, ERASURE_STEPS } from '../../edge/protocol/erasure.ts'
import { api } from './api.ts'
import { Empty, Failure, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { When } from './when.tsx'

const COLOURS = { running: 'iris', done: 'teal', failed: 'red' } as const

/** Receipts of erasures, and how far those are that go on. Nothing here says who it was. */
export function Erasures() {
  const { t } = useI18n()
  const erasures = useInfiniteQuery({
    queryKey: ['erasures'],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => api.erasures(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some((one) => one.state === 'running'))
        ? 1_000
        : 30_000,
  })
  if (erasures.isPending) return <Loading />
  if (erasures.isError) {
    return <Failure error={erasures.error} onRetry={() => void erasures.refetch()} />
  }
  const items = erasures.data.pages.flatMap((page) => page.items)
  if (items.length === 0) {
    return (
      <Card>
        <Empty icon={IconEraser} title={t('erasures.emptyTitle')}>
          {t('erasures.empty')}
        </Empty>
      </Card>
    )
  }
  return (
    <Card className="card-table">
      <Table.ScrollContainer minWidth={720}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('erasures.receipt')}</Table.Th>
              <Table.Th>{t('erasures.state')}</Table.Th>
              <Table.Th>{t('erasures.requested')}</Table.Th>
              <Table.Th>{t('erasures.removed')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((erasure) => (
              <Row key={erasure.id} erasure={erasure} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {erasures.hasNextPage && (
        <Button
          variant="subtle"
          m="md"
          loading={erasures.isFetchingNextPage}
          onClick={() => void erasures.fetchNextPage()}
        >
          {t('list.more')}
        </Button>
      )}
    </Card>
  )
}

function Row({ erasure }: { readonly erasure: ApiErasure }) {
  const { t, format } = useI18n()
  const { id, state, step, requestedAt, doneAt, counts } = erasure
  const at = step === undefined ? 0 : ERASURE_STEPS.indexOf(step)
  const removed = ERASURE_COUNTS.filter((name) => counts[name] > 0).map((name) =>
    t(`erasures.counts.${name}`, { count: counts[name], shown: format.number(counts[name]) }),
  )
  return (
    <Table.Tr>
      <Table.Td>
        <Code className="breakable">{id}</Code>
      </Table.Td>
      <Table.Td>
        <Badge color={COLOURS[state]} miw="max-content">
          {t(`erasures.states.${state}`)}
        </Badge>
        {state !== 'done' && step !== undefined && (
          <>
            <Text size="xs" c="dimmed" mt={4}>
              {t(`erasures.steps.${step}`)}
            </Text>
            <Progress
              mt={4}
              value={(100 * at) / ERASURE_STEPS.length}
              aria-label={t('erasures.progress')}
            />
          </>
        )}
      </Table.Td>
      <Table.Td>
        <When at={requestedAt} as="date-time" size="sm" />
        {doneAt !== undefined && (
          <Text size="xs" c="dimmed">
            {t('erasures.done')} <When at={doneAt} as="date-time" span />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{removed.length === 0 ? '–' : format.and(removed)}</Text>
      </Table.Td>
    </Table.Tr>
  )
}
