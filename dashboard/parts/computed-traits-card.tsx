import { Card, Group, Stack, Text, Title } from '@mantine/core'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { computedSentence } from './computed-trait-sentence.ts'
import { ComputedValue } from './computed-value.tsx'
import { TextLink } from './link.tsx'
import { useI18n } from './use-i18n.ts'

/** What follows from what a person did, by what, and until when. */
export function ComputedTraitsCard({ profile }: { readonly profile: ApiProfile }) {
  const { t, format } = useI18n()
  if (profile.computedTraits.length === 0) return null
  return (
    <Card component="section" aria-labelledby="computed-traits">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="computed-traits">
          {t('computedTraits.title')}
        </Title>
        <TextLink to="/settings" search={{ tab: 'traits' }} size="sm">
          {t('destination.edit')}
        </TextLink>
      </Group>
      <Stack gap="sm">
        {profile.computedTraits.map((trait) => (
          <Group key={trait.id} justify="space-between" align="flex-start" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text size="sm" className="breakable">
                {trait.name}
              </Text>
              <Text size="xs" c="dimmed" className="breakable">
                {trait.key} · {computedSentence(trait, { t, format })}
              </Text>
            </div>
            <div style={{ flex: 'none', maxWidth: '45%', textAlign: 'right' }}>
              <ComputedValue told={trait} />
            </div>
          </Group>
        ))}
      </Stack>
    </Card>
  )
}
