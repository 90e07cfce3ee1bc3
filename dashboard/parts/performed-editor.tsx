import { Group, Stack } from '@mantine/core'
import type { PerformedCondition } from '../../edge/protocol/condition.ts'
import { EventNames, PropertyTests } from './event-test-editor.tsx'
import { measureOf } from './measure-edit.ts'
import { MeasureEditor } from './measure-editor.tsx'
import { WINDOW_KINDS } from './window-edit.ts'
import { WindowEditor } from './window-editor.tsx'

/** Time since the latest event is not asked of events that begin to count only later. */
const KINDS_OF_RECENCY = WINDOW_KINDS.filter((kind) => kind !== 'between')

/** "Did [Product Viewed] [at least] [3] times [in the last] [7] [days]", and tests of the events' properties. */
export function PerformedEditor(props: {
  readonly leaf: PerformedCondition
  readonly onChange: (leaf: PerformedCondition) => void
}) {
  const { leaf, onChange } = props
  const { window: _, ...ever } = leaf
  const isRecency = measureOf(leaf) === 'recency'
  return (
    <Stack gap="xs" className="leaf-block">
      <Group gap="xs">
        <EventNames test={leaf} onChange={onChange} />
        <MeasureEditor leaf={leaf} onChange={onChange} />
        <WindowEditor
          window={leaf.window}
          onChange={(window) => onChange(window === undefined ? ever : { ...ever, window })}
          kinds={isRecency ? KINDS_OF_RECENCY : WINDOW_KINDS}
          past={!isRecency}
        />
      </Group>
      <PropertyTests test={leaf} onChange={onChange} />
    </Stack>
  )
}
