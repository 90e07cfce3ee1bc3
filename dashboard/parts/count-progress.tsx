import { Button, Group, Progress, Stack, Text } from '@mantine/core'
import { problemOf } from './problem.ts'
import { useI18n } from './use-i18n.ts'
import type { Counting } from './use-count.ts'

/** How far an exact count is, and the buttons that begin and end it. */
export function CountProgress({ counting }: { readonly counting: Counting }) {
  const { t, format } = useI18n()
  const { count, error, isBegun, begin, cancel } = counting
  if (count?.state === 'done') return null
  const begins = (
    <Button variant="light" size="xs" onClick={begin}>
      {t('preview.count')}
    </Button>
  )
  if (error !== null || count?.state === 'failed' || count?.state === 'cancelled') {
    return (
      <Stack gap={6} mt="sm" align="flex-start">
        <Text size="sm" role="status">
          {problemOf(error).status === 409 ? t('preview.busy') : t('preview.interrupted')}
        </Text>
        {begins}
      </Stack>
    )
  }
  if (!isBegun) {
    return (
      <Stack gap={6} mt="sm" align="flex-start">
        {begins}
      </Stack>
    )
  }
  const { done = 0, total = 0 } = count ?? {}
  return (
    <Stack gap={6} mt="sm">
      <Progress
        size="sm"
        color="teal"
        value={total === 0 ? 0 : (done / total) * 100}
        aria-label={t('preview.progress')}
      />
      <Group justify="space-between" gap="xs">
        <Text size="xs" c="dimmed">
          {count === undefined
            ? t('preview.begins')
            : t('preview.done', {
                count: total,
                done: format.number(done),
                total: format.number(total),
              })}
        </Text>
        <Button variant="subtle" size="compact-xs" onClick={cancel}>
          {t('preview.cancel')}
        </Button>
      </Group>
    </Stack>
  )
}
