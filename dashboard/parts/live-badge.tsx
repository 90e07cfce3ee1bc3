import { Group, Text } from '@mantine/core'
import { useLive } from './live-context.tsx'
import type { LiveStatus } from './live.ts'
import { useI18n } from './use-i18n.ts'

const COLORS: { readonly [S in LiveStatus]: string } = {
  live: 'var(--mantine-color-teal-7)',
  connecting: 'var(--mantine-color-gray-6)',
  reconnecting: 'var(--mantine-color-orange-7)',
}

/** Whether what moves on the page is the present. */
export function LiveBadge() {
  const { t } = useI18n()
  const { status } = useLive()
  return (
    <Group gap={8} wrap="nowrap" role="status" title={t(`live.${status}Long`)}>
      <span
        className="live-dot"
        data-status={status}
        style={{ color: COLORS[status] }}
        aria-hidden="true"
      />
      <Text size="sm" fw={600}>
        {t(`live.${status}`)}
      </Text>
    </Group>
  )
}
