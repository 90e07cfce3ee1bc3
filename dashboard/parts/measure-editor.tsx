import { Autocomplete, Group, NumberInput, Select, Text } from '@mantine/core'
import {
  CONDITION_LIMITS,
  MEASURES,
  type Measure,
  type NumberOperator,
  type PerformedCondition,
} from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'
import { DurationInput } from './duration-input.tsx'
import { SUGGESTED_PROPERTIES } from './event-names.ts'
import {
  boundsOf,
  comparedOf,
  comparisonsOf,
  measureOf,
  needsProperty,
  withComparison,
  withMeasure,
} from './measure-edit.ts'
import { TestEditor } from './test-editor.tsx'
import { useI18n } from './use-i18n.ts'

interface Props {
  readonly leaf: PerformedCondition
  readonly onChange: (leaf: PerformedCondition) => void
}

/** What is measured of the events, and what with it is compared: "[total of] [revenue] [more than] [250]". */
export function MeasureEditor({
  leaf,
  onChange,
  measures = MEASURES,
}: Props & { readonly measures?: readonly Measure[] }) {
  const { t } = useI18n()
  const measure = measureOf(leaf)
  return (
    <Group gap="xs">
      <Select
        aria-label={t('editor.measure')}
        data={measures.map((item) => ({ value: item, label: t(`editor.measures.${item}`) }))}
        value={measure}
        onChange={(next) => next && onChange(withMeasure(leaf, next as Measure))}
        allowDeselect={false}
        w={220}
      />
      {needsProperty(measure) && (
        <Autocomplete
          aria-label={t('editor.measured')}
          placeholder={t('editor.propertyHint')}
          data={[...SUGGESTED_PROPERTIES]}
          value={leaf.property ?? ''}
          onChange={(property) => onChange({ ...leaf, property })}
          w={150}
        />
      )}
      {comparedOf(measure) === 'any' ? (
        <TestEditor test={leaf} of={leaf.property || t('editor.measured')} onChange={onChange} />
      ) : (
        <ComparisonEditor leaf={leaf} onChange={onChange} />
      )}
    </Group>
  )
}

function ComparisonEditor({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const measure = measureOf(leaf)
  const [low, high] = boundsOf(leaf.value)
  const isRange = leaf.operator === 'between'
  return (
    <>
      <Select
        aria-label={t('editor.countOperator')}
        data={comparisonsOf(measure).map((item) => ({
          value: item,
          label: t(`countOperator.${item}`),
        }))}
        value={leaf.operator}
        onChange={(next) => next && onChange(withComparison(leaf, next as NumberOperator))}
        allowDeselect={false}
        w={130}
      />
      <Bound
        measure={measure}
        label={t(isRange ? 'editor.least' : 'editor.bound')}
        value={low}
        onChange={(next) => onChange({ ...leaf, value: isRange ? [next, high ?? next] : next })}
      />
      {isRange && (
        <Bound
          measure={measure}
          label={t('editor.most')}
          value={high}
          onChange={(next) => onChange({ ...leaf, value: [low ?? next, next] })}
        />
      )}
      {measure === 'count' && (
        <Text size="sm">{t('editor.times', { count: typeof high === 'number' ? high : 0 })}</Text>
      )}
    </>
  )
}

function Bound(props: {
  readonly measure: Measure
  readonly label: string
  readonly value: Json | undefined
  readonly onChange: (value: Json) => void
}) {
  const { measure, label, value, onChange } = props
  const compared = comparedOf(measure)
  if (compared === 'span') {
    return <DurationInput of={label} value={String(value)} onChange={onChange} />
  }
  const isWhole = compared === 'whole'
  return (
    <NumberInput
      aria-label={label}
      value={typeof value === 'number' ? value : ''}
      {...(isWhole && { min: 0, max: CONDITION_LIMITS.count })}
      allowDecimal={!isWhole}
      onChange={(next) => typeof next === 'number' && onChange(next)}
      w={isWhole ? 76 : 120}
    />
  )
}
