import {
  Alert,
  Button,
  Card,
  Code,
  Group,
  Stack,
  Table,
  Tabs,
  Text,
  TextInput,
  VisuallyHidden,
} from '@mantine/core'
import { IconKey } from '@tabler/icons-react'
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../parts/api.ts'
import { ComputedTraits } from '../parts/computed-traits.tsx'
import { ConfirmButton } from '../parts/confirm.tsx'
import { ConsentSettings } from '../parts/consent-settings.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { Erasures } from '../parts/erasures.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { fieldErrors } from '../parts/problem.ts'
import { keysQuery } from '../parts/queries.ts'
import { ScoreSettings } from '../parts/score-settings.tsx'
import { Empty, Failure, Loaded, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'

/** Secret keys, rules of consent and the audit log. */
export default function Settings() {
  const { t } = useI18n()
  const { tab = 'keys' } = useSearch({ from: '/settings' })
  const navigate = useNavigate()
  return (
    <>
      <PageHead
        title={t('settings.title')}
        about={t('settings.about')}
        actions={
          <ButtonLink to="/settings/identity" variant="default">
            {t('settings.identity')}
          </ButtonLink>
        }
      />
      <Tabs
        value={tab}
        onChange={(next) => void navigate({ to: '/settings', search: { tab: next ?? undefined } })}
        keepMounted={false}
      >
        <Tabs.List mb="lg">
          <Tabs.Tab value="keys">{t('settings.keys')}</Tabs.Tab>
          <Tabs.Tab value="consent">{t('settings.consent')}</Tabs.Tab>
          <Tabs.Tab value="scores">{t('settings.scores')}</Tabs.Tab>
          <Tabs.Tab value="traits">{t('computedTraits.title')}</Tabs.Tab>
          <Tabs.Tab value="erasures">{t('settings.erasures')}</Tabs.Tab>
          <Tabs.Tab value="audit">{t('settings.audit')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="keys">
          <Keys />
        </Tabs.Panel>
        <Tabs.Panel value="consent">
          <ConsentSettings />
        </Tabs.Panel>
        <Tabs.Panel value="scores">
          <ScoreSettings />
        </Tabs.Panel>
        <Tabs.Panel value="traits">
          <ComputedTraits />
        </Tabs.Panel>
        <Tabs.Panel value="erasures">
          <Erasures />
        </Tabs.Panel>
        <Tabs.Panel value="audit">
          <Audit />
        </Tabs.Panel>
      </Tabs>
    </>
  )
}

function Keys() {
  const { t } = useI18n()
  const client = useQueryClient()
  const keys = useQuery(keysQuery)
  const [name, setName] = useState('')
  const refresh = () => void client.invalidateQueries({ queryKey: ['keys'] })
  const create = useMutation({
    mutationFn: () => api.keys.create({ name: name.trim() }),
    onSuccess: () => {
      setName('')
      refresh()
    },
  })
  return (
    <Stack gap="lg">
      <Card>
        <Text size="sm" mb="md">
          {t('keys.about')}
        </Text>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            create.mutate()
          }}
        >
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t('keys.name')}
              placeholder={t('keys.namePlaceholder')}
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={fieldErrors(create.error, ['name']).byField['name']}
              flex={1}
              miw={220}
            />
            <Button type="submit" loading={create.isPending}>
              {t('keys.create')}
            </Button>
          </Group>
        </form>
        {create.isError && (
          <Stack mt="md">
            <Failure error={create.error} />
          </Stack>
        )}
        {create.data?.key && (
          <Alert color="iris" mt="md" role="status" title={t('keys.madeTitle')}>
            <Stack gap="xs">
              <Text size="sm">{t('keys.made')}</Text>
              <CopyText text={create.data.key} label={create.data.name} />
            </Stack>
          </Alert>
        )}
      </Card>
      <Loaded query={keys}>
        {(items) => (
          <Card className="card-table">
            {items.length === 0 ? (
              <Empty icon={IconKey} title={t('keys.emptyTitle')}>
                {t('keys.empty')}
              </Empty>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('keys.name')}</Table.Th>
                    <Table.Th visibleFrom="xs">{t('keys.hint')}</Table.Th>
                    <Table.Th visibleFrom="sm">{t('keys.createdAt')}</Table.Th>
                    <Table.Th>
                      <VisuallyHidden>{t('keys.actions')}</VisuallyHidden>
                    </Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((key) => (
                    <Table.Tr key={key.id}>
                      <Table.Td className="breakable">{key.name}</Table.Td>
                      <Table.Td visibleFrom="xs">
                        <Code>…{key.hint}</Code>
                      </Table.Td>
                      <Table.Td visibleFrom="sm">
                        <When at={key.createdAt} as="date-time" />
                      </Table.Td>
                      <Table.Td ta="right">
                        <ConfirmButton
                          compact
                          label={t('keys.delete')}
                          title={t('keys.deleteTitle', { name: key.name })}
                          act={() => api.keys.remove(key.id)}
                          onDone={refresh}
                        >
                          {t('keys.deleteAbout')}
                        </ConfirmButton>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </Card>
        )}
      </Loaded>
    </Stack>
  )
}

function Audit() {
  const { t } = useI18n()
  const audit = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) => api.audit(pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
  })
  if (audit.isPending) return <Loading />
  if (audit.isError) return <Failure error={audit.error} onRetry={() => void audit.refetch()} />
  return (
    <Card className="card-table">
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('audit.at')}</Table.Th>
            <Table.Th>{t('audit.actor')}</Table.Th>
            <Table.Th>{t('audit.action')}</Table.Th>
            <Table.Th visibleFrom="sm">{t('audit.subject')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {audit.data.pages
            .flatMap((page) => page.items)
            .map(({ id, at, actor, action, subject }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <When at={at} as="date-time" />
                </Table.Td>
                <Table.Td className="breakable">{actor}</Table.Td>
                <Table.Td>
                  <Code className="breakable">{action}</Code>
                </Table.Td>
                <Table.Td visibleFrom="sm" className="breakable">
                  {subject}
                </Table.Td>
              </Table.Tr>
            ))}
        </Table.Tbody>
      </Table>
      {audit.hasNextPage && (
        <Button
          variant="subtle"
          m="md"
          loading={audit.isFetchingNextPage}
          onClick={() => void audit.fetchNextPage()}
        >
          {t('list.more')}
        </Button>
      )}
    </Card>
  )
}
