import { Group, MultiSelect, TextInput } from '@mantine/core'
import { WEEKDAYS, type NowCondition, type Weekday } from '../../edge/protocol/condition.ts'
import { useI18n } from './use-i18n.ts'

/** Weekdays and times of day, by the person's own clock. */
export function NowEditor(props: {
  readonly leaf: NowCondition
  readonly onChange: (leaf: NowCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  return (
    <Group gap="xs">
      <MultiSelect
        aria-label={t('editor.weekdays')}
        placeholder={leaf.weekdays === undefined ? t('editor.anyDay') : ''}
        data={WEEKDAYS.map((day) => ({ value: day, label: t(`weekday.${day}`) }))}
        value={[...(leaf.weekdays ?? [])]}
        onChange={(days) => {
          const { weekdays: _, ...rest } = leaf
          onChange(days.length === 0 ? rest : { ...rest, weekdays: days as Weekday[] })
        }}
        miw={220}
        flex={1}
      />
      {(['from', 'to'] as const).map((side) => (
        <TextInput
          key={side}
          type="time"
          aria-label={t(side === 'from' ? 'editor.timeFrom' : 'editor.timeTo')}
          value={leaf[side] ?? ''}
          onChange={(event) => {
            const { [side]: _, ...rest } = leaf
            const { value } = event.currentTarget
            onChange(value === '' ? rest : { ...rest, [side]: value })
          }}
          w={150}
        />
      ))}
    </Group>
  )
}
