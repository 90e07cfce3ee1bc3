import { Box, ColorSwatch, Group, Progress, SimpleGrid, Text } from '@mantine/core'
import { useI18n } from './use-i18n.ts'

/** Shares of a whole as one bar; the figures beside their names are the same in words. */
export function ShareBars(props: {
  readonly parts: readonly {
    readonly label: string
    readonly color: string
    readonly value: number
  }[]
  readonly empty: string
}) {
  const { format } = useI18n()
  const whole = props.parts.reduce((sum, { value }) => sum + value, 0)
  return (
    <Box>
      <Progress.Root size={12} radius="xl" mb="md" aria-hidden="true">
        {props.parts.map(({ label, color, value }) => (
          <Progress.Section
            key={label}
            value={whole === 0 ? 0 : (value / whole) * 100}
            color={color}
            withAria={false}
          />
        ))}
      </Progress.Root>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm" verticalSpacing={6}>
        {props.parts.map(({ label, color, value }) => (
          <Group key={label} justify="space-between" wrap="nowrap">
            <Group gap={8} wrap="nowrap">
              <ColorSwatch
                size={10}
                color={`var(--mantine-color-${color.replace('.', '-')})`}
                withShadow={false}
                aria-hidden="true"
              />
              <Text size="sm">{label}</Text>
            </Group>
            <Text size="sm" fw={650} className="figure">
              {format.number(value)}
              <Text span c="dimmed" size="xs" ml={6}>
                {whole === 0 ? '' : format.percent(value / whole)}
              </Text>
            </Text>
          </Group>
        ))}
      </SimpleGrid>
      {whole === 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {props.empty}
        </Text>
      )}
    </Box>
  )
}
