import { JsonInput, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import { conditionFault, readCondition, type ConditionText } from './condition-json.ts'
import type { Leaf } from './condition-query.ts'
import { conditionSentence } from './condition-sentence.ts'
import { useI18n } from './use-i18n.ts'

/** A line that has no fields of its own: what it means in words, and its JSON to be changed. */
export function WrittenLeaf(props: {
  readonly leaf: Leaf
  readonly onChange: (leaf: Leaf) => void
}) {
  const { t, format } = useI18n()
  const [text, setText] = useState(() => JSON.stringify(props.leaf, null, 2))
  const read = readLeaf(text, props.leaf.type)
  return (
    <Stack gap="xs" className="leaf-block">
      <Text size="sm" className="breakable">
        {conditionSentence(props.leaf, t, format)}
      </Text>
      <JsonInput
        aria-label={t('editor.written')}
        autosize
        minRows={4}
        maxRows={20}
        value={text}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        onChange={(next) => {
          setText(next)
          const result = readLeaf(next, props.leaf.type)
          if (result.ok) props.onChange(result.condition as Leaf)
        }}
        error={conditionFault(read, t)}
      />
    </Stack>
  )
}

/** The line must stay of its type: another is chosen in the list before it. */
function readLeaf(text: string, type: Leaf['type']): ConditionText {
  const read = readCondition(text)
  if (!read.ok || read.condition.type === type) return read
  return { ok: false, errors: [{ path: 'condition.type', reason: type }] }
}
