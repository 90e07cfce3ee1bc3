import { Alert, Badge, Button, Card, Group, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiDestination } from '../../edge/protocol/api.ts'
import { api } from '../parts/api.ts'
import { CopyText } from '../parts/copy-text.tsx'
import { DefinitionCard } from '../parts/definition-card.tsx'
import { DestinationForm } from '../parts/destination-form.tsx'
import { FormModal } from '../parts/form-modal.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { destinationsQuery } from '../parts/queries.ts'
import { Empty, Failure, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** Where Prisme may send: signed webhooks. */
export default function Destinations() {
  const { t } = useI18n()
  const destinations = useQuery(destinationsQuery)
  const [opened, { open, close }] = useDisclosure()
  const [made, setMade] = useState<ApiDestination | null>(null)
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('destinations.new')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('destinations.title')} about={t('destinations.about')} actions={create} />
      {made?.secret && (
        <Alert
          color="iris"
          mb="lg"
          title={t('destination.secretTitle', { name: made.name })}
          withCloseButton
          closeButtonLabel={t('confirm.close')}
          onClose={() => setMade(null)}
        >
          <Stack gap="xs">
            <Text size="sm">{t('destination.secretAbout')}</Text>
            <CopyText text={made.secret} label={t('destination.secret')} />
          </Stack>
        </Alert>
      )}
      <Loaded query={destinations}>
        {(items) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconPlugConnected} title={t('destinations.emptyTitle')} action={create}>
                {t('destinations.empty')}
              </Empty>
            </Card>
          ) : (
            <Stack gap="lg">
              {items.map((item) => (
                <DestinationCard key={item.id} destination={item} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <FormModal title={t('destinations.new')} opened={opened} onClose={close}>
        <DestinationForm
          save={api.destinations.create}
          onSaved={(destination) => {
            setMade(destination)
            close()
          }}
        />
      </FormModal>
    </>
  )
}

function DestinationCard({ destination }: { readonly destination: ApiDestination }) {
  const { t } = useI18n()
  return (
    <DefinitionCard
      name={destination.name}
      badges={
        <Badge color={destination.enabled ? 'teal' : 'gray'}>
          {destination.enabled ? t('destination.on') : t('destination.off')}
        </Badge>
      }
      about={
        <>
          <Text size="sm" c="dimmed" className="breakable">
            {destination.url}
          </Text>
          <Group gap={6} mt="xs">
            {destination.channel !== null && <Badge>{t(`channel.${destination.channel}`)}</Badge>}
            {destination.purposes.length === 0 ? (
              <Badge color="orange">{t('destination.closed')}</Badge>
            ) : (
              destination.purposes.map((purpose) => (
                <Badge key={purpose} color="gray">
                  {t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose })}
                </Badge>
              ))
            )}
          </Group>
        </>
      }
      edit={t('destination.edit')}
      form={(close) => (
        <DestinationForm
          initial={destination}
          save={(input) => api.destinations.replace(destination.id, input)}
          onSaved={close}
        />
      )}
      remove={{
        label: t('destination.delete'),
        title: t('destination.deleteTitle', { name: destination.name }),
        about: t('destination.deleteAbout'),
        act: () => api.destinations.remove(destination.id),
        queryKey: ['destinations'],
      }}
    >
      <TestButton id={destination.id} />
    </DefinitionCard>
  )
}

/** One real, signed attempt, and what came of it. */
function TestButton({ id }: { readonly id: string }) {
  const { t, format } = useI18n()
  const test = useMutation({ mutationFn: () => api.destinations.test(id) })
  const result = test.data
  return (
    <Group mt="md" gap="md">
      <Button variant="light" size="xs" loading={test.isPending} onClick={() => test.mutate()}>
        {t('destination.test')}
      </Button>
      <div role="status">
        {result && (
          <Text size="sm">
            <Badge color={result.ok ? 'teal' : 'red'} mr="xs">
              {result.ok ? t('destination.testOk') : t('destination.testFailed')}
            </Badge>
            {[result.status && `HTTP ${result.status}`, result.reason]
              .filter((part) => part)
              .join(' · ')}{' '}
            {format.milliseconds(result.duration)}
          </Text>
        )}
      </div>
      {test.isError && <Failure error={test.error} />}
    </Group>
  )
}
