import { Card, List, Stack, Text, Title } from '@mantine/core'
import type { ApiPreviewMember } from '../../edge/protocol/api-segment.ts'
import type { ApiReason } from '../../edge/protocol/why.ts'
import { TextLink } from './link.tsx'
import { useI18n } from './use-i18n.ts'
import { useSentence } from './use-sentence.ts'
import { Countdown, When } from './when.tsx'

/** Some people whom a condition matches, and why. */
export function PreviewMembers({ members }: { readonly members: readonly ApiPreviewMember[] }) {
  const { t } = useI18n()
  return (
    <Card component="section" aria-labelledby="preview-members">
      <Title order={2} id="preview-members" mb={4}>
        {t('preview.members')}
      </Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t('preview.membersAbout')}
      </Text>
      <Stack gap="md">
        {members.map(({ profile, reasons }) => (
          <div key={profile}>
            <TextLink to="/profiles/$id" params={{ id: profile }} size="sm" className="breakable">
              {profile}
            </TextLink>
            <List size="sm" spacing={4} mt={4}>
              {reasons.map((reason) => (
                <ReasonItem key={reason.path} reason={reason} />
              ))}
            </List>
          </div>
        ))}
      </Stack>
    </Card>
  )
}

function ReasonItem({ reason }: { readonly reason: ApiReason }) {
  const { t } = useI18n()
  const sentenceOf = useSentence()
  const { condition, evidence, until } = reason
  const [latest] = evidence
  return (
    <List.Item>
      <span className="breakable">{sentenceOf(condition)}</span>
      {latest !== undefined && (
        <Text size="xs" c="dimmed" className="breakable">
          {latest.event} · <When at={latest.at} span />
        </Text>
      )}
      {until !== undefined && (
        <Text size="xs" c="dimmed">
          {t('why.changes')} <Countdown until={until} plain />
        </Text>
      )}
    </List.Item>
  )
}
