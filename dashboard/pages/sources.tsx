import { Badge, Button, Card, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCode, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ApiSource } from '../../edge/protocol/api.ts'
import { api } from '../parts/api.ts'
import { TextLink } from '../parts/link.tsx'
import { useLive } from '../parts/live-context.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { sourcesQuery } from '../parts/queries.ts'
import { SourceForm } from '../parts/source-form.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { VERDICT_STATUSES } from '../parts/verdict-badge.tsx'
import { When } from '../parts/when.tsx'

/** Where events come from. */
export default function Sources() {
  const { t } = useI18n()
  const navigate = useNavigate()
  const sources = useQuery(sourcesQuery)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('sources.new')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('sources.title')} about={t('sources.about')} actions={create} />
      <Loaded query={sources}>
        {(items) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconCode} title={t('sources.emptyTitle')} action={create}>
                {t('sources.empty')}
              </Empty>
            </Card>
          ) : (
            <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
              {items.map((item) => (
                <SourceCard key={item.id} source={item} />
              ))}
            </SimpleGrid>
          )
        }
      </Loaded>
      <Modal
        opened={opened}
        onClose={close}
        title={t('sources.new')}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <SourceForm
          save={api.sources.create}
          onSaved={({ id }) => void navigate({ to: '/sources/$id', params: { id } })}
        />
      </Modal>
    </>
  )
}

function SourceCard({ source }: { readonly source: ApiSource }) {
  const { t, format } = useI18n()
  const { state } = useLive()
  const counts = state.sources[source.id] ?? source.counts
  const waiting = source.firstEventAt === null && counts.accepted === 0
  return (
    <Card>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>
            <TextLink
              to="/sources/$id"
              params={{ id: source.id }}
              c="var(--mantine-color-text)"
              inherit
              className="breakable"
            >
              {source.name}
            </TextLink>
          </Title>
          <Text size="sm" c="dimmed">
            {t(`source.kinds.${source.kind}`)} · {t(`source.consents.${source.consent}`)}
          </Text>
        </div>
        <Badge color={waiting ? 'orange' : 'teal'}>
          {waiting ? t('source.waiting') : t('source.receiving')}
        </Badge>
      </Group>
      <SimpleGrid cols={{ base: 2, xs: 4 }} mt="md" spacing="sm">
        {VERDICT_STATUSES.map((status) => (
          <Stack key={status} gap={0}>
            <Text size="xs" c="dimmed">
              {t(`verdict.${status}`)}
            </Text>
            <Text className="figure" fw={650}>
              {format.number(counts[status])}
            </Text>
          </Stack>
        ))}
      </SimpleGrid>
      <Text size="xs" c="dimmed" mt="md" component="div">
        {source.lastEventAt ? (
          <>
            {t('source.lastEvent')} <When at={source.lastEventAt} span />
          </>
        ) : (
          t('source.noEvent')
        )}
      </Text>
    </Card>
  )
}
