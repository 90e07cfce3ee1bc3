import { Badge } from '@mantine/core'
import type { ImportState } from '../../edge/protocol/import.ts'
import { useI18n } from './use-i18n.ts'

const COLORS: { readonly [S in ImportState]: string } = {
  uploading: 'iris',
  uploaded: 'gray',
  checking: 'iris',
  ready: 'teal',
  running: 'iris',
  paused: 'orange',
  done: 'teal',
  cancelled: 'gray',
  failed: 'red',
}

export const isActive = (state: ImportState): boolean =>
  state === 'checking' || state === 'running' || state === 'paused'

/** Where an import is. */
export function ImportStateBadge({ state }: { readonly state: ImportState }) {
  const { t } = useI18n()
  return <Badge color={COLORS[state]}>{t(`imports.states.${state}`)}</Badge>
}
