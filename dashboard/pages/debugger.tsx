import { Badge, Button, Card, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconBug, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { LiveEvent } from '../../edge/protocol/live.ts'
import { JsonView } from '../parts/json-view.tsx'
import { ButtonLink, TextLink } from '../parts/link.tsx'
import { useLive } from '../parts/live-context.tsx'
import type { Arrived } from '../parts/live-state.ts'
import { PageHead } from '../parts/page-head.tsx'
import { sourcesQuery } from '../parts/queries.ts'
import { Empty } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { VERDICT_STATUSES, VerdictBadge } from '../parts/verdict-badge.tsx'
import { When } from '../parts/when.tsx'

/** How many events are on the page at once. */
const SHOWN = 100

/** Each event as it arrives, with its verdict. */
export default function Debugger() {
  const { t } = useI18n()
  return (
    <>
      <PageHead
        title={t('debugger.title')}
        about={t('debugger.about')}
        actions={
          <ButtonLink to="/failed-events" search={{}} variant="light">
            {t('debugger.toFailed')}
          </ButtonLink>
        }
      />
      <LiveEvents />
    </>
  )
}

function LiveEvents() {
  const { t, format } = useI18n()
  const navigate = useNavigate()
  const { state } = useLive()
  const sources = useQuery(sourcesQuery)
  const wanted = useSearch({ from: '/debugger' }).source ?? null
  const [name, setName] = useState('')
  const [status, setStatus] = useState<string | null>(null)
  const [frozen, setFrozen] = useState<readonly Arrived<LiveEvent>[] | null>(null)
  const events = frozen ?? state.events
  const sought = name.trim().toLocaleLowerCase()
  const shown = events.filter(
    ({ item }) =>
      (wanted === null || item.source === wanted) &&
      (status === null || item.verdict.status === status) &&
      item.name.toLocaleLowerCase().includes(sought),
  )
  const missed = frozen === null ? 0 : (state.events[0]?.n ?? 0) - (frozen[0]?.n ?? 0)
  return (
    <Stack gap="lg">
      <Group align="flex-end" gap="sm">
        <Select
          label={t('debugger.source')}
          placeholder={t('debugger.allSources')}
          data={(sources.data ?? []).map((item) => ({ value: item.id, label: item.name }))}
          value={wanted}
          clearable
          clearButtonProps={{ 'aria-label': t('debugger.allSources') }}
          onChange={(next) =>
            void navigate({ to: '/debugger', search: { source: next ?? undefined } })
          }
          w={{ base: '100%', xs: 190 }}
        />
        <Select
          label={t('debugger.verdict')}
          placeholder={t('debugger.allVerdicts')}
          data={VERDICT_STATUSES.map((item) => ({ value: item, label: t(`verdict.${item}`) }))}
          value={status}
          clearable
          clearButtonProps={{ 'aria-label': t('debugger.allVerdicts') }}
          onChange={setStatus}
          w={{ base: '100%', xs: 190 }}
        />
        <TextInput
          label={t('debugger.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          flex={1}
          miw={160}
        />
        <Button
          variant={frozen ? 'filled' : 'default'}
          leftSection={frozen ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
          onClick={() => setFrozen(frozen ? null : state.events)}
        >
          {frozen
            ? t('debugger.resume', { count: missed, shown: format.number(missed) })
            : t('debugger.pause')}
        </Button>
      </Group>
      <Card className="card-table">
        {shown.length === 0 ? (
          <Empty
            icon={IconBug}
            title={events.length === 0 ? t('debugger.emptyTitle') : t('debugger.noMatchTitle')}
            action={
              events.length === 0 && (
                <ButtonLink to="/sources">{t('debugger.toSources')}</ButtonLink>
              )
            }
          >
            {events.length === 0 ? t('debugger.empty') : t('debugger.noMatch')}
          </Empty>
        ) : (
          <div role="log" aria-label={t('debugger.live')}>
            {shown.slice(0, SHOWN).map(({ n, item }) => (
              <EventRow
                key={n}
                event={item}
                source={sources.data?.find(({ id }) => id === item.source)?.name ?? item.source}
              />
            ))}
          </div>
        )}
      </Card>
    </Stack>
  )
}

function EventRow({ event, source }: { readonly event: LiveEvent; readonly source: string }) {
  const { t } = useI18n()
  const { verdict } = event
  return (
    <div className="row arriving">
      <Group gap="sm" justify="space-between">
        <Group gap="sm" flex={1} miw={220}>
          <VerdictBadge verdict={verdict} />
          <Text size="sm" fw={600} className="breakable">
            {event.name}
          </Text>
          <Badge color="gray">{event.type}</Badge>
        </Group>
        <Text size="xs" c="dimmed" component="div">
          {source} · <When at={event.receivedAt} as="time" span />
        </Text>
      </Group>
      {'reason' in verdict && (
        <Text size="sm" c="var(--mantine-color-error)" mt={4} className="breakable">
          {t(`reason.${verdict.reason}`)}
          {verdict.path && ` (${verdict.path})`}
        </Text>
      )}
      <Group gap="xs" mt={4}>
        <JsonView label={t('debugger.properties')} value={event.preview} />
        {event.profile && (
          <TextLink to="/profiles/$id" params={{ id: event.profile }} size="xs">
            {t('debugger.profile')}
          </TextLink>
        )}
      </Group>
    </div>
  )
}
