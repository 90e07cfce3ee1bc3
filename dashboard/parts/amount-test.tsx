import { NumberInput, Select } from '@mantine/core'
import {
  NUMBER_OPERATORS,
  type BudgetCondition,
  type NumberOperator,
} from '../../edge/protocol/condition.ts'
import { useI18n } from './use-i18n.ts'

type Test = Pick<BudgetCondition, 'operator' | 'value'>

/** A comparison with an amount that is never below 0: "[is at least] [3]", "[is between] [1] [3]". */
export function AmountTest(props: {
  /** What is compared. */
  readonly of: string
  readonly test: Test
  readonly onChange: (test: Test) => void
}) {
  const { t } = useI18n()
  const { of, onChange } = props
  const { operator, value } = props.test
  const [low, high] = typeof value === 'number' ? [value, value] : value
  const field = (label: string, shown: number, set: (next: number) => void) => (
    <NumberInput
      aria-label={label}
      min={0}
      value={shown}
      onChange={(next) => typeof next === 'number' && set(next)}
      w={90}
    />
  )
  return (
    <>
      <Select
        aria-label={t('editor.operatorOf', { of })}
        data={NUMBER_OPERATORS.map((one) => ({ value: one, label: t(`operator.${one}`) }))}
        value={operator}
        onChange={(next) => {
          if (next === null) return
          onChange({
            operator: next as NumberOperator,
            value: next === 'between' ? [low, high] : low,
          })
        }}
        allowDeselect={false}
        w={150}
      />
      {typeof value === 'number' ? (
        field(t('editor.valueOf', { of }), value, (next) => onChange({ operator, value: next }))
      ) : (
        <>
          {field(t('editor.from'), low, (next) => onChange({ operator, value: [next, high] }))}
          {field(t('editor.to'), high, (next) => onChange({ operator, value: [low, next] }))}
        </>
      )}
    </>
  )
}
