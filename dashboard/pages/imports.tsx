import { Button, Card, Group, Modal, Progress, Stack, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconFileImport, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { ImportStateBadge, isActive } from '../parts/import-state.tsx'
import { ImportUnfinished } from '../parts/import-unfinished.tsx'
import { ImportUploadForm } from '../parts/import-upload-form.tsx'
import { TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { importsQuery } from '../parts/queries.ts'
import { Empty, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'

/** Files of offline data: customers, orders, campaigns, consents. */
export default function Imports() {
  const { t } = useI18n()
  const navigate = useNavigate()
  const imports = useQuery(importsQuery)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('imports.new')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('imports.title')} about={t('imports.about')} actions={create} />
      <Loaded query={imports}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconFileImport} title={t('imports.emptyTitle')} action={create}>
                {t('imports.empty')}
              </Empty>
            </Card>
          ) : (
            <Stack gap="md">
              {items.map((item) => (
                <ImportCard key={item.id} file={item} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <Modal
        opened={opened}
        onClose={close}
        title={t('imports.new')}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <ImportUploadForm
          onUploaded={({ id }) => void navigate({ to: '/imports/$id', params: { id } })}
        />
      </Modal>
    </>
  )
}

function ImportCard({ file }: { readonly file: ApiImport }) {
  const { t, format } = useI18n()
  const { counts } = file
  return (
    <Card>
      <Group justify="space-between" align="flex-start">
        <div>
          <Title order={2}>
            <TextLink
              to="/imports/$id"
              params={{ id: file.id }}
              c="var(--mantine-color-text)"
              inherit
              className="breakable"
            >
              {file.name}
            </TextLink>
          </Title>
          <Text size="sm" c="dimmed" component="div">
            <When at={file.createdAt} span />
            {file.mapping && ` · ${t(`imports.kinds.${file.mapping.kind}`)}`}
            {file.state !== 'uploading' &&
              !file.dryRun &&
              ` · ${t('imports.summary', {
                accepted: format.number(counts.accepted),
                read: format.number(counts.read),
              })}`}
          </Text>
        </div>
        <ImportStateBadge state={file.state} />
      </Group>
      {file.state === 'uploading' && <ImportUnfinished file={file} />}
      {isActive(file.state) && (
        <Progress
          mt="md"
          value={(file.position / Math.max(file.size, 1)) * 100}
          aria-label={t('imports.progress')}
        />
      )}
    </Card>
  )
}
