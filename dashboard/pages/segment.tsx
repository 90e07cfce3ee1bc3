import { Badge, Button, Card, Code, Grid, Group, Stack, Table, Text, Title } from '@mantine/core'
import { IconPencil } from '@tabler/icons-react'
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import type { Condition } from '../../edge/protocol/condition.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { api } from '../parts/api.ts'
import { BackFillCard } from '../parts/back-fill-card.tsx'
import { CandidateCard } from '../parts/candidate-card.tsx'
import { ConfirmButton } from '../parts/confirm.tsx'
import { JsonView } from '../parts/json-view.tsx'
import { ButtonLink, TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import {
  activationsQuery,
  candidateQuery,
  experiencesQuery,
  overviewQuery,
} from '../parts/queries.ts'
import { SegmentChart } from '../parts/segment-chart.tsx'
import { SegmentReport } from '../parts/segment-report.tsx'
import { SegmentState, useSegmentSize } from '../parts/segment-size.tsx'
import { Failure, Loaded, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import type { Words } from '../parts/test-sentence.ts'
import { useSentence } from '../parts/use-sentence.ts'
import { Countdown, When } from '../parts/when.tsx'

/** One segment: its size over time, who is in it, where it is used. */
export default function Segment() {
  const { id } = useParams({ from: '/segments/$id' })
  const segment = useQuery({
    queryKey: ['segments', id],
    queryFn: () => api.segments.get(id),
    refetchInterval: ({ state }) => (state.data?.state === 'building' ? 1_500 : false),
  })
  return <Loaded query={segment}>{(found) => <View segment={found} />}</Loaded>
}

function View({ segment }: { readonly segment: ApiSegment }) {
  const { t, format } = useI18n()
  const sentenceOf = useSentence()
  const client = useQueryClient()
  const navigate = useNavigate()
  const overview = useQuery(overviewQuery)
  const size = useSegmentSize(segment)
  const activations = useQuery(activationsQuery)
  // Those that only leave its members out are no part of it.
  const tellers =
    activations.data?.filter((item) => item.segment === segment.id).map(({ name }) => name) ?? []
  const candidate = useQuery({ ...candidateQuery(segment.id), enabled: segment.candidate })
  const isCounting =
    segment.state === 'building' || (segment.candidate && candidate.data?.state === 'building')
  const history = overview.data?.segments.filter(({ id }) => id === segment.id) ?? []
  return (
    <>
      <PageHead
        title={segment.name}
        about={meaning(segment, sentenceOf, { t, format })}
        actions={
          <>
            <ConfirmButton
              label={t('segment.delete')}
              title={t('segment.deleteTitle', { name: segment.name })}
              act={() => api.segments.remove(segment.id, tellers.length > 0)}
              onDone={() => {
                void client.invalidateQueries({ queryKey: ['segments'], refetchType: 'none' })
                void client.invalidateQueries({ queryKey: activationsQuery.queryKey })
                void navigate({ to: '/segments' })
              }}
            >
              {t('segment.deleteAbout')}{' '}
              {tellers.length > 0 && t('segment.deleteTellers', { names: format.and(tellers) })}
            </ConfirmButton>
            <ButtonLink
              to="/segments/$id/edit"
              params={{ id: segment.id }}
              leftSection={<IconPencil size={16} />}
            >
              {t('segment.edit')}
            </ButtonLink>
          </>
        }
      />
      <Grid gap="lg">
        {isCounting && (
          <Grid.Col span={12}>
            <BackFillCard segment={segment} />
          </Grid.Col>
        )}
        {segment.candidate && (
          <Grid.Col span={12}>
            <CandidateCard segment={segment} />
          </Grid.Col>
        )}
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Card h="100%">
            <Group justify="space-between" align="flex-start">
              <div>
                <Text size="sm" c="dimmed">
                  {t('segment.people')}
                </Text>
                <Text className="figure" fz={40} fw={700} lh={1.1} aria-live="polite">
                  {format.number(size)}
                </Text>
              </div>
              <SegmentState segment={segment} />
            </Group>
            <SegmentChart
              segments={history}
              label={t('segment.evolution', { name: segment.name })}
              height={220}
            />
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack gap="lg">
            <Facts segment={segment} />
            <Uses segment={segment} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={12}>
          <SegmentReport segment={segment} />
        </Grid.Col>
        <Grid.Col span={12}>
          <Members segment={segment} />
        </Grid.Col>
      </Grid>
    </>
  )
}

function Facts({ segment }: { readonly segment: ApiSegment }) {
  const { t, format } = useI18n()
  return (
    <Card>
      <Stack gap="xs">
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('segment.key')}
          </Text>
          <Code>{segment.key}</Code>
        </Group>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('segment.version')}
          </Text>
          <Text size="sm">{format.number(segment.version)}</Text>
        </Group>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('segment.updated')}
          </Text>
          <When at={segment.updatedAt} size="sm" />
        </Group>
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            {t('segment.visibility')}
          </Text>
          <Group gap={6}>
            {segment.onDevice && <Badge color="cyan">{t('segment.onDeviceBadge')}</Badge>}
            <Badge color={segment.public ? 'cyan' : 'gray'}>
              {segment.public ? t('segment.publicBadge') : t('segment.privateBadge')}
            </Badge>
          </Group>
        </Group>
        <JsonView label={t('segment.json')} value={segment.condition} />
      </Stack>
    </Card>
  )
}

/** Experiences and activations that name the segment: what a change of it would reach. */
function Uses({ segment }: { readonly segment: ApiSegment }) {
  const { t } = useI18n()
  const experiences = useQuery(experiencesQuery)
  const activations = useQuery(activationsQuery)
  const shown = experiences.data?.filter((item) => item.segment === segment.id) ?? []
  const sent =
    activations.data?.filter(
      (item) => item.segment === segment.id || item.exclude.includes(segment.id),
    ) ?? []
  return (
    <Card>
      <Title order={2} mb="xs">
        {t('segment.uses')}
      </Title>
      {shown.length + sent.length === 0 ? (
        <Stack gap="xs" align="flex-start">
          <Text size="sm" c="dimmed">
            {t('segment.unused')}
          </Text>
          <TextLink to="/experiences/new" size="sm">
            {t('experiences.new')}
          </TextLink>
          <TextLink to="/activations" size="sm">
            {t('activations.new')}
          </TextLink>
        </Stack>
      ) : (
        <Stack gap={6}>
          {shown.map(({ id, name }) => (
            <TextLink key={id} to="/experiences/$id" params={{ id }} size="sm">
              {name}
            </TextLink>
          ))}
          {sent.map(({ id, name }) => (
            <TextLink key={id} to="/activations" size="sm">
              {name}
            </TextLink>
          ))}
        </Stack>
      )}
    </Card>
  )
}

function Members({ segment }: { readonly segment: ApiSegment }) {
  const { t } = useI18n()
  const members = useInfiniteQuery({
    queryKey: ['members', segment.id, segment.version],
    queryFn: ({ pageParam }: { pageParam: string | undefined }) =>
      api.segments.members(segment.id, pageParam),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.cursor,
    refetchInterval: 15_000,
  })
  const items = members.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <Card className="card-table">
      <Title order={2} px="lg" pt="lg" pb="xs">
        {t('members.title')}
      </Title>
      {members.isPending && <Loading rows={3} />}
      {members.isError && <Failure error={members.error} onRetry={() => void members.refetch()} />}
      {members.isSuccess && items.length === 0 && (
        <Text size="sm" c="dimmed" px="lg" pb="lg">
          {t('members.empty')}
        </Text>
      )}
      {items.length > 0 && (
        <Table highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('members.profile')}</Table.Th>
              <Table.Th>{t('members.entered')}</Table.Th>
              <Table.Th visibleFrom="sm">{t('members.leaves')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map(({ profile, enteredAt, until }) => (
              <Table.Tr key={profile}>
                <Table.Td>
                  <TextLink to="/profiles/$id" params={{ id: profile }} className="breakable">
                    {profile}
                  </TextLink>
                </Table.Td>
                <Table.Td>
                  <When at={enteredAt} />
                </Table.Td>
                <Table.Td visibleFrom="sm">
                  {until ? <Countdown until={until} /> : t('members.stays')}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {members.hasNextPage && (
        <Button
          variant="subtle"
          m="md"
          loading={members.isFetchingNextPage}
          onClick={() => void members.fetchNextPage()}
        >
          {t('list.more')}
        </Button>
      )}
    </Card>
  )
}

/** What the segment means, with the consent it needs. */
function meaning(
  { condition, purposes }: ApiSegment,
  sentenceOf: (condition: Condition) => string,
  { t, format }: Words,
): string {
  const sentence = sentenceOf(condition)
  if (purposes.length === 0) return sentence
  const names = purposes.map((purpose) =>
    t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose }),
  )
  return `${sentence} ${t('segment.needs', { purposes: format.and(names) })}`
}
