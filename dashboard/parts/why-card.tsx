import { Card, Group, List, Select, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiClause, ApiWhy } from '../../edge/protocol/why.ts'
import { flipSentences } from './flip-sentence.ts'
import { TextLink } from './link.tsx'
import { segmentsQuery, whyQuery } from './queries.ts'
import { Failure, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useSentence } from './use-sentence.ts'
import { Countdown, When } from './when.tsx'

/** Why a person is in a segment or not, part by part, and the least that would change it. */
export function WhyCard({ profile }: { readonly profile: ApiProfile }) {
  const { t } = useI18n()
  const { data: segments = [] } = useQuery(segmentsQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  const [first] = profile.segments
  const segment = chosen ?? first?.id ?? null
  const members = new Set(profile.segments.map(({ id }) => id))
  const groups = [
    { group: t('why.in'), items: segments.filter(({ id }) => members.has(id)) },
    { group: t('why.out'), items: segments.filter(({ id }) => !members.has(id)) },
  ]
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('why.title')}
      </Title>
      <Select
        label={t('why.segment')}
        placeholder={t('why.choose')}
        data={groups
          .filter(({ items }) => items.length > 0)
          .map(({ group, items }) => ({
            group,
            items: items.map(({ id, name }) => ({ value: id, label: name })),
          }))}
        value={segment}
        onChange={setChosen}
        searchable
        allowDeselect={false}
        nothingFoundMessage={t('editor.noSegment')}
        mb="sm"
      />
      {segments.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('why.noSegments')}
        </Text>
      )}
      {segment !== null && <Explained profile={profile.id} segment={segment} />}
    </Card>
  )
}

function Explained(props: { readonly profile: string; readonly segment: string }) {
  const { t } = useI18n()
  const why = useQuery(whyQuery(props.profile, props.segment))
  if (why.isPending) return <Loading rows={3} />
  if (why.isError) return <Failure error={why.error} onRetry={() => void why.refetch()} />
  const { holds, until, clauses } = why.data
  return (
    <Stack gap="sm">
      <Group gap="xs" aria-live="polite">
        <Mark holds={holds} />
        <Text fw={600}>{t(holds ? 'why.member' : 'why.noMember')}</Text>
        {until !== undefined && (
          <Text size="sm" c="dimmed">
            {t(holds ? 'why.leaves' : 'why.enters')} <Countdown until={until} plain />
          </Text>
        )}
      </Group>
      <List listStyleType="none" spacing="xs" aria-label={t('why.parts')}>
        {clauses.map((clause) => (
          <ClauseItem key={clause.path} clause={clause} />
        ))}
      </List>
      <FlipText why={why.data} />
      <TextLink
        to="/segments/$id/edit"
        params={{ id: props.segment }}
        search={{ person: props.profile }}
        size="sm"
      >
        {t('why.example')}
      </TextLink>
    </Stack>
  )
}

function Mark({ holds }: { readonly holds: boolean }) {
  const { t } = useI18n()
  const label = t(holds ? 'why.holds' : 'why.fails')
  return (
    <ThemeIcon
      size={20}
      radius="xl"
      color={holds ? 'teal.8' : 'gray.7'}
      role="img"
      aria-label={label}
      title={label}
    >
      {holds ? <IconCheck size={14} aria-hidden /> : <IconX size={14} aria-hidden />}
    </ThemeIcon>
  )
}

function ClauseItem({ clause }: { readonly clause: ApiClause }) {
  const { t, format } = useI18n()
  const sentenceOf = useSentence()
  const { condition, holds, until, evidence, more, clauses } = clause
  const words =
    condition.type === 'all' || condition.type === 'any' || condition.type === 'not'
      ? t(`why.${condition.type}`)
      : sentenceOf(condition)
  return (
    <List.Item>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <Mark holds={holds} />
        <div style={{ minWidth: 0 }}>
          <Text size="sm" className="breakable">
            {words}
          </Text>
          {until !== undefined && (
            <Text size="xs" c="dimmed">
              {t('why.changes')} <Countdown until={until} plain />
            </Text>
          )}
          {evidence.map(({ id, event, at }) => (
            <Text key={id} size="xs" c="dimmed" className="breakable">
              {event} · <When at={at} span />
            </Text>
          ))}
          {more > 0 && (
            <Text size="xs" c="dimmed">
              {t('why.more', { count: more, shown: format.number(more) })}
            </Text>
          )}
        </div>
      </Group>
      {clauses !== undefined && clauses.length > 0 && (
        <List listStyleType="none" spacing="xs" mt="xs" pl="lg" withPadding={false}>
          {clauses.map((inner) => (
            <ClauseItem key={inner.path} clause={inner} />
          ))}
        </List>
      )}
    </List.Item>
  )
}

function FlipText({ why }: { readonly why: ApiWhy }) {
  const { t, format } = useI18n()
  const { flip, holds } = why
  if (flip === undefined) {
    return (
      <Text size="sm" c="dimmed">
        {t(why.until === undefined ? 'why.noFlip' : 'why.timeOnly')}
      </Text>
    )
  }
  return (
    <div>
      <Text size="sm" fw={600}>
        {t(holds ? 'why.wouldLeave' : 'why.wouldEnter')}
      </Text>
      <List size="sm">
        {flipSentences(flip, { t, format }).map((sentence) => (
          <List.Item key={sentence}>
            <span className="breakable">{sentence}</span>
          </List.Item>
        ))}
      </List>
    </div>
  )
}
