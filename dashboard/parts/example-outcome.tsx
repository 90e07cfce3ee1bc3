import { Badge, Group, Text } from '@mantine/core'
import { IconCheck, IconX } from '@tabler/icons-react'
import type { ExampleResult } from '../../edge/domain/example.ts'
import type { Condition } from '../../edge/protocol/condition.ts'
import { partAt } from './example-edit.ts'
import { useI18n } from './use-i18n.ts'
import { useSentence } from './use-sentence.ts'

/** What was said of an example person; if it is wrong, by which part, in words. */
export function ExampleOutcome(props: {
  readonly result: ExampleResult & { readonly condition: Condition }
}) {
  const { t } = useI18n()
  const sentenceOf = useSentence()
  const { person, passes, answer, decisive, condition } = props.result
  const clause = passes ? '' : sentenceOf(partAt(condition, decisive.path))
  return (
    <Group component="span" gap="xs" wrap="nowrap" align="flex-start">
      <Badge
        component="span"
        color={passes ? 'teal' : 'red'}
        variant="light"
        autoContrast
        leftSection={passes ? <IconCheck size={12} /> : <IconX size={12} />}
        style={{ flexShrink: 0 }}
      >
        {passes ? t('examples.passes') : t('examples.fails')}
      </Badge>
      <Text component="span" size="sm" className="breakable">
        {t(answer.holds ? 'examples.isIn' : 'examples.isOut', { name: person.name })}
        {!passes && ' '}
        {!passes &&
          (decisive.holds
            ? t('examples.becauseHolds', { clause })
            : t('examples.becauseFails', { clause }))}
      </Text>
    </Group>
  )
}
