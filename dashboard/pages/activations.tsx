import { Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBroadcast, IconPlus } from '@tabler/icons-react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { ApiActivation } from '../../edge/protocol/api.ts'
import { ActivationForm } from '../parts/activation-form.tsx'
import { api } from '../parts/api.ts'
import { ConfirmButton } from '../parts/confirm.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { activationsQuery, destinationsQuery, segmentsQuery } from '../parts/queries.ts'
import { Empty, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** Which segments tell which destinations. */
export default function Activations() {
  const { t } = useI18n()
  const activations = useQuery(activationsQuery)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('activations.new')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('activations.title')} about={t('activations.about')} actions={create} />
      <Loaded query={activations}>
        {(items) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconBroadcast} title={t('activations.emptyTitle')} action={create}>
                {t('activations.empty')}
              </Empty>
            </Card>
          ) : (
            <Stack gap="lg">
              {items.map((item) => (
                <ActivationCard key={item.id} activation={item} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal
        opened={opened}
        onClose={close}
        title={t('activations.new')}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <ActivationForm save={api.activations.create} onSaved={close} />
      </Modal>
    </>
  )
}

function ActivationCard({ activation }: { readonly activation: ApiActivation }) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const segments = useQuery(segmentsQuery)
  const destinations = useQuery(destinationsQuery)
  const [opened, { open, close }] = useDisclosure()
  const segmentName = (id: string) => segments.data?.find((item) => item.id === id)?.name ?? id
  const destinationName = (id: string) =>
    destinations.data?.find((item) => item.id === id)?.name ?? id
  return (
    <Card>
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap="xs">
            <Title order={2} className="breakable">
              {activation.name}
            </Title>
            <Badge color={activation.enabled ? 'teal' : 'gray'}>
              {activation.enabled ? t('activation.onState') : t('activation.offState')}
            </Badge>
          </Group>
          <Text size="sm" mt={4} className="breakable">
            {t('activation.sentence', {
              moments: format.or(activation.on.map((moment) => t(`activation.moments.${moment}`))),
              segment: segmentName(activation.segment),
              destinations: format.and(activation.destinations.map(destinationName)),
            })}{' '}
            {activation.exclude.length > 0 &&
              t('activation.excluding', {
                segments: format.or(activation.exclude.map(segmentName)),
              })}{' '}
            {activation.frequency === 'once' && t('activation.onceShort')}
          </Text>
        </div>
        <Group gap="xs">
          <Button variant="subtle" onClick={open}>
            {t('activation.edit')}
          </Button>
          <ConfirmButton
            label={t('activation.delete')}
            title={t('activation.deleteTitle', { name: activation.name })}
            act={() => api.activations.remove(activation.id)}
            onDone={() => void client.invalidateQueries({ queryKey: ['activations'] })}
          >
            {t('activation.deleteAbout')}
          </ConfirmButton>
        </Group>
      </Group>
      <Modal
        opened={opened}
        onClose={close}
        title={activation.name}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <ActivationForm
          initial={activation}
          save={(input) => api.activations.replace(activation.id, input)}
          onSaved={close}
        />
      </Modal>
    </Card>
  )
}
