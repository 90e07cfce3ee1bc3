import { Checkbox, Group } from '@mantine/core'
import { DurationInput } from './duration-input.tsx'

/** A bound that may be left out: a box to tick, and how long once it is ticked. */
export function OptionalDuration(props: {
  readonly label: string
  readonly value: string | undefined
  /** How long it is when the box is ticked. */
  readonly initial: string
  readonly onChange: (value: string | undefined) => void
}) {
  const { label, value, initial, onChange } = props
  return (
    <Group gap="xs" mih={36}>
      <Checkbox
        label={label}
        checked={value !== undefined}
        onChange={(event) => onChange(event.currentTarget.checked ? initial : undefined)}
      />
      {value !== undefined && <DurationInput of={label} value={value} onChange={onChange} />}
    </Group>
  )
}
