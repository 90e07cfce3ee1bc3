import {
  ActionIcon,
  Autocomplete,
  Button,
  Group,
  NumberInput,
  Select,
  Stack,
  TagsInput,
  Text,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { PropertyTest } from '../../edge/protocol/condition.ts'
import type { CountLeaf } from './condition-query.ts'
import { DURATION_UNITS, formatIso, readDuration, type DurationUnit } from './duration.ts'
import { SUGGESTED_PROPERTIES, suggestedEvents } from './event-names.ts'
import { useLive } from './live-context.tsx'
import { TestEditor } from './test-editor.tsx'
import { useI18n } from './use-i18n.ts'

const COUNT_OPERATORS = ['gte', 'gt', 'equals', 'not_equals', 'lte', 'lt', 'between'] as const

interface Props {
  readonly leaf: CountLeaf
  readonly onChange: (leaf: CountLeaf) => void
}

/** "Did [Product Viewed] [at least] [3] times [in the last] [7] [days]", and tests of the events' properties. */
export function PerformedEditor({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const { state } = useLive()
  const names = typeof leaf.event === 'string' ? [leaf.event] : leaf.event
  return (
    <Stack gap="xs" className="leaf-block">
      <Group gap="xs">
        <TagsInput
          aria-label={t('editor.event')}
          placeholder={names.length === 0 ? t('editor.eventHint') : ''}
          data={[...suggestedEvents(state.events)]}
          value={names.filter((name) => name !== '')}
          onChange={([first = '', ...more]) =>
            onChange({ ...leaf, event: more.length === 0 ? first : [first, ...more] })
          }
          splitChars={[]}
          miw={220}
          flex={1}
        />
        <CountEditor leaf={leaf} onChange={onChange} />
        <WindowEditor leaf={leaf} onChange={onChange} />
      </Group>
      <WhereEditor leaf={leaf} onChange={onChange} />
    </Stack>
  )
}

function CountEditor({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const [low, high] = typeof leaf.value === 'number' ? [leaf.value, leaf.value] : leaf.value
  return (
    <Group gap="xs">
      <Select
        aria-label={t('editor.countOperator')}
        data={COUNT_OPERATORS.map((item) => ({ value: item, label: t(`countOperator.${item}`) }))}
        value={leaf.operator}
        onChange={(next) => {
          const operator = COUNT_OPERATORS.find((item) => item === next)
          if (operator === undefined) return
          onChange({ ...leaf, operator, value: operator === 'between' ? [low, high] : low })
        }}
        allowDeselect={false}
        w={130}
      />
      <NumberInput
        aria-label={t('editor.count')}
        value={low}
        min={0}
        allowDecimal={false}
        onChange={(next) =>
          typeof next === 'number' &&
          onChange({ ...leaf, value: leaf.operator === 'between' ? [next, high] : next })
        }
        w={76}
      />
      {leaf.operator === 'between' && (
        <NumberInput
          aria-label={t('editor.countHigh')}
          value={high}
          min={0}
          allowDecimal={false}
          onChange={(next) => typeof next === 'number' && onChange({ ...leaf, value: [low, next] })}
          w={76}
        />
      )}
      <Text size="sm">{t('editor.times', { count: high })}</Text>
    </Group>
  )
}

function WindowEditor({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const { window: _, ...ever } = leaf
  const amount = leaf.window ? readDuration(leaf.window.last) : null
  const set = (value: number, unit: DurationUnit) =>
    onChange({ ...leaf, window: { last: formatIso({ amount: value, unit }) } })
  return (
    <Group gap="xs">
      <Select
        aria-label={t('editor.window')}
        data={[
          { value: 'last', label: t('editor.inTheLast') },
          { value: 'ever', label: t('editor.ever') },
        ]}
        value={leaf.window ? 'last' : 'ever'}
        onChange={(next) => (next === 'ever' ? onChange(ever) : set(7, 'day'))}
        allowDeselect={false}
        w={130}
      />
      {amount && (
        <>
          <NumberInput
            aria-label={t('editor.windowLength')}
            value={amount.amount}
            min={1}
            allowDecimal={false}
            onChange={(next) => typeof next === 'number' && next >= 1 && set(next, amount.unit)}
            w={76}
          />
          <Select
            aria-label={t('editor.windowUnit')}
            data={DURATION_UNITS.map(({ unit }) => ({ value: unit, label: t(`unit.${unit}`) }))}
            value={amount.unit}
            onChange={(next) => next && set(amount.amount, next as DurationUnit)}
            allowDeselect={false}
            w={116}
          />
        </>
      )}
    </Group>
  )
}

function WhereEditor({ leaf, onChange }: Props) {
  const { t } = useI18n()
  const tests = leaf.where ?? []
  const set = (next: readonly PropertyTest[]) => {
    const { where: _, ...rest } = leaf
    onChange(next.length === 0 ? rest : { ...rest, where: next })
  }
  return (
    <>
      {tests.map((test, index) => (
        <Group key={index} gap="xs" pl={{ base: 0, sm: 'md' }}>
          <Text size="sm" c="dimmed" w={44}>
            {t(index === 0 ? 'editor.where' : 'editor.and')}
          </Text>
          <Autocomplete
            aria-label={t('editor.property')}
            placeholder={t('editor.propertyHint')}
            data={[...SUGGESTED_PROPERTIES]}
            value={test.property}
            onChange={(property) => set(tests.with(index, { ...test, property }))}
            w={150}
          />
          <TestEditor
            test={test}
            of={test.property || t('editor.property')}
            onChange={(next) => set(tests.with(index, next))}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('editor.removeProperty')}
            onClick={() => set(tests.toSpliced(index, 1))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'flex-start' }}
        onClick={() => set([...tests, { property: '', operator: 'equals', value: '' }])}
      >
        {t('editor.addProperty')}
      </Button>
    </>
  )
}
