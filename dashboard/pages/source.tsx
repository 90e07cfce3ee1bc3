import { Alert, Card, Code, Grid, Group, Stack, Tabs, Text, TextInput, Title } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiSource } from '../../edge/protocol/api.ts'
import { api } from '../parts/api.ts'
import { ConfirmButton } from '../parts/confirm.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { ButtonLink, TextLink } from '../parts/link.tsx'
import { useLive } from '../parts/live-context.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { sessionQuery } from '../parts/queries.ts'
import { serverExample, snippet } from '../parts/snippet.ts'
import { SourceForm } from '../parts/source-form.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { VerdictBars } from '../parts/verdict-bars.tsx'
import { When } from '../parts/when.tsx'

/** How to install one source, whether it works, and its settings. */
export default function Source() {
  const { id } = useParams({ from: '/sources/$id' })
  const source = useQuery({
    queryKey: ['sources', id],
    queryFn: () => api.sources.get(id),
    refetchInterval: ({ state }) => (state.data?.firstEventAt ? 30_000 : 3_000),
  })
  return <Loaded query={source}>{(found) => <View source={found} />}</Loaded>
}

function View({ source }: { readonly source: ApiSource }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { state } = useLive()
  return (
    <>
      <PageHead
        title={source.name}
        about={`${t(`source.kinds.${source.kind}`)} · ${t(`source.consents.${source.consent}`)}`}
        actions={
          <>
            <ConfirmButton
              label={t('source.delete')}
              title={t('source.deleteTitle', { name: source.name })}
              act={() => api.sources.remove(source.id)}
              onDone={() => {
                void client.invalidateQueries({ queryKey: ['sources'] })
                void navigate({ to: '/sources' })
              }}
            >
              {t('source.deleteAbout')}
            </ConfirmButton>
            <ButtonLink to="/debugger" search={{ source: source.id }} variant="light">
              {t('source.toDebugger')}
            </ButtonLink>
          </>
        }
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <FirstEvent source={source} />
            <Install source={source} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <Card>
              <Title order={2} mb="md">
                {t('source.counts')}
              </Title>
              <VerdictBars counts={state.sources[source.id] ?? source.counts} />
            </Card>
            <Card>
              <Title order={2} mb="md">
                {t('source.settings')}
              </Title>
              <SourceForm
                key={`${source.id} ${source.tokenAlgorithms.join()}`}
                initial={source}
                save={(input) => api.sources.replace(source.id, input)}
                onSaved={() => undefined}
              />
            </Card>
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

/** Waits for the first event, and says so the moment it is there. */
function FirstEvent({ source }: { readonly source: ApiSource }) {
  const { t } = useI18n()
  const { state } = useLive()
  const live = state.events.findLast(
    ({ item }) => item.source === source.id && item.verdict.status === 'accepted',
  )
  const first = source.firstEventAt ?? live?.item.receivedAt
  return (
    <div role="status">
      {first ? (
        <Alert color="teal" icon={<IconCircleCheck />} title={t('install.received')}>
          {t('install.firstAt')} <When at={first} as="date-time" span />
        </Alert>
      ) : (
        <Alert
          color="orange"
          icon={<span className="live-dot" data-status="live" />}
          title={t('install.waiting')}
        >
          {t('install.waitingAbout')}
        </Alert>
      )}
    </div>
  )
}

function Install({ source }: { readonly source: ApiSource }) {
  const { t } = useI18n()
  const session = useQuery(sessionQuery)
  const [typed, setTyped] = useState<string | null>(null)
  const origin = typed ?? session.data?.edgeOrigin ?? ''
  if (source.writeKey === undefined) {
    return (
      <Card>
        <Title order={2} mb="xs">
          {t('install.server')}
        </Title>
        <Text size="sm" mb="sm">
          {t('install.secretKey')} <TextLink to="/settings">{t('shell.pages.settings')}</TextLink>
        </Text>
        <CopyText text={serverExample(origin, 'SECRET_KEY')} label={t('install.server')} />
      </Card>
    )
  }
  return (
    <Card>
      <Stack>
        <Title order={2}>{t('install.title')}</Title>
        {!session.data?.edgeOrigin && (
          <TextInput
            label={t('install.origin')}
            description={t('install.originAbout')}
            type="url"
            placeholder="https://data.example.com"
            value={origin}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Tabs defaultValue={source.kind === 'server' ? 'server' : 'page'}>
          <Tabs.List mb="md">
            <Tabs.Tab value="page">{t('install.page')}</Tabs.Tab>
            <Tabs.Tab value="calls">{t('install.calls')}</Tabs.Tab>
            <Tabs.Tab value="server">{t('install.server')}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="page">
            <Text size="sm" mb="sm">
              {t('install.pageAbout')}
            </Text>
            <CopyText text={snippet(origin, source.writeKey)} label={t('install.page')} />
            <Text size="sm" c="dimmed" mt="md">
              {t('install.automatic')}
            </Text>
          </Tabs.Panel>
          <Tabs.Panel value="calls">
            <Text size="sm" mb="sm">
              {t('install.callsAbout')}
            </Text>
            <CopyText text={CALLS} label={t('install.calls')} />
          </Tabs.Panel>
          <Tabs.Panel value="server">
            <Text size="sm" mb="sm">
              {t('install.serverAbout')}
            </Text>
            <CopyText text={serverExample(origin, source.writeKey)} label={t('install.server')} />
          </Tabs.Panel>
        </Tabs>
        <Group justify="space-between">
          <div>
            <Text size="sm" fw={600}>
              {t('install.writeKey')}
            </Text>
            <Text size="xs" c="dimmed">
              {t('install.writeKeyAbout')}
            </Text>
          </div>
          <CopyText text={source.writeKey} label={t('install.writeKey')} />
        </Group>
        <Text size="xs" c="dimmed">
          {t('install.attribute')} <Code>data-prisme-event="Button Clicked"</Code>
        </Text>
      </Stack>
    </Card>
  )
}

const CALLS = `prisme('track', 'Product Viewed', { product_id: '42', category: 'shoes' })
prisme('identify', 'user-7', { email: 'demo-shopper@example.com' }, { userToken })
prisme('consent', { analytics: true, personalization: true })
prisme('reset')`
