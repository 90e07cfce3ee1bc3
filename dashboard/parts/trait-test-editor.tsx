import { Select } from '@mantine/core'
import {
  CLOCK_OPERATORS,
  OPERATORS,
  type ClockOperator,
  type ClockTest,
  type Operator,
  type Test,
} from '../../edge/protocol/condition.ts'
import { DurationInput } from './duration-input.tsx'
import { OptionalDuration } from './optional-duration.tsx'
import { TestEditor } from './test-editor.tsx'
import { withOperator } from './test-value.ts'
import { useI18n } from './use-i18n.ts'

const isClock = (test: Test | ClockTest): test is ClockTest =>
  (CLOCK_OPERATORS as readonly string[]).includes(test.operator)

/** A new comparison of a date with now. */
const clockTest = (operator: ClockOperator): ClockTest =>
  operator === 'anniversary' ? { operator } : { operator, value: 'P7D' }

/** A test of a trait, which may be a date that is compared with now: "[in the last] [7] [days]". */
export function TraitTestEditor(props: {
  readonly test: Test | ClockTest
  /** What is compared, for people who hear the page. */
  readonly of: string
  readonly onChange: (test: Test | ClockTest) => void
}) {
  const { t } = useI18n()
  const { test, of, onChange } = props
  if (!isClock(test)) {
    return (
      <TestEditor
        test={test}
        of={of}
        onChange={onChange}
        others={CLOCK_OPERATORS}
        onOther={(operator) => onChange(clockTest(operator))}
      />
    )
  }
  return (
    <>
      <Select
        aria-label={t('editor.operatorOf', { of })}
        data={[...OPERATORS, ...CLOCK_OPERATORS].map((operator) => ({
          value: operator,
          label: t(`operator.${operator}`),
        }))}
        value={test.operator}
        onChange={(next) => {
          const clock = CLOCK_OPERATORS.find((one) => one === next)
          if (clock !== undefined) onChange(clockTest(clock))
          else if (next) onChange(withOperator({ operator: 'equals', value: '' }, next as Operator))
        }}
        allowDeselect={false}
        w={210}
      />
      {test.operator === 'anniversary' ? (
        <OptionalDuration
          label={t('editor.anniversaryAhead')}
          value={typeof test.value === 'string' ? test.value : undefined}
          initial="P7D"
          onChange={(value) =>
            onChange({ operator: 'anniversary', ...(value !== undefined && { value }) })
          }
        />
      ) : (
        <DurationInput
          of={of}
          value={String(test.value)}
          onChange={(value) => onChange({ ...test, value })}
        />
      )}
    </>
  )
}
