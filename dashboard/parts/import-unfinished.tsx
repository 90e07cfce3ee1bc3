import { Progress, Text } from '@mantine/core'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { useI18n } from './use-i18n.ts'

/** A file of which parts are missing: how much is there, and how to go on. */
export function ImportUnfinished({ file }: { readonly file: ApiImport }) {
  const { t, format } = useI18n()
  const { position, size, upload } = file
  return (
    <>
      <Progress mt="md" value={(position / size) * 100} aria-label={t('imports.uploading')} />
      <Text size="sm" c="dimmed" mt={4}>
        {t('imports.sent', { sent: format.bytes(position), size: format.bytes(size) })}
      </Text>
      <Text size="sm" mt="xs">
        {t('imports.unfinishedAbout', {
          until: format.dateTime(Date.parse(upload?.expiresAt ?? '')),
        })}
      </Text>
    </>
  )
}
