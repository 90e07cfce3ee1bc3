import { Checkbox, Group, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import {
  OPERATORS,
  type ClockOperator,
  type Operator,
  type Test,
} from '../../edge/protocol/condition.ts'
import type { Json } from '../../edge/protocol/json.ts'
import {
  hasCase,
  isList,
  kindOf,
  kindsOf,
  shapeOf,
  typed,
  withKind,
  withOperator,
  type ValueKind,
} from './test-value.ts'
import { useI18n } from './use-i18n.ts'

/** Operator, kind of value, value: "is one of [shoes] [boots]". */
export function TestEditor<T extends Test>(props: {
  readonly test: T
  readonly onChange: (test: T) => void
  /** What is compared, for people who hear the page. */
  readonly of: string
  readonly suggestions?: readonly string[]
  /** Operators of another kind of test, that may be chosen in the place of this one. */
  readonly others?: readonly ClockOperator[]
  readonly onOther?: (operator: ClockOperator) => void
}) {
  const { t } = useI18n()
  const { test, onChange, others = [] } = props
  const kinds = kindsOf(test.operator)
  const kind = kindOf(test.value)
  return (
    <>
      <Select
        aria-label={t('editor.operatorOf', { of: props.of })}
        data={[...OPERATORS, ...others].map((operator) => ({
          value: operator,
          label: t(`operator.${operator}`),
        }))}
        value={test.operator}
        onChange={(operator) => {
          const other = others.find((one) => one === operator)
          if (other !== undefined) props.onOther?.(other)
          else if (operator) onChange(withOperator(test, operator as Operator))
        }}
        allowDeselect={false}
        w={170}
      />
      {kinds.length > 1 && (
        <Select
          aria-label={t('editor.kindOf', { of: props.of })}
          data={kinds.map((item) => ({ value: item, label: t(`editor.kinds.${item}`) }))}
          value={kind}
          onChange={(next) => next && onChange(withKind(test, next as ValueKind))}
          allowDeselect={false}
          w={124}
        />
      )}
      <ValueEditor
        test={test}
        kind={kind}
        label={t('editor.valueOf', { of: props.of })}
        suggestions={props.suggestions ?? []}
        onValue={(value) => onChange({ ...test, value })}
      />
      {hasCase(test) && (
        <Checkbox
          label={t('editor.ignoreCase')}
          aria-label={t('editor.ignoreCaseOf', { of: props.of })}
          checked={test.ignoreCase ?? false}
          onChange={(event) => onChange({ ...test, ignoreCase: event.currentTarget.checked })}
          mih={36}
          styles={{ body: { alignItems: 'center', height: 36 } }}
        />
      )}
    </>
  )
}

function ValueEditor(props: {
  readonly test: Test
  readonly kind: ValueKind
  readonly label: string
  readonly suggestions: readonly string[]
  readonly onValue: (value: Json) => void
}) {
  const { t } = useI18n()
  const { test, kind, label, onValue } = props
  const items = isList(test.value) ? test.value : []
  switch (shapeOf(test.operator)) {
    case 'none':
      return null
    case 'list':
      return (
        <TagsInput
          aria-label={label}
          placeholder={items.length === 0 ? t('editor.listHint') : ''}
          data={[...props.suggestions]}
          value={items.map(String)}
          onChange={(texts) => onValue(texts.map((text) => typed(text, kind)))}
          miw={180}
          flex={1}
        />
      )
    case 'pair':
      return (
        <Group gap={6} wrap="nowrap">
          {[0, 1].map((index) => (
            <OneValue
              key={index}
              kind={kind}
              label={`${label} ${t(index === 0 ? 'editor.from' : 'editor.to')}`}
              value={items[index] ?? ''}
              suggestions={[]}
              onValue={(value) =>
                onValue(index === 0 ? [value, items[1] ?? value] : [items[0] ?? value, value])
              }
            />
          ))}
        </Group>
      )
    case 'one':
      return (
        <OneValue
          kind={kind}
          label={label}
          value={test.value ?? ''}
          suggestions={props.suggestions}
          onValue={onValue}
        />
      )
  }
}

/** A value of one kind. */
export function OneValue(props: {
  readonly kind: ValueKind
  readonly label: string
  readonly value: Json
  readonly suggestions: readonly string[]
  readonly onValue: (value: Json) => void
}) {
  const { t } = useI18n()
  const { kind, label, value, onValue } = props
  if (kind === 'number') {
    return (
      <NumberInput
        aria-label={label}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => typeof next === 'number' && onValue(next)}
        w={120}
      />
    )
  }
  if (kind === 'boolean') {
    return (
      <Select
        aria-label={label}
        data={[
          { value: 'true', label: t('editor.yes') },
          { value: 'false', label: t('editor.no') },
        ]}
        value={String(value)}
        onChange={(next) => onValue(next === 'true')}
        allowDeselect={false}
        w={100}
      />
    )
  }
  const list = `values ${label}`.replaceAll(/\W+/g, '-')
  return (
    <>
      <TextInput
        aria-label={label}
        value={typeof value === 'string' ? value : ''}
        onChange={(event) => onValue(event.currentTarget.value)}
        {...(props.suggestions.length > 0 && { list })}
        miw={140}
        flex={1}
      />
      {props.suggestions.length > 0 && (
        <datalist id={list}>
          {props.suggestions.map((suggestion) => (
            <option key={suggestion} value={suggestion}>
              {suggestion}
            </option>
          ))}
        </datalist>
      )}
    </>
  )
}
