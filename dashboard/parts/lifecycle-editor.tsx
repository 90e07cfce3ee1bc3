import { Group, NumberInput, Select, Stack, Text } from '@mantine/core'
import {
  CONDITION_LIMITS,
  LIFECYCLES,
  type LifecycleCondition,
} from '../../edge/protocol/condition.ts'
import { DurationInput } from './duration-input.tsx'
import { EventNames, PropertyTests } from './event-test-editor.tsx'
import { withHabit } from './lifecycle-edit.ts'
import { useI18n } from './use-i18n.ts'

/** Periods that a habit is told by when none is said. */
const DEFAULT_PERIODS = 3

/** "[Order Completed] [has stopped], by periods of [30] [days], [3] of them". */
export function LifecycleEditor(props: {
  readonly leaf: LifecycleCondition
  readonly onChange: (leaf: LifecycleCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  return (
    <Stack gap="xs" className="leaf-block">
      <Group gap="xs">
        <EventNames test={leaf} onChange={onChange} />
        <Select
          aria-label={t('editor.habit')}
          data={LIFECYCLES.map((is) => ({ value: is, label: t(`editor.habits.${is}`) }))}
          value={leaf.is}
          onChange={(is) => is && onChange(withHabit(leaf, is as LifecycleCondition['is']))}
          allowDeselect={false}
          w={170}
        />
        <Text size="sm">{t('editor.period')}</Text>
        <DurationInput
          of={t('editor.period')}
          value={leaf.period}
          onChange={(period) => onChange({ ...leaf, period })}
        />
        {leaf.is !== 'first-time' && (
          <>
            <Text size="sm">{t('editor.periods')}</Text>
            <NumberInput
              aria-label={t('editor.periods')}
              value={leaf.of ?? DEFAULT_PERIODS}
              min={1}
              max={CONDITION_LIMITS.periods}
              allowDecimal={false}
              onChange={(of) =>
                typeof of === 'number' &&
                of >= 1 &&
                of <= CONDITION_LIMITS.periods &&
                onChange({ ...leaf, of })
              }
              w={76}
            />
          </>
        )}
      </Group>
      <PropertyTests test={leaf} onChange={onChange} />
    </Stack>
  )
}
