import {
  Badge,
  Button,
  Card,
  Group,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
import { IconSearch, IconUserSearch } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import { api } from '../parts/api.ts'
import { TextLink } from '../parts/link.tsx'
import { useLive } from '../parts/live-context.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { problemOf } from '../parts/problem.ts'
import { Empty, Failure } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'

const KINDS = ['email', ...DEFAULT_KINDS.map(({ kind }) => kind).filter((kind) => kind !== 'email')]
/** Prisme's own ids open the profile directly. */
const PROFILE_ID = /^prf_\w+$/

/** Finds one person by an identifier; below, who was active while the page was open. */
export default function Profiles() {
  const { t } = useI18n()
  const navigate = useNavigate()
  const client = useQueryClient()
  const wanted = useSearch({ from: '/profiles' })
  const [kind, setKind] = useState(wanted.kind ?? 'email')
  const [value, setValue] = useState(wanted.value ?? '')
  const found = useQuery({
    queryKey: ['profile-search', wanted.kind, wanted.value],
    queryFn: () => api.profiles.find(wanted.kind ?? 'email', wanted.value ?? ''),
    enabled: wanted.value !== undefined,
    retry: false,
    gcTime: 0,
  })
  const profile = found.data
  useEffect(() => {
    if (!profile) return
    client.setQueryData(['profiles', profile.id], profile)
    void navigate({ to: '/profiles/$id', params: { id: profile.id }, replace: true })
  }, [profile, client, navigate])
  const notFound = found.isError && problemOf(found.error).status === 404
  return (
    <>
      <PageHead title={t('profiles.title')} about={t('profiles.about')} />
      <Stack gap="lg">
        <Card>
          <form
            role="search"
            onSubmit={(event) => {
              event.preventDefault()
              const text = value.trim()
              if (PROFILE_ID.test(text)) {
                void navigate({ to: '/profiles/$id', params: { id: text } })
              } else void navigate({ to: '/profiles', search: { kind, value: text } })
            }}
          >
            <Group align="flex-end" gap="sm">
              <Select
                label={t('profiles.kind')}
                data={KINDS.map((item) => ({
                  value: item,
                  label: t(`kind.${item}` as 'kind.email', { defaultValue: item }),
                }))}
                value={kind}
                onChange={(next) => next && setKind(next)}
                allowDeselect={false}
                w={{ base: '100%', xs: 190 }}
              />
              <TextInput
                label={t('profiles.value')}
                placeholder={kind === 'email' ? 'demo-shopper@example.com' : ''}
                value={value}
                onChange={(event) => setValue(event.currentTarget.value)}
                required
                flex={1}
                miw={220}
              />
              <Button
                type="submit"
                leftSection={<IconSearch size={16} />}
                loading={found.isFetching}
              >
                {t('profiles.search')}
              </Button>
            </Group>
          </form>
        </Card>
        {notFound ? (
          <Card role="alert">
            <Empty icon={IconUserSearch} title={t('profiles.noneTitle')}>
              {t('profiles.none')}
            </Empty>
          </Card>
        ) : (
          found.isError && <Failure error={found.error} onRetry={() => void found.refetch()} />
        )}
        <RecentlyActive />
      </Stack>
    </>
  )
}

function RecentlyActive() {
  const { t } = useI18n()
  const { state } = useLive()
  const seen = new Map<string, { readonly at: number; readonly name: string }>()
  for (const { item } of state.events) {
    if (item.profile && !seen.has(item.profile)) {
      seen.set(item.profile, { at: item.receivedAt, name: item.name })
    }
  }
  const recent = [...seen].slice(0, 12)
  return (
    <Card className="card-table">
      <Title order={2} px="lg" pt="lg" pb="xs">
        {t('profiles.recent')}
      </Title>
      {recent.length === 0 ? (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          {t('profiles.recentEmpty')}
        </Text>
      ) : (
        <Table highlightOnHover>
          <Table.Tbody>
            {recent.map(([id, { at, name }]) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <TextLink to="/profiles/$id" params={{ id }} className="breakable">
                    {id}
                  </TextLink>
                </Table.Td>
                <Table.Td>
                  <Badge className="breakable">{name}</Badge>
                </Table.Td>
                <Table.Td ta="right">
                  <When at={at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Card>
  )
}
