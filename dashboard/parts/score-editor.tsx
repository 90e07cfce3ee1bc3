import { Group, MultiSelect, NumberInput, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import {
  isAppetence,
  type Operator,
  type Score,
  type ScoreCondition,
} from '../../edge/protocol/condition.ts'
import { OTHER_CELL } from '../../edge/protocol/score.ts'
import { scoreSettingsQuery } from './queries.ts'
import { comparedBy, isNamed, operatorsOf, scoresOf, startOf } from './score-edit.ts'
import { cellName, channelName, scoreName } from './score-sentence.ts'
import { isList, shapeOf } from './test-value.ts'
import { useI18n } from './use-i18n.ts'

/** A score: "[RFM cell] [is one of] [Champions] [Loyal]". */
export function ScoreEditor(props: {
  readonly leaf: ScoreCondition
  readonly onChange: (leaf: ScoreCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  const { data } = useQuery(scoreSettingsQuery)
  const of = scoreName(leaf.score, t)
  const known = scoresOf(Object.keys(data?.appetence.channels ?? {}))
  const scores = known.includes(leaf.score) ? known : [...known, leaf.score]
  return (
    <>
      <Select
        aria-label={t('editor.score')}
        data={scores.map((score) => ({ value: score, label: scoreName(score, t) }))}
        value={leaf.score}
        onChange={(score) => score && onChange(startOf(score as Score))}
        allowDeselect={false}
        w={220}
      />
      <Select
        aria-label={t('editor.operatorOf', { of })}
        data={shownOperators(leaf).map((operator) => ({
          value: operator,
          label: t(`operator.${operator}`),
        }))}
        value={leaf.operator}
        onChange={(operator) => operator && onChange(comparedBy(leaf, operator as Operator))}
        allowDeselect={false}
        w={170}
      />
      {isNamed(leaf.score) ? (
        <NamedValue leaf={leaf} onChange={onChange} />
      ) : (
        <NumberValue leaf={leaf} onChange={onChange} />
      )}
    </>
  )
}

/** One that was written by hand stays to be chosen. */
function shownOperators({ score, operator }: ScoreCondition): readonly Operator[] {
  const usual = operatorsOf(score)
  return usual.includes(operator) ? usual : [...usual, operator]
}

type Props = Parameters<typeof ScoreEditor>[0]

/** Cells, or channels. */
function NamedValue({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const { data } = useQuery(scoreSettingsQuery)
  const shape = shapeOf(leaf.operator)
  if (shape === 'none') return null
  const chosen = (isList(leaf.value) ? leaf.value : [leaf.value]).flatMap((one) =>
    typeof one === 'string' ? [one] : [],
  )
  const cells = (data?.rfm.cells ?? []).map(({ key, name }) => ({
    value: key,
    label: name ?? cellName(key, t),
  }))
  const channels = Object.keys(data?.appetence.channels ?? {})
  const isCell = leaf.score === 'rfm.cell'
  const nameOf = isCell ? cellName : channelName
  const option = (value: string) => ({ value, label: nameOf(value, t) })
  const known = isCell ? [...cells, option(OTHER_CELL)] : channels.map(option)
  const others = chosen.filter((key) => !known.some(({ value }) => value === key))
  const options = [...known, ...others.map(option)]
  const label = t('editor.valueOf', { of: scoreName(leaf.score, t) })
  return shape === 'list' ? (
    <MultiSelect
      aria-label={label}
      data={options}
      value={chosen}
      onChange={(keys) => onChange({ ...leaf, value: keys })}
      searchable
      miw={220}
      flex={1}
    />
  ) : (
    <Select
      aria-label={label}
      data={options}
      value={chosen[0] ?? null}
      onChange={(key) => key && onChange({ ...leaf, value: key })}
      allowDeselect={false}
      searchable
      miw={220}
    />
  )
}

function NumberValue({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const shape = shapeOf(leaf.operator)
  if (shape === 'none') return null
  const label = t('editor.valueOf', { of: scoreName(leaf.score, t) })
  const isProbability = leaf.score === 'churn' || isAppetence(leaf.score)
  const bounds = isProbability ? { min: 0, max: 1, step: 0.05, decimalScale: 3 } : { min: 0 }
  const field = (name: string, value: unknown, set: (next: number) => void) => (
    <NumberInput
      aria-label={name}
      value={typeof value === 'number' ? value : ''}
      onChange={(next) => typeof next === 'number' && set(next)}
      {...bounds}
      w={110}
    />
  )
  if (shape === 'one') return field(label, leaf.value, (value) => onChange({ ...leaf, value }))
  const [low = 0, high = 0] = isList(leaf.value) ? leaf.value : []
  return (
    <Group gap={6} wrap="nowrap">
      {field(`${label} ${t('editor.from')}`, low, (value) =>
        onChange({ ...leaf, value: [value, high] }),
      )}
      {field(`${label} ${t('editor.to')}`, high, (value) =>
        onChange({ ...leaf, value: [low, value] }),
      )}
    </Group>
  )
}
