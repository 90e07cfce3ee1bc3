import { Button, FileInput, Group, Progress, Stack, Text, TextInput } from '@mantine/core'
import { IconFileTypeCsv } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { Failure } from './states.tsx'
import { uploadImport } from './upload.ts'
import { useI18n } from './use-i18n.ts'

/** A file, its name, and how much of it is sent. Nothing is taken in yet. */
export function ImportUploadForm(props: { readonly onUploaded: (made: ApiImport) => void }) {
  const { t, format } = useI18n()
  const client = useQueryClient()
  const [file, setFile] = useState<File | null>(null)
  const [name, setName] = useState('')
  const [share, setShare] = useState(0)
  const abort = useRef<AbortController | null>(null)
  // Whoever closes the form does not want the file any more.
  useEffect(() => () => abort.current?.abort(), [])
  const upload = useMutation({
    mutationFn: (chosen: File) => {
      abort.current = new AbortController()
      setShare(0)
      return uploadImport(name.trim() || chosen.name, chosen, setShare, abort.current.signal)
    },
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ['imports'] })
      props.onUploaded(made)
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (file !== null) upload.mutate(file)
      }}
    >
      <Stack>
        <FileInput
          label={t('imports.file')}
          description={t('imports.fileAbout')}
          placeholder={t('imports.choose')}
          leftSection={<IconFileTypeCsv size={18} aria-hidden="true" />}
          accept=".csv,.tsv,.txt,.ndjson,.jsonl,text/csv"
          required
          value={file}
          onChange={setFile}
          disabled={upload.isPending}
        />
        <TextInput
          label={t('imports.name')}
          placeholder={file?.name ?? ''}
          maxLength={200}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {upload.isPending && (
          <div>
            <Progress value={share * 100} aria-label={t('imports.uploading')} />
            <Text size="sm" c="dimmed" mt={4}>
              {t('imports.uploaded', { share: format.percent(share) })}
            </Text>
          </div>
        )}
        {upload.isError && <Failure error={upload.error} />}
        <Group>
          <Button type="submit" loading={upload.isPending} disabled={file === null}>
            {t('imports.upload')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
