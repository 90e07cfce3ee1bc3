import { Badge, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ExamplePerson } from '../../edge/protocol/example.ts'
import type { ApiReadySegment } from '../../edge/protocol/ready-segment.ts'
import { conditionSentence } from './condition-sentence.ts'
import { EventSeen } from './event-seen.tsx'
import { ButtonLink } from './link.tsx'
import { segmentsQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** What a ready segment means, needs and is right about, and the way to use it. */
export function ReadySegmentPanel(props: {
  readonly ready: ApiReadySegment
  /** All of them: it may be made of others. */
  readonly library: readonly ApiReadySegment[]
}) {
  const { t, format } = useI18n()
  const { data: own } = useQuery(segmentsQuery)
  const { ready, library } = props
  const { needs, parameters, examples } = ready
  const nameOf = (key: string) =>
    own?.find((one) => one.key === key)?.name ?? library.find((one) => one.key === key)?.name
  const missing = own && needs.segments.find((key) => !own.some((one) => one.key === key))
  const kinds = [
    ['properties', needs.properties],
    ['traits', needs.traits],
    ['accountTraits', needs.accountTraits],
  ] as const
  return (
    <Stack gap="md">
      <Text className="breakable">{conditionSentence(ready.condition, t, format, nameOf)}</Text>
      <Part title={t('library.needs')}>
        <List size="sm" spacing={4}>
          {needs.events.map((event) => (
            <List.Item key={event}>
              <EventSeen event={event} />
            </List.Item>
          ))}
          {kinds
            .filter(([, names]) => names.length > 0)
            .map(([kind, names]) => (
              <List.Item key={kind}>{t(`library.${kind}`, { names: format.and(names) })}</List.Item>
            ))}
        </List>
      </Part>
      <Part title={t('library.adapt')}>
        <Text size="sm">{format.and(parameters.map(({ name }) => name))}</Text>
      </Part>
      <Part title={t('library.people')}>
        <List listStyleType="none" size="sm" spacing={8}>
          {examples.map((person) => (
            <List.Item key={person.name}>
              <Golden person={person} />
            </List.Item>
          ))}
        </List>
      </Part>
      {missing === undefined ? (
        <ButtonLink
          to="/segments/new"
          search={{ from: ready.key }}
          rightSection={<IconArrowRight size={16} />}
          aria-label={t('library.useNamed', { name: ready.name })}
          style={{ alignSelf: 'flex-start' }}
        >
          {t('library.use')}
        </ButtonLink>
      ) : (
        <NeedsFirst segment={missing} name={nameOf(missing) ?? missing} />
      )}
    </Stack>
  )
}

/** It is made of another ready segment that is not there. */
export function NeedsFirst(props: { readonly segment: string; readonly name: string }) {
  const { t } = useI18n()
  const { segment, name } = props
  return (
    <div>
      <Text size="sm" mb="xs">
        {t('library.madeOf', { name })}
      </Text>
      <ButtonLink to="/segments/new" search={{ from: segment }} variant="light">
        {t('library.useFirst', { name })}
      </ButtonLink>
    </div>
  )
}

function Part(props: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div>
      <Title order={3} size="h5" mb={4}>
        {props.title}
      </Title>
      {props.children}
    </div>
  )
}

function Golden({ person }: { readonly person: ExamplePerson }) {
  const { t, format } = useI18n()
  const asked = Date.parse(person.at)
  const facts = [
    ...person.events.map(({ event, timestamp }) => {
      const ago = asked - Date.parse(timestamp)
      return ago === 0
        ? t('library.didNow', { event })
        : t('library.did', { event, span: format.span(ago) })
    }),
    ...Object.entries({ ...person.traits }).map(([name, value]) => `${name}: ${String(value)}`),
    ...(person.accounts ?? []).flatMap(({ traits = {} }) =>
      Object.entries(traits).map(([name, value]) => `${name}: ${String(value)}`),
    ),
  ]
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <Badge
        color={person.matches ? 'teal' : 'gray'}
        variant="light"
        autoContrast
        style={{ flexShrink: 0 }}
      >
        {t(person.matches ? 'library.in' : 'library.out')}
      </Badge>
      <div style={{ minWidth: 0 }}>
        <Text size="sm">{person.name}</Text>
        <Text size="xs" c="dimmed" className="breakable">
          {facts.join(' · ')}
        </Text>
      </div>
    </Group>
  )
}
