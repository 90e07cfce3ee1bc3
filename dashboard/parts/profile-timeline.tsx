import { Button, Card, Group, Select, Text, TextInput, Timeline, Title } from '@mantine/core'
import { IconClick, IconEye, IconId, IconShoppingBag } from '@tabler/icons-react'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiEvent, ApiTimeline } from '../../edge/protocol/api.ts'
import { api, type TimelineQuery } from './api.ts'
import { JsonView } from './json-view.tsx'
import { WebLink } from './link.tsx'
import { Failure, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useSourceName } from './use-source-name.ts'
import { When } from './when.tsx'

/** How many simple properties an entry shows before it is opened. */
const FACTS = 4

/** What the person did, newest first, narrowed by what and when, read further back on demand. */
export function ProfileTimeline({ profile }: { readonly profile: string }) {
  const { t } = useI18n()
  const [filter, setFilter] = useState<TimelineQuery>({})
  const events = useInfiniteQuery({
    queryKey: ['profile-events', profile, filter],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
      api.profiles.events(profile, filter, pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
    placeholderData: keepPreviousData,
  })
  const pages = events.data?.pages ?? []
  const shown = pages.flatMap((page) => page.items)
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('timeline.title')}
      </Title>
      <Filters filter={filter} counts={pages[0]?.counts} onChange={setFilter} />
      {events.isPending && <Loading rows={3} />}
      {events.isError && <Failure error={events.error} onRetry={() => void events.refetch()} />}
      {events.isSuccess &&
        (shown.length === 0 ? (
          <Group gap="sm">
            <Text size="sm" c="dimmed">
              {isFiltered ? t('timeline.noMatch') : t('timeline.empty')}
            </Text>
            {isFiltered && (
              <Button size="compact-sm" variant="light" onClick={() => setFilter({})}>
                {t('timeline.all')}
              </Button>
            )}
          </Group>
        ) : (
          <Timeline bulletSize={26} lineWidth={2}>
            {shown.map((event) => (
              <Entry key={`${event.source} ${event.id} ${event.timestamp}`} event={event} />
            ))}
          </Timeline>
        ))}
      {events.hasNextPage && (
        <Button
          variant="light"
          mt="md"
          loading={events.isFetchingNextPage}
          onClick={() => void events.fetchNextPage()}
        >
          {t('timeline.older')}
        </Button>
      )}
    </Card>
  )
}

function Filters(props: {
  readonly filter: TimelineQuery
  readonly counts: ApiTimeline['counts'] | undefined
  readonly onChange: (filter: TimelineQuery) => void
}) {
  const { t, format } = useI18n()
  const { filter, counts } = props
  const nameOf = useSourceName()
  const change = (part: TimelineQuery) => props.onChange({ ...filter, ...part })
  const choices = (of: { readonly [name: string]: number }, label = (name: string) => name) =>
    Object.entries(of)
      .sort(([, a], [, b]) => b - a)
      .map(([value, count]) => ({ value, label: `${label(value)} (${format.number(count)})` }))
  return (
    <Group gap="sm" mb="md" align="flex-end">
      <Select
        size="xs"
        label={t('timeline.event')}
        placeholder={t('timeline.anyEvent')}
        data={choices(counts?.events ?? {})}
        value={filter.event ?? null}
        onChange={(event) => change({ event: event ?? undefined })}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('timeline.anyEvent') }}
        w={{ base: '100%', xs: 200 }}
      />
      <Select
        size="xs"
        label={t('timeline.source')}
        placeholder={t('timeline.anySource')}
        data={choices(counts?.sources ?? {}, nameOf)}
        value={filter.source ?? null}
        onChange={(source) => change({ source: source ?? undefined })}
        clearable
        clearButtonProps={{ 'aria-label': t('timeline.anySource') }}
        w={{ base: '100%', xs: 180 }}
      />
      <TextInput
        size="xs"
        type="date"
        label={t('timeline.from')}
        value={filter.from ?? ''}
        max={filter.to}
        onChange={({ currentTarget: { value } }) => change({ from: value || undefined })}
      />
      <TextInput
        size="xs"
        type="date"
        label={t('timeline.to')}
        value={filter.to ?? ''}
        min={filter.from}
        onChange={({ currentTarget: { value } }) => change({ to: value || undefined })}
      />
    </Group>
  )
}

function Entry({ event, ...timeline }: { readonly event: ApiEvent }) {
  const { t, format } = useI18n()
  const { type } = event
  const { country, city, device, url } = event.context
  const source = useSourceName()(event.source)
  const facts = Object.entries(event.properties)
    .filter(([, value]) => typeof value !== 'object' && value !== '')
    .slice(0, FACTS)
    .map(
      ([name, value]) =>
        `${name}: ${typeof value === 'number' ? format.number(value) : String(value)}`,
    )
  const place = [city, country].filter((part) => part).join(', ')
  return (
    <Timeline.Item
      {...timeline}
      bullet={<EntryIcon event={event} />}
      title={
        <Text span fw={600} size="sm" className="breakable">
          {event.event}
        </Text>
      }
    >
      <Text size="xs" c="dimmed" className="breakable" component="div">
        <When at={event.timestamp} as="date-time" span />
        {[source, device, place]
          .filter((part) => part)
          .map((part) => ` · ${part}`)
          .join('')}
      </Text>
      {facts.length > 0 && (
        <Text size="sm" mt={2} className="breakable">
          {facts.join(' · ')}
        </Text>
      )}
      {type === 'page' && url && (
        <Text size="xs" component="div">
          <WebLink href={url} />
        </Text>
      )}
      <JsonView
        label={t('timeline.details')}
        value={{ properties: event.properties, context: event.context }}
      />
    </Timeline.Item>
  )
}

function EntryIcon({ event: { type, event } }: { readonly event: ApiEvent }) {
  const look = { size: 14, 'aria-hidden': true } as const
  if (type === 'identify' || type === 'alias') return <IconId {...look} />
  if (/order|cart|checkout|added/i.test(event)) return <IconShoppingBag {...look} />
  if (type === 'page' || type === 'screen' || event.endsWith('Viewed')) return <IconEye {...look} />
  return <IconClick {...look} />
}
