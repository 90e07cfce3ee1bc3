import { Group, NumberInput, Select } from '@mantine/core'
import { DURATION_UNITS, formatIso, readDuration, type DurationUnit } from './duration.ts'
import { useI18n } from './use-i18n.ts'

/** Six digits are what a duration of any unit may have; one that has more as it is written keeps them. */
const MOST = 999_999

/** How long: an amount and its unit. `value` is an ISO 8601 duration, and stays as it is written until it is changed. */
export function DurationInput(props: {
  /** What lasts so long, for people who hear the page. */
  readonly of: string
  readonly value: string
  readonly onChange: (value: string) => void
}) {
  const { t } = useI18n()
  const { of, onChange } = props
  const { amount, unit } = readDuration(props.value) ?? { amount: 1, unit: 'day' }
  const most = Math.max(MOST, amount)
  return (
    <Group gap={6} wrap="nowrap">
      <NumberInput
        aria-label={t('editor.lengthOf', { of })}
        value={amount}
        min={1}
        max={most}
        allowDecimal={false}
        onChange={(next) =>
          typeof next === 'number' &&
          next >= 1 &&
          next <= most &&
          onChange(formatIso({ amount: next, unit }))
        }
        w={92}
      />
      <Select
        aria-label={t('editor.unitOf', { of })}
        data={DURATION_UNITS.map((item) => ({ value: item.unit, label: t(`unit.${item.unit}`) }))}
        value={unit}
        onChange={(next) => next && onChange(formatIso({ amount, unit: next as DurationUnit }))}
        allowDeselect={false}
        w={116}
      />
    </Group>
  )
}
