import { Button, Card, Group, Stack, Table, Text, TextInput } from '@mantine/core'
import { IconBuilding, IconSearch } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiAccount } from '../../edge/protocol/api.ts'
import { nameOf } from '../parts/account-name.ts'
import { api } from '../parts/api.ts'
import { TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Empty, Failure, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'

/** Accounts that people belong to, in the order of their ids. */
export default function Accounts() {
  const { t } = useI18n()
  const accounts = useInfiniteQuery({
    queryKey: ['accounts', 'list'],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => api.accounts.list(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
  })
  const items = accounts.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <>
      <PageHead title={t('accounts.title')} about={t('accounts.about')} />
      <Stack gap="lg">
        <Finder />
        {accounts.isPending && <Loading />}
        {accounts.isError && (
          <Failure error={accounts.error} onRetry={() => void accounts.refetch()} />
        )}
        {accounts.isSuccess && (
          <Card className="card-table">
            {items.length === 0 ? (
              <Empty icon={IconBuilding} title={t('accounts.emptyTitle')}>
                {t('accounts.empty')}
              </Empty>
            ) : (
              <List items={items} />
            )}
            {accounts.hasNextPage && (
              <Button
                variant="subtle"
                m="md"
                loading={accounts.isFetchingNextPage}
                onClick={() => void accounts.fetchNextPage()}
              >
                {t('list.more')}
              </Button>
            )}
          </Card>
        )}
      </Stack>
    </>
  )
}

/** Opens one of many accounts by its id. */
function Finder() {
  const { t } = useI18n()
  const navigate = useNavigate()
  const [id, setId] = useState('')
  return (
    <Card>
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          if (id.trim()) void navigate({ to: '/accounts/$id', params: { id: id.trim() } })
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label={t('accounts.find')}
            value={id}
            onChange={(event) => setId(event.currentTarget.value)}
            required
            flex={1}
            miw={220}
          />
          <Button type="submit" leftSection={<IconSearch size={16} />}>
            {t('accounts.search')}
          </Button>
        </Group>
      </form>
    </Card>
  )
}

function List({ items }: { readonly items: readonly ApiAccount[] }) {
  const { t } = useI18n()
  return (
    <Table highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('accounts.id')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('account.traits')}</Table.Th>
          <Table.Th ta="right">{t('accounts.changed')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {items.map((account) => (
          <Table.Tr key={account.id}>
            <Table.Td>
              <TextLink
                to="/accounts/$id"
                params={{ id: account.id }}
                fw={600}
                className="breakable"
              >
                {nameOf(account) ?? account.id}
              </TextLink>
              {nameOf(account) !== undefined && (
                <Text size="xs" c="dimmed" className="breakable">
                  {account.id}
                </Text>
              )}
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Text size="sm" c="dimmed" lineClamp={1} className="breakable">
                {Object.keys(account.traits).join(' · ')}
              </Text>
            </Table.Td>
            <Table.Td ta="right">{account.updatedAt && <When at={account.updatedAt} />}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
