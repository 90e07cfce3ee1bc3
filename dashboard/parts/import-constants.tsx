import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import type { ImportMapping } from '../../edge/protocol/import.ts'
import { useI18n } from './use-i18n.ts'

type Pair = readonly [name: string, value: string]

/** What is true of every row and stands in no column: a currency, a channel, a shop. */
export function ImportConstants(props: {
  readonly mapping: ImportMapping
  readonly onChange: (mapping: ImportMapping) => void
}) {
  const { t } = useI18n()
  // A line without a name yet is typed here, and is no part of the mapping.
  const [pairs, setPairs] = useState<readonly Pair[]>(Object.entries(props.mapping.constants ?? {}))
  const change = (next: readonly Pair[]) => {
    setPairs(next)
    const { constants: _constants, ...rest } = props.mapping
    const named = next.flatMap(([name, value]): Pair[] =>
      name.trim() === '' || value.trim() === '' ? [] : [[name.trim(), value.trim()]],
    )
    props.onChange({ ...rest, ...(named.length > 0 && { constants: Object.fromEntries(named) }) })
  }
  return (
    <Stack gap="xs" align="flex-start">
      <Text size="sm" fw={500}>
        {t('imports.constants')}
      </Text>
      {pairs.map(([name, value], at) => (
        <Group key={at} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={t('imports.constantName')}
            placeholder={t('imports.constantName')}
            value={name}
            maxLength={200}
            onChange={({ currentTarget }) => change(pairs.with(at, [currentTarget.value, value]))}
            w={{ base: 120, sm: 180 }}
          />
          <TextInput
            aria-label={t('imports.constantOf', { name })}
            placeholder={t('imports.constantValue')}
            value={value}
            maxLength={1_000}
            onChange={({ currentTarget }) => change(pairs.with(at, [name, currentTarget.value]))}
            w={{ base: 120, sm: 180 }}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={t('imports.removeConstant', { name })}
            onClick={() => change(pairs.toSpliced(at, 1))}
          >
            <IconX size={16} />
          </ActionIcon>
        </Group>
      ))}
      <Button
        variant="subtle"
        size="compact-sm"
        leftSection={<IconPlus size={14} />}
        onClick={() => change([...pairs, ['', '']])}
      >
        {t('imports.addConstant')}
      </Button>
    </Stack>
  )
}
