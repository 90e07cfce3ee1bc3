import { ActionIcon, Button, Checkbox, Group, Stack, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useRef } from 'react'
import {
  CONDITION_LIMITS,
  type SequenceCondition,
  type SequenceStep,
} from '../../edge/protocol/condition.ts'
import { EventNames, PropertyTests } from './event-test-editor.tsx'
import { OptionalDuration } from './optional-duration.tsx'
import { withBound, withSteps } from './sequence-edit.ts'
import { useI18n } from './use-i18n.ts'
import { WindowEditor } from './window-editor.tsx'

/** One step has nothing to come after. */
const FEWEST_STEPS = 2

/** Steps that happen in this order, each with its bounds, and the bounds of all. */
export function SequenceEditor(props: {
  readonly leaf: SequenceCondition
  readonly onChange: (leaf: SequenceCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  const { steps } = leaf
  const add = useRef<HTMLButtonElement>(null)
  return (
    <Stack gap="xs" className="leaf-block">
      {steps.map((step, index) => (
        <StepEditor
          key={index}
          place={index}
          step={step}
          onChange={(next) => onChange(withSteps(leaf, steps.with(index, next)))}
          {...(steps.length > FEWEST_STEPS && {
            onRemove: () => {
              onChange(withSteps(leaf, steps.toSpliced(index, 1)))
              // The button in hand may be gone with its step.
              add.current?.focus()
            },
          })}
        />
      ))}
      {steps.length < CONDITION_LIMITS.steps && (
        <Button
          ref={add}
          variant="light"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange(withSteps(leaf, [...steps, { event: '' }]))}
        >
          {t('editor.addStep')}
        </Button>
      )}
      <Group gap="xs">
        <OptionalDuration
          label={t('editor.total')}
          value={leaf.total}
          initial="P1D"
          onChange={(total) => onChange(withBound(leaf, 'total', total))}
        />
        <WindowEditor
          window={leaf.window}
          onChange={(window) => onChange(withBound(leaf, 'window', window))}
          kinds={['last', 'ever']}
        />
      </Group>
    </Stack>
  )
}

function StepEditor(props: {
  readonly place: number
  readonly step: SequenceStep
  readonly onChange: (step: SequenceStep) => void
  /** Absent: as few steps as there may be. */
  readonly onRemove?: () => void
}) {
  const { t, format } = useI18n()
  const { place, step, onChange, onRemove } = props
  const name = t('editor.step', { place: format.number(place + 1) })
  return (
    <Stack gap="xs" role="group" aria-label={name} className="leaf-step">
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600}>
          {name}
        </Text>
        {onRemove && (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('editor.removeStep', { step: name })}
            onClick={onRemove}
          >
            <IconX size={16} />
          </ActionIcon>
        )}
      </Group>
      <Group gap="xs">
        <EventNames test={step} onChange={onChange} />
      </Group>
      {place > 0 && (
        <Group gap="md">
          <OptionalDuration
            label={t('editor.withinOfStep')}
            value={step.within}
            initial="P1D"
            onChange={(within) => onChange(withBound(step, 'within', within))}
          />
          <Checkbox
            label={t('editor.immediately')}
            checked={step.immediately ?? false}
            onChange={(event) =>
              onChange(withBound(step, 'immediately', event.currentTarget.checked || undefined))
            }
          />
        </Group>
      )}
      <PropertyTests test={step} onChange={onChange} />
    </Stack>
  )
}
