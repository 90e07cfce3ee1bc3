import { Grid, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useEffect } from 'react'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { api } from '../parts/api.ts'
import { ComputedTraitsCard } from '../parts/computed-traits-card.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { useLive } from '../parts/live-context.tsx'
import { IdentityGraph } from '../parts/identity-graph.tsx'
import { MergesCard } from '../parts/merges-card.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { PressureCard } from '../parts/pressure-card.tsx'
import { PrivacyCard } from '../parts/privacy-card.tsx'
import {
  ConsentCard,
  DevicesCard,
  GroupsCard,
  IdentifiersCard,
  SegmentsCard,
  TraitsCard,
} from '../parts/profile-cards.tsx'
import { ProfileTimeline } from '../parts/profile-timeline.tsx'
import { saidTraits } from '../parts/said-traits.ts'
import { ScoresCard } from '../parts/scores-card.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'
import { WhyCard } from '../parts/why-card.tsx'

/** Everything known of one person. */
export default function Profile() {
  const { id } = useParams({ from: '/profiles/$id' })
  const { state } = useLive()
  const profile = useQuery({
    queryKey: ['profiles', id],
    queryFn: () => api.profiles.get(id),
    refetchInterval: 30_000,
  })
  // Something just happened to this person: look again.
  const latest =
    state.events.find(({ item }) => item.profile === id)?.n ??
    state.transitions.find(({ item }) => item.profile === id)?.n
  const { refetch } = profile
  const client = useQueryClient()
  useEffect(() => {
    if (latest === undefined) return
    void refetch()
    void client.invalidateQueries({ queryKey: ['profile-events', id] })
  }, [latest, refetch, client, id])
  return <Loaded query={profile}>{(found) => <View profile={found} />}</Loaded>
}

function View({ profile }: { readonly profile: ApiProfile }) {
  const { t } = useI18n()
  const title = titleOf(profile) ?? t('profile.anonymous')
  return (
    <>
      <PageHead
        title={title}
        about={
          <Stack gap={4}>
            <Group gap="xs">
              <CopyText text={profile.id} label={t('profile.id')} />
            </Group>
            <Text size="sm" span>
              {t('profile.seen')} <When at={profile.lastSeenAt} span /> · {t('profile.known')}{' '}
              <When at={profile.createdAt} as="date-time" span />
            </Text>
          </Stack>
        }
      />
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 5 }}>
          <Stack gap="lg">
            <SegmentsCard profile={profile} />
            <ScoresCard profile={profile} />
            <PressureCard profile={profile.id} />
            <WhyCard profile={profile} />
            <IdentifiersCard profile={profile} />
            <ComputedTraitsCard profile={profile} />
            <TraitsCard profile={{ ...profile, traits: saidTraits(profile) }} />
            <GroupsCard profile={profile} />
            <ConsentCard profile={profile} />
            <PrivacyCard profile={profile.id} name={title} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack gap="lg">
            <DevicesCard profile={profile} />
            <IdentityGraph profile={profile} />
            <MergesCard profile={profile} />
            <ProfileTimeline profile={profile.id} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  )
}

/** The readable name or address of a person, if there is one. */
function titleOf({ traits, identifiers }: ApiProfile): string | undefined {
  const names = [traits['firstName'], traits['lastName']].filter((part) => typeof part === 'string')
  if (names.length > 0) return names.join(' ')
  if (typeof traits['name'] === 'string' && traits['name'] !== '') return traits['name']
  return (
    identifiers.find(({ kind }) => kind === 'email')?.value ??
    identifiers.find(({ kind }) => kind === 'userId')?.value
  )
}
