import { Card, Grid, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ApiOverview } from '../../edge/protocol/api.ts'
import type { SourceCounts } from '../../edge/protocol/live.ts'
import { DeliveryStates } from '../parts/delivery-states.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { useLive } from '../parts/live-context.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { overviewQuery } from '../parts/queries.ts'
import { SegmentChart } from '../parts/segment-chart.tsx'
import { SegmentTiles } from '../parts/segment-tiles.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { TransitionFeed } from '../parts/transition-feed.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { VerdictBars } from '../parts/verdict-bars.tsx'

/** How many segments one chart tells apart. */
const CHARTED = 5

/** What is happening now. */
export default function Overview() {
  const { t } = useI18n()
  const overview = useQuery(overviewQuery)
  return (
    <>
      <PageHead title={t('overview.title')} about={t('overview.about')} />
      <Loaded query={overview}>{(data) => <View overview={data} />}</Loaded>
    </>
  )
}

function View({ overview }: { readonly overview: ApiOverview }) {
  const { t, format } = useI18n()
  const { state } = useLive()
  const counts = total(Object.keys(state.sources).length > 0 ? state.sources : overview.sources)
  const received = counts.accepted + counts.duplicate + counts.rejected + counts.failed
  const largest = overview.segments
    .toSorted((a, b) => (state.sizes[b.id] ?? b.size) - (state.sizes[a.id] ?? a.size))
    .slice(0, CHARTED)
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing={{ base: 'sm', sm: 'lg' }}>
        <Figure
          label={t('overview.people')}
          value={format.number(state.population ?? overview.population)}
        />
        <Figure label={t('overview.segments')} value={format.number(overview.segments.length)} />
        <Figure label={t('overview.events')} value={format.number(received)} />
        <Figure
          label={t('overview.delivered')}
          value={format.number(overview.deliveries.delivered)}
        />
      </SimpleGrid>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Card h="100%">
            <Title order={2} mb="md">
              {t('overview.sizes')}
            </Title>
            {overview.segments.length === 0 ? (
              <Empty
                icon={IconUsersGroup}
                title={t('segments.emptyTitle')}
                action={<ButtonLink to="/segments/new">{t('segments.new')}</ButtonLink>}
              >
                {t('segments.empty')}
              </Empty>
            ) : (
              <Stack gap="lg">
                <SegmentChart segments={largest} label={t('overview.sizesChart')} />
                <SegmentTiles segments={overview.segments} charted={largest.map(({ id }) => id)} />
              </Stack>
            )}
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <TransitionFeed names={new Map(overview.segments.map(({ id, name }) => [id, name]))} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Card h="100%">
            <Group justify="space-between" mb="md">
              <Title order={2}>{t('overview.verdicts')}</Title>
              <ButtonLink to="/debugger" variant="subtle" size="compact-sm">
                {t('overview.toDebugger')}
              </ButtonLink>
            </Group>
            <VerdictBars counts={counts} />
          </Card>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Card h="100%">
            <Group justify="space-between" mb="md">
              <Title order={2}>{t('overview.deliveries')}</Title>
              <ButtonLink to="/deliveries" variant="subtle" size="compact-sm">
                {t('overview.toDeliveries')}
              </ButtonLink>
            </Group>
            <DeliveryStates counts={overview.deliveries} />
          </Card>
        </Grid.Col>
      </Grid>
    </Stack>
  )
}

function Figure(props: { readonly label: string; readonly value: string }) {
  return (
    <Card padding="md">
      <Text size="sm" c="dimmed">
        {props.label}
      </Text>
      <Text className="figure" fz={28} fw={700} lh={1.25}>
        {props.value}
      </Text>
    </Card>
  )
}

function total(sources: { readonly [source: string]: SourceCounts }): SourceCounts {
  let [accepted, duplicate, rejected, failed, replayed] = [0, 0, 0, 0, 0]
  for (const counts of Object.values(sources)) {
    accepted += counts.accepted
    duplicate += counts.duplicate
    rejected += counts.rejected
    failed += counts.failed
    replayed += counts.replayed
  }
  return { accepted, duplicate, rejected, failed, replayed }
}
