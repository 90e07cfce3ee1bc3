import { Button, Card, Group, Text, TextInput, Timeline, Title } from '@mantine/core'
import { IconClick, IconEye, IconId, IconShoppingBag } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiEvent, ApiProfile } from '../../edge/protocol/api.ts'
import { api } from './api.ts'
import { JsonView } from './json-view.tsx'
import { WebLink } from './link.tsx'
import { sourcesQuery } from './queries.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { When } from './when.tsx'

/** How many simple properties an entry shows before it is opened. */
const FACTS = 4

/** What the person did, newest first, read further back on demand. */
export function ProfileTimeline({ profile }: { readonly profile: ApiProfile }) {
  const { t } = useI18n()
  const [name, setName] = useState('')
  const older = useInfiniteQuery({
    queryKey: ['profile-events', profile.id, profile.eventsCursor ?? ''],
    queryFn: ({ pageParam }) => api.profiles.get(profile.id, pageParam),
    initialPageParam: profile.eventsCursor,
    getNextPageParam: (page) => page.eventsCursor,
    // The first page came with the profile.
    enabled: false,
  })
  const events = [...profile.events, ...(older.data?.pages.flatMap((page) => page.events) ?? [])]
  const wanted = name.trim().toLocaleLowerCase()
  const shown = events.filter((event) => event.event.toLocaleLowerCase().includes(wanted))
  const more = older.data ? older.hasNextPage : profile.eventsCursor !== undefined
  return (
    <Card>
      <Group justify="space-between" mb="md">
        <Title order={2}>{t('timeline.title')}</Title>
        <TextInput
          size="xs"
          aria-label={t('timeline.filter')}
          placeholder={t('timeline.filter')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </Group>
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          {events.length === 0 ? t('timeline.empty') : t('timeline.noMatch')}
        </Text>
      ) : (
        <Timeline bulletSize={26} lineWidth={2}>
          {shown.map((event) => (
            <Entry key={event.id} event={event} />
          ))}
        </Timeline>
      )}
      {older.isError && <Failure error={older.error} />}
      {more && (
        <Button
          variant="light"
          mt="md"
          loading={older.isFetching}
          onClick={() => void older.fetchNextPage()}
        >
          {t('timeline.older')}
        </Button>
      )}
    </Card>
  )
}

function Entry({ event, ...timeline }: { readonly event: ApiEvent }) {
  const { t, format } = useI18n()
  const { type } = event
  const { country, city, device, url } = event.context
  const sources = useQuery(sourcesQuery)
  const source = sources.data?.find(({ id }) => id === event.source)?.name ?? event.source
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
