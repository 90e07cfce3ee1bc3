import { Alert, Badge, Button, Card, Group, Modal, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlugConnected, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiDestination } from '../../edge/protocol/api.ts'
import { api } from '../parts/api.ts'
import { ConfirmButton } from '../parts/confirm.tsx'
import { CopyText } from '../parts/copy-text.tsx'
import { DestinationForm } from '../parts/destination-form.tsx'
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
      <Modal
        opened={opened}
        onClose={close}
        title={t('destinations.new')}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <DestinationForm
          save={api.destinations.create}
          onSaved={(destination) => {
            setMade(destination)
            close()
          }}
        />
      </Modal>
    </>
  )
}

function DestinationCard({ destination }: { readonly destination: ApiDestination }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [opened, { open, close }] = useDisclosure()
  return (
    <Card>
      <Group justify="space-between" align="flex-start">
        <div style={{ minWidth: 0, flex: 1 }}>
          <Group gap="xs">
            <Title order={2} className="breakable">
              {destination.name}
            </Title>
            <Badge color={destination.enabled ? 'teal' : 'gray'}>
              {destination.enabled ? t('destination.on') : t('destination.off')}
            </Badge>
          </Group>
          <Text size="sm" c="dimmed" className="breakable">
            {destination.url}
          </Text>
          <Group gap={6} mt="xs">
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
        </div>
        <Group gap="xs">
          <Button variant="subtle" onClick={open}>
            {t('destination.edit')}
          </Button>
          <ConfirmButton
            label={t('destination.delete')}
            title={t('destination.deleteTitle', { name: destination.name })}
            act={() => api.destinations.remove(destination.id)}
            onDone={() => void client.invalidateQueries({ queryKey: ['destinations'] })}
          >
            {t('destination.deleteAbout')}
          </ConfirmButton>
        </Group>
      </Group>
      <TestButton id={destination.id} />
      <Modal
        opened={opened}
        onClose={close}
        title={destination.name}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <DestinationForm
          initial={destination}
          save={(input) => api.destinations.replace(destination.id, input)}
          onSaved={close}
        />
      </Modal>
    </Card>
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
