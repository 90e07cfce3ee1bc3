import { Button, Card, Grid, Group, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { ApiAccountDetail } from '../../edge/protocol/api.ts'
import { nameOf } from '../parts/account-name.ts'
import { api } from '../parts/api.ts'
import { CopyText } from '../parts/copy-text.tsx'
import { TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { TraitsCard } from '../parts/profile-cards.tsx'
import { Failure, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'

/** What is known of one account, and who belongs to it. */
export default function Account() {
  const { t } = useI18n()
  const { id } = useParams({ from: '/accounts/$id' })
  const account = useInfiniteQuery({
    queryKey: ['accounts', id],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => api.accounts.get(id, pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.members.cursor,
    refetchInterval: 30_000,
  })
  const [latest] = account.data?.pages ?? []
  if (account.isError) {
    return <Failure error={account.error} onRetry={() => void account.refetch()} />
  }
  if (latest === undefined) return <Loading />
  const name = nameOf(latest)
  return (
    <>
      <PageHead
        title={name ?? latest.id}
        about={
          <Group gap="xs">
            <CopyText text={latest.id} label={t('account.id')} />
          </Group>
        }
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <TraitsCard profile={latest} empty={t('account.noTraits')} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Members
            count={latest.members.count}
            items={account.data?.pages.flatMap(({ members }) => members.items) ?? []}
          >
            {account.hasNextPage && (
              <Button
                variant="subtle"
                m="md"
                loading={account.isFetchingNextPage}
                onClick={() => void account.fetchNextPage()}
              >
                {t('list.more')}
              </Button>
            )}
          </Members>
        </Grid.Col>
      </Grid>
    </>
  )
}

function Members(props: {
  readonly count: number
  readonly items: ApiAccountDetail['members']['items']
  readonly children: ReactNode
}) {
  const { t, format } = useI18n()
  const { count, items } = props
  return (
    <Card className="card-table">
      <Title order={2} px="lg" pt="lg" pb="xs">
        {t('account.members', { count, shown: format.number(count) })}
      </Title>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          {t('account.noMembers')}
        </Text>
      ) : (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('members.profile')}</Table.Th>
              <Table.Th>{t('profile.memberSince')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('account.seen')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ profile, firstSeen, lastSeen }) => (
              <Table.Tr key={profile}>
                <Table.Td>
                  <TextLink to="/profiles/$id" params={{ id: profile }} className="breakable">
                    {profile}
                  </TextLink>
                </Table.Td>
                <Table.Td>
                  <When at={firstSeen} />
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  <When at={lastSeen} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {props.children}
    </Card>
  )
}
