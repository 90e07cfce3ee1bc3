import { ActionIcon, Autocomplete, Group, NumberInput, Paper, Select, Text } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import type { ExampleEvent } from '../../edge/protocol/example.ts'
import { DURATION_UNITS, type DurationUnit } from './duration.ts'
import { SUGGESTED_PROPERTIES, suggestedEvents } from './event-names.ts'
import { agoOf, withAgo } from './example-edit.ts'
import { FactRows } from './fact-rows.tsx'
import { useLive } from './live-context.tsx'
import { useI18n } from './use-i18n.ts'

/** Something a person did: its name, how long before they are asked about, and its properties. */
export function ExampleEventRow(props: {
  readonly event: ExampleEvent
  /** When the person is asked about. */
  readonly at: string
  /** What it is, for people who hear the page. */
  readonly label: string
  readonly onChange: (event: ExampleEvent) => void
  readonly onRemove: () => void
}) {
  const { t } = useI18n()
  const { state } = useLive()
  const { event, at, label, onChange } = props
  const ago = agoOf(event, at)
  return (
    <Paper component="fieldset" withBorder p="xs" m={0} miw={0} aria-label={label}>
      <Group gap="xs" mb={6}>
        <Autocomplete
          aria-label={t('examples.event')}
          placeholder={t('editor.eventHint')}
          data={[...suggestedEvents(state.events)]}
          value={event.event}
          onChange={(name) => onChange({ ...event, event: name })}
          miw={180}
          flex={1}
        />
        <NumberInput
          aria-label={t('editor.lengthOf', { of: label })}
          value={ago.amount}
          decimalScale={3}
          onChange={(amount) =>
            typeof amount === 'number' && onChange(withAgo(event, at, { ...ago, amount }))
          }
          w={92}
        />
        <Select
          aria-label={t('editor.unitOf', { of: label })}
          data={DURATION_UNITS.map(({ unit }) => ({ value: unit, label: t(`unit.${unit}`) }))}
          value={ago.unit}
          onChange={(unit) =>
            unit && onChange(withAgo(event, at, { ...ago, unit: unit as DurationUnit }))
          }
          allowDeselect={false}
          w={116}
        />
        <Text size="sm" c="dimmed">
          {t('examples.before')}
        </Text>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('examples.removeOf', { of: label })}
          onClick={props.onRemove}
        >
          <IconX size={16} />
        </ActionIcon>
      </Group>
      <FactRows
        of={label}
        add={t('examples.addProperty')}
        suggestions={SUGGESTED_PROPERTIES}
        facts={event.properties ?? {}}
        onChange={(properties) => {
          const { properties: _, ...rest } = event
          onChange(Object.keys(properties).length > 0 ? { ...rest, properties } : rest)
        }}
      />
    </Paper>
  )
}
