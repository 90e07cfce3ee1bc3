import { Alert, Button, FileInput, Group, Progress, Stack, Text, TextInput } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { MAX_FILE, type ApiImport } from '../../edge/protocol/import.ts'
import { ImportFileFault } from './import-file-fault.tsx'
import { importsQuery } from './queries.ts'
import { isSentInParts, unfinishedOf } from './upload-file.ts'
import { useI18n } from './use-i18n.ts'
import { useUpload, type UploadHandle } from './use-upload.ts'

/** A file, its name, and how much of it is sent. Nothing is taken in yet. */
export function ImportUploadForm(props: { readonly onUploaded: (made: ApiImport) => void }) {
  const { t, format } = useI18n()
  const imports = useQuery(importsQuery)
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const upload = useUpload(file?.size ?? 0, props.onUploaded)
  const unfinished = file === null ? undefined : unfinishedOf(file, imports.data?.items ?? [])
  const fault =
    file?.size === 0
      ? t('imports.emptyFile')
      : file !== null && file.size > MAX_FILE
        ? t('imports.tooLarge', { size: format.bytes(file.size) })
        : null
  const isInParts = file !== null && isSentInParts(file)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (file !== null) upload.send(file, name.trim() || file.name, unfinished)
      }}
    >
      <Stack>
        <FileInput
          label={t('imports.file')}
          description={t('imports.fileAbout')}
          placeholder={t('imports.choose')}
          leftSection={<IconFileTypeCsv size={18} aria-hidden="true" />}
          accept=".csv,.tsv,.txt,.ndjson,.jsonl,.gz,text/csv"
          required
          value={file}
          onChange={setFile}
          error={fault}
          disabled={upload.isSending}
        />
        {unfinished === undefined ? (
          <TextInput
            label={t('imports.name')}
            placeholder={file?.name ?? ''}
            maxLength={200}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            disabled={upload.isSending}
          />
        ) : (
          !upload.isSending && (
            <Alert color="iris">
              {t('imports.unfinished', {
                share: format.percent(unfinished.position / unfinished.size),
              })}
            </Alert>
          )
        )}
        {upload.isSending && file !== null && <Sending upload={upload} size={file.size} />}
        {upload.error !== null && <ImportFileFault error={upload.error} />}
        <Group>
          {!upload.isSending && (
            <Button type="submit" disabled={file === null || fault !== null}>
              {unfinished === undefined ? t('imports.upload') : t('imports.goOn')}
            </Button>
          )}
          {upload.isSending && isInParts && (
            <Button variant="light" onClick={upload.pause}>
              {t('imports.pause')}
            </Button>
          )}
          {upload.isSending && (
            <Button variant="default" onClick={() => void upload.cancel()}>
              {t('imports.cancelUpload')}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  )
}

function Sending({ upload, size }: { readonly upload: UploadHandle; readonly size: number }) {
  const { t, format } = useI18n()
  const { sent, rate, remaining } = upload
  const parts = [
    t('imports.sent', { sent: format.bytes(sent), size: format.bytes(size) }),
    ...(rate > 0 ? [t('imports.speed', { rate: format.bytes(rate) })] : []),
    ...(remaining !== undefined ? [t('imports.remaining', { span: format.span(remaining) })] : []),
  ]
  return (
    <div>
      <Progress value={(sent / size) * 100} aria-label={t('imports.uploading')} />
      <Text size="sm" c="dimmed" mt={4}>
        {parts.join(' · ')}
      </Text>
    </div>
  )
}
