import { Group, Select } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import {
  DELIMITERS,
  ENCODINGS,
  type ApiImport,
  type ImportFormat,
} from '../../edge/protocol/import.ts'
import { api } from './api.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Delimiters by a name: a tab cannot be read in a list. */
const NAMES = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' } as const

/** How the file was taken to be written; whoever sees strange characters or one column alone corrects it. */
export function ImportFormatForm(props: {
  readonly file: ApiImport
  readonly format: ImportFormat
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const { file, format } = props
  const rewrite = useMutation({
    mutationFn: (wanted: ImportFormat) => api.imports.rewrite(file.id, wanted),
    onSuccess: (read) => client.setQueryData(['imports', file.id], read),
  })
  return (
    <>
      <Group align="flex-end">
        <Select
          label={t('imports.encoding')}
          data={ENCODINGS.map((encoding) => ({
            value: encoding,
            label: t(`imports.encodings.${encoding}`),
          }))}
          value={format.encoding}
          allowDeselect={false}
          disabled={rewrite.isPending}
          onChange={(wanted) => {
            const encoding = ENCODINGS.find((known) => known === wanted)
            if (encoding !== undefined) rewrite.mutate({ ...format, encoding })
          }}
        />
        {format.type === 'csv' && (
          <Select
            label={t('imports.delimiter')}
            data={DELIMITERS.map((delimiter) => ({
              value: delimiter,
              label: t(`imports.delimiters.${NAMES[delimiter]}`),
            }))}
            value={format.delimiter}
            allowDeselect={false}
            disabled={rewrite.isPending}
            onChange={(wanted) => {
              const delimiter = DELIMITERS.find((known) => known === wanted)
              if (delimiter !== undefined) rewrite.mutate({ ...format, delimiter })
            }}
          />
        )}
      </Group>
      {rewrite.isError && <Failure error={rewrite.error} />}
    </>
  )
}
