import { Alert } from '@mantine/core'
import type { FileFault } from '../../edge/protocol/import.ts'
import { problemOf } from './problem.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Why a file was not taken, in the reader's language if the file itself is the reason. */
export function ImportFileFault({ error }: { readonly error: unknown }) {
  const { t } = useI18n()
  const fault = problemOf(error).errors?.find(({ path }) => path === 'file')
  if (fault === undefined) return <Failure error={error} />
  const reason = fault.reason as FileFault
  return (
    <Alert color="red" role="alert" title={t('imports.refused')}>
      {t(`imports.faults.${reason}`)}
    </Alert>
  )
}
