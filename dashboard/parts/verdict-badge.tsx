import { Badge, Tooltip } from '@mantine/core'
import type { Verdict } from '../../edge/protocol/verdict.ts'
import { useI18n } from './use-i18n.ts'

export const VERDICT_STATUSES = ['accepted', 'duplicate', 'rejected', 'failed'] as const
export const VERDICT_COLORS: { readonly [S in Verdict['status']]: string } = {
  accepted: 'teal',
  duplicate: 'gray',
  rejected: 'red',
  failed: 'orange',
}

/** What became of an event, and why. */
export function VerdictBadge({ verdict }: { readonly verdict: Verdict }) {
  const { t } = useI18n()
  const badge = (
    <Badge color={VERDICT_COLORS[verdict.status]}>{t(`verdict.${verdict.status}`)}</Badge>
  )
  if (!('reason' in verdict)) return badge
  return <Tooltip label={t(`reason.${verdict.reason}`)}>{badge}</Tooltip>
}
