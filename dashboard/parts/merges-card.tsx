import { Card, Group, Stack, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { api } from './api.ts'
import { ConfirmButton } from './confirm.tsx'
import { TextLink } from './link.tsx'
import { useI18n } from './use-i18n.ts'
import { useNotice } from './use-notice.ts'
import { When } from './when.tsx'

/** Profiles that became this one, and pairs that were separated; each can be taken back. */
export function MergesCard({ profile }: { readonly profile: ApiProfile }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const notice = useNotice()
  const { merges, graph } = profile
  const done = (message: string) => {
    notice(message)
    void client.invalidateQueries({ queryKey: ['profiles'] })
    void client.invalidateQueries({ queryKey: ['profile-events'] })
  }
  if (merges.length === 0 && graph.separations.length === 0) return null
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('merges.title')}
      </Title>
      <Stack gap="sm">
        {merges.map(({ id, other, at, through }) => (
          <Group key={id} justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text size="sm" className="breakable">
                {t('merges.with', { other })}
              </Text>
              <Text size="xs" c="dimmed" className="breakable">
                {t('merges.through', { through: kindName(t, through) })} · <When at={at} span />
              </Text>
            </div>
            <ConfirmButton
              compact
              label={t('merges.undo')}
              title={t('merges.undoTitle')}
              act={() => api.profiles.unmerge(profile.id, id)}
              onDone={() => done(t('merges.undone'))}
            >
              {t('merges.undoAbout')}
            </ConfirmButton>
          </Group>
        ))}
        {graph.separations.map(({ id, at, from, to }) => (
          <Group key={id} justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text size="sm" className="breakable">
                {t('merges.separated', {
                  one: valueAt(profile, from),
                  other: valueAt(profile, to),
                })}
              </Text>
              <Text size="xs" c="dimmed">
                <When at={at} span />
                {othersOf(profile, [from, to]).map((other) => (
                  <span key={other}>
                    {' · '}
                    <TextLink
                      to="/profiles/$id"
                      params={{ id: other }}
                      size="xs"
                      underline="always"
                    >
                      {t('merges.otherProfile')}
                    </TextLink>
                  </span>
                ))}
              </Text>
            </div>
            <ConfirmButton
              compact
              label={t('merges.allow')}
              title={t('merges.allowTitle')}
              act={() => api.profiles.rejoin(profile.id, id)}
              onDone={() => done(t('merges.allowed'))}
            >
              {t('merges.allowAbout')}
            </ConfirmButton>
          </Group>
        ))}
      </Stack>
    </Card>
  )
}

const kindName = (t: ReturnType<typeof useI18n>['t'], kind: string): string =>
  t(`kind.${kind}` as 'kind.email', { defaultValue: kind })

const valueAt = ({ graph }: ApiProfile, at: number): string => graph.nodes[at]?.value ?? '–'

const othersOf = ({ id, graph }: ApiProfile, places: readonly number[]): readonly string[] => [
  ...new Set(
    places.flatMap((at) => graph.nodes[at]?.profile ?? []).filter((profile) => profile !== id),
  ),
]
