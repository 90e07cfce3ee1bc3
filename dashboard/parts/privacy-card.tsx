import { Button, Card, Group, Text, Title } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { api } from './api.ts'
import { ConfirmButton } from './confirm.tsx'
import { useI18n } from './use-i18n.ts'

/** What a person may ask for: all that is known of them, or that nothing is. */
export function PrivacyCard({
  profile,
  name,
}: {
  readonly profile: string
  readonly name: string
}) {
  const { t } = useI18n()
  const navigate = useNavigate()
  const client = useQueryClient()
  return (
    <Card>
      <Title order={2}>{t('privacy.title')}</Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('privacy.about')}
      </Text>
      <Group gap="sm">
        <Button
          component="a"
          href={api.profiles.exportAt(profile)}
          download
          variant="default"
          leftSection={<IconDownload size={16} aria-hidden="true" />}
        >
          {t('privacy.access')}
        </Button>
        <ConfirmButton
          label={t('privacy.erase')}
          title={t('privacy.eraseTitle', { name })}
          act={() => api.profiles.erase(profile)}
          onDone={() => {
            client.removeQueries({ queryKey: ['profiles', profile] })
            client.removeQueries({ queryKey: ['profile-events', profile] })
            void navigate({ to: '/settings', search: { tab: 'erasures' } })
          }}
        >
          {t('privacy.eraseAbout')}
        </ConfirmButton>
      </Group>
    </Card>
  )
}
