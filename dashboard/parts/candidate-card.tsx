import { Badge, Card, Grid, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { ApiCandidate, Side } from '../../edge/protocol/candidate.ts'
import { api } from './api.ts'
import { ConfirmButton } from './confirm.tsx'
import { JsonView } from './json-view.tsx'
import { TextLink } from './link.tsx'
import { candidateQuery } from './queries.ts'
import { Failure, Loaded, Loading } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { useSentence } from './use-sentence.ts'
import { When } from './when.tsx'

/** The new version beside a segment: whom a switch to it would move, the switch itself, and the way back. */
export function CandidateCard({ segment }: { readonly segment: ApiSegment }) {
  const candidate = useQuery(candidateQuery(segment.id))
  return (
    <Loaded query={candidate}>{(found) => <Beside segment={segment} candidate={found} />}</Loaded>
  )
}

function Beside(props: { readonly segment: ApiSegment; readonly candidate: ApiCandidate }) {
  const { t, format } = useI18n()
  const sentenceOf = useSentence()
  const client = useQueryClient()
  const { segment, candidate } = props
  const { joiners, leavers } = candidate
  const isBuilding = candidate.state === 'building'
  const refresh = () => void client.invalidateQueries({ queryKey: ['segments'] })
  const figures = [
    ['size', format.number(candidate.size)],
    ['joiners', format.signed(joiners)],
    ['leavers', format.signed(-leavers)],
  ] as const
  return (
    <Card component="section" aria-labelledby="candidate-title">
      <Group justify="space-between" align="flex-start" mb="sm">
        <div>
          <Group gap="sm">
            <Title order={2} id="candidate-title">
              {t('candidate.title')}
            </Title>
            <Badge color={isBuilding ? 'orange' : 'teal'} miw="max-content">
              {isBuilding ? t('candidate.building') : t('candidate.ready')}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" maw={680}>
            {t('candidate.about')}
          </Text>
        </div>
        <Group gap="sm">
          <ConfirmButton
            label={t('candidate.discard')}
            title={t('candidate.discardTitle')}
            act={() => api.segments.candidate.discard(segment.id)}
            onDone={refresh}
          >
            {t('candidate.discardAbout')}
          </ConfirmButton>
          <ConfirmButton
            label={t('candidate.switch')}
            title={t('candidate.switchTitle', { name: segment.name })}
            act={() => api.segments.candidate.switch(segment.id, candidate.id)}
            onDone={refresh}
            primary
          >
            {t('candidate.switchAbout', {
              joiners: t('candidate.joining', { count: joiners, number: format.number(joiners) }),
              leavers: t('candidate.leaving', { count: leavers, number: format.number(leavers) }),
            })}{' '}
            {isBuilding && t('candidate.switchEarly')}
          </ConfirmButton>
        </Group>
      </Group>
      <Stack gap="md">
        <Text className="breakable">{sentenceOf(candidate.condition)}</Text>
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="md" aria-live="polite">
          {figures.map(([figure, text]) => (
            <div key={figure}>
              <Text size="sm" c="dimmed">
                {t(`candidate.${figure}`)}
              </Text>
              <Text className="figure" fz={28} fw={700} lh={1.2}>
                {text}
              </Text>
            </div>
          ))}
        </SimpleGrid>
        {isBuilding && (
          <Text size="sm" c="dimmed">
            {t('candidate.growing')}
          </Text>
        )}
        <Grid gap="lg">
          {(['joiners', 'leavers'] as const).map((side) => (
            <Grid.Col key={side} span={{ base: 12, sm: 6 }}>
              <People segment={segment} candidate={candidate} side={side} />
            </Grid.Col>
          ))}
        </Grid>
        <JsonView label={t('segment.json')} value={candidate.condition} />
      </Stack>
    </Card>
  )
}

/** Some of those who would join or leave, each a link to their page. */
function People(props: {
  readonly segment: ApiSegment
  readonly candidate: ApiCandidate
  readonly side: Side
}) {
  const { t } = useI18n()
  const { segment, candidate, side } = props
  const count = candidate[side]
  const people = useQuery({
    // Who it is changes with how many they are.
    queryKey: ['segments', segment.id, 'candidate', candidate.id, side, count],
    queryFn: () => api.segments.candidate.people(segment.id, side),
    placeholderData: (before) => before,
  })
  return (
    <section aria-label={t(`candidate.${side}`)}>
      <Title order={3} size="h5" mb={4}>
        {t(`candidate.${side}Sample`)}
      </Title>
      {people.isPending && <Loading rows={2} />}
      {people.isError && <Failure error={people.error} onRetry={() => void people.refetch()} />}
      {people.data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(`candidate.${side}None`)}
        </Text>
      )}
      <Stack gap={4}>
        {people.data?.items.map(({ profile, enteredAt }) => (
          <Group key={profile} gap="sm" justify="space-between" wrap="nowrap">
            <TextLink to="/profiles/$id" params={{ id: profile }} size="sm" className="breakable">
              {profile}
            </TextLink>
            {side === 'leavers' && <When at={enteredAt} size="sm" c="dimmed" />}
          </Group>
        ))}
      </Stack>
    </section>
  )
}
