import { Badge, Button, Card, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconBroadcast, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ApiActivation } from '../../edge/protocol/api.ts'
import { ActivationForm } from '../parts/activation-form.tsx'
import { api } from '../parts/api.ts'
import { DefinitionCard } from '../parts/definition-card.tsx'
import { FormModal } from '../parts/form-modal.tsx'
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
      <FormModal title={t('activations.new')} opened={opened} onClose={close}>
        <ActivationForm save={api.activations.create} onSaved={close} />
      </FormModal>
    </>
  )
}

function ActivationCard({ activation }: { readonly activation: ApiActivation }) {
  const { t, format } = useI18n()
  const segments = useQuery(segmentsQuery)
  const destinations = useQuery(destinationsQuery)
  const segmentName = (id: string) => segments.data?.find((item) => item.id === id)?.name ?? id
  const destinationName = (id: string) =>
    destinations.data?.find((item) => item.id === id)?.name ?? id
  return (
    <DefinitionCard
      name={activation.name}
      badges={
        <Badge color={activation.enabled ? 'teal' : 'gray'}>
          {activation.enabled ? t('activation.onState') : t('activation.offState')}
        </Badge>
      }
      about={
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
      }
      edit={t('activation.edit')}
      form={(close) => (
        <ActivationForm
          initial={activation}
          save={(input) => api.activations.replace(activation.id, input)}
          onSaved={close}
        />
      )}
      remove={{
        label: t('activation.delete'),
        title: t('activation.deleteTitle', { name: activation.name }),
        about: t('activation.deleteAbout'),
        act: () => api.activations.remove(activation.id),
        queryKey: ['activations'],
      }}
    />
  )
}
