import { Text } from '@mantine/core'
import type { SourceCounts } from '../../edge/protocol/live.ts'
import { ShareBars } from './share-bars.tsx'
import { useI18n } from './use-i18n.ts'
import { VERDICT_COLORS, VERDICT_STATUSES } from './verdict-badge.tsx'

/** Events by verdict: received = accepted + duplicate + rejected + failed. */
export function VerdictBars({ counts }: { readonly counts: SourceCounts }) {
  const { t, format } = useI18n()
  const { replayed } = counts
  return (
    <>
      <ShareBars
        empty={t('verdict.none')}
        parts={VERDICT_STATUSES.map((status) => ({
          label: t(`verdict.${status}`),
          color: `${VERDICT_COLORS[status]}.6`,
          value: counts[status],
        }))}
      />
      {replayed > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t('verdict.replayed', { count: replayed, shown: format.number(replayed) })}
        </Text>
      )}
    </>
  )
}
