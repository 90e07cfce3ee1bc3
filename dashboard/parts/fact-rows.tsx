import { ActionIcon, Autocomplete, Button, Code, Group, Select, Stack } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { OneValue } from './test-editor.tsx'
import { kindOf, typed, type ValueKind } from './test-value.ts'
import { useI18n } from './use-i18n.ts'

const KINDS: readonly ValueKind[] = ['text', 'number', 'boolean']

/** Names with a value each: "[plan] [text] [gold]". What is a list or an object is shown, and written as JSON alone. */
export function FactRows(props: {
  /** What they are of, for people who hear the page. */
  readonly of: string
  readonly add: string
  readonly suggestions: readonly string[]
  readonly facts: JsonObject
  readonly onChange: (facts: JsonObject) => void
}) {
  const { t } = useI18n()
  const { of } = props
  // A name may be another's while it is typed: rows are apart until then.
  const [rows, setRows] = useState(() => Object.entries(props.facts))
  const change = (next: readonly (readonly [string, Json])[]) => {
    setRows(next.map(([name, value]) => [name, value]))
    props.onChange(Object.fromEntries(next.filter(([name]) => name !== '')))
  }
  return (
    <Stack gap={6}>
      {rows.map(([name, value], place) => {
        const label = t('examples.factOf', { of, number: place + 1 })
        const set = (next: Json) => change(rows.with(place, [name, next]))
        return (
          <Group key={place} gap="xs">
            <Autocomplete
              size="xs"
              aria-label={`${label}: ${t('examples.factName')}`}
              data={[...props.suggestions]}
              value={name}
              onChange={(next) => change(rows.with(place, [next, value]))}
              w={140}
            />
            {typeof value === 'object' && value !== null ? (
              <Code className="breakable">{JSON.stringify(value)}</Code>
            ) : (
              <>
                <Select
                  size="xs"
                  aria-label={t('editor.kindOf', { of: label })}
                  data={KINDS.map((kind) => ({ value: kind, label: t(`editor.kinds.${kind}`) }))}
                  value={kindOf(value)}
                  onChange={(kind) => set(typed(value, kind as ValueKind))}
                  allowDeselect={false}
                  w={104}
                />
                <OneValue
                  kind={kindOf(value)}
                  label={t('editor.valueOf', { of: label })}
                  value={value}
                  suggestions={[]}
                  onValue={set}
                />
              </>
            )}
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('examples.removeOf', { of: label })}
              onClick={() => change(rows.toSpliced(place, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        )
      })}
      <Button
        variant="subtle"
        size="compact-xs"
        leftSection={<IconPlus size={14} />}
        style={{ alignSelf: 'flex-start' }}
        aria-label={`${props.add}: ${of}`}
        onClick={() => change([...rows, ['', '']])}
      >
        {props.add}
      </Button>
    </Stack>
  )
}
