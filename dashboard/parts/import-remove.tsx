import { useQueryClient } from '@tanstack/react-query'
import type { ApiImport } from '../../edge/protocol/import.ts'
import { api } from './api.ts'
import { ConfirmButton } from './confirm.tsx'
import { useI18n } from './use-i18n.ts'

/** Removes an import with its file; what it brought stays. */
export function ImportRemove(props: { readonly file: ApiImport; readonly onRemoved: () => void }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const { id, name, state } = props.file
  return (
    <ConfirmButton
      label={t('imports.remove')}
      title={t('imports.removeTitle', { name })}
      act={() => api.imports.remove(id)}
      onDone={() => {
        props.onRemoved()
        void client.invalidateQueries({ queryKey: ['imports', 'list'] })
      }}
    >
      {state === 'uploading' ? t('imports.removeUpload') : t('imports.removeAbout')}
    </ConfirmButton>
  )
}
