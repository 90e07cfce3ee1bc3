import { Box, ColorSwatch, Group, SimpleGrid, Text } from '@mantine/core'
import type { ApiOverview } from '../../edge/protocol/api.ts'
import { TextLink } from './link.tsx'
import { useLive } from './live-context.tsx'
import { SERIES_COLORS } from './theme.ts'
import { useI18n } from './use-i18n.ts'
import { useNow } from './use-now.ts'

/** Change is told against the size so many milliseconds ago. */
const LOOK_BACK = 60 * 60_000

/** Each segment's size as it moves, with its change; the swatch is its line in the chart above. */
export function SegmentTiles(props: {
  readonly segments: ApiOverview['segments']
  readonly charted: readonly string[]
}) {
  const { t, format } = useI18n()
  const { state } = useLive()
  const since = useNow() - LOOK_BACK
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, xl: 3 }} spacing="md">
      {props.segments.map((segment) => {
        const size = state.sizes[segment.id] ?? segment.size
        const before = segment.history.findLast(({ at }) => Date.parse(at) <= since)?.size ?? 0
        const change = size - before
        const series = props.charted.indexOf(segment.id)
        const color = SERIES_COLORS[series]?.replace('.', '-')
        return (
          <Group key={segment.id} gap="sm" wrap="nowrap" align="flex-start">
            <ColorSwatch
              mt={6}
              size={10}
              withShadow={false}
              color={color ? `var(--mantine-color-${color})` : 'var(--mantine-color-gray-5)'}
              aria-hidden="true"
            />
            <Box miw={0}>
              <TextLink
                to="/segments/$id"
                params={{ id: segment.id }}
                size="sm"
                c="var(--mantine-color-text)"
                lineClamp={1}
              >
                {segment.name}
              </TextLink>
              <Group gap={8} align="baseline">
                <Text key={size} className="figure arriving" fz={22} fw={700} lh={1.3}>
                  {format.number(size)}
                </Text>
                {change !== 0 && (
                  <Text size="xs" c="dimmed">
                    {t('overview.change', { change: format.signed(change) })}
                  </Text>
                )}
              </Group>
            </Box>
          </Group>
        )
      })}
    </SimpleGrid>
  )
}
