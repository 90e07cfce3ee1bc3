import { ActionIcon, Autocomplete, Button, Group, TagsInput, Text } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { EventTest, PropertyTest } from '../../edge/protocol/condition.ts'
import { SUGGESTED_PROPERTIES, suggestedEvents } from './event-names.ts'
import { useLive } from './live-context.tsx'
import { TestEditor } from './test-editor.tsx'
import { useI18n } from './use-i18n.ts'

interface Props<T extends EventTest> {
  readonly test: T
  readonly onChange: (test: T) => void
}

/** Names of events, of which any counts. */
export function EventNames<T extends EventTest>({ test, onChange }: Props<T>) {
  const { t } = useI18n()
  const { state } = useLive()
  const names = typeof test.event === 'string' ? [test.event] : test.event
  return (
    <TagsInput
      aria-label={t('editor.event')}
      placeholder={names.length === 0 ? t('editor.eventHint') : ''}
      data={[...suggestedEvents(state.events)]}
      value={names.filter((name) => name !== '')}
      onChange={([first = '', ...more]) =>
        onChange({ ...test, event: more.length === 0 ? first : [first, ...more] })
      }
      splitChars={[]}
      miw={220}
      flex={1}
    />
  )
}

/** Tests of the events' properties, all of which must hold. */
export function PropertyTests<T extends EventTest>({ test, onChange }: Props<T>) {
  const { t } = useI18n()
  const tests = test.where ?? []
  const set = (next: readonly PropertyTest[]) => {
    const { where: _, ...rest } = test
    onChange((next.length === 0 ? rest : { ...rest, where: next }) as T)
  }
  return (
    <>
      {tests.map((one, index) => (
        <Group key={index} gap="xs" pl={{ base: 0, sm: 'md' }}>
          <Text size="sm" c="dimmed" w={44}>
            {t(index === 0 ? 'editor.where' : 'editor.and')}
          </Text>
          <Autocomplete
            aria-label={t('editor.property')}
            placeholder={t('editor.propertyHint')}
            data={[...SUGGESTED_PROPERTIES]}
            value={one.property}
            onChange={(property) => set(tests.with(index, { ...one, property }))}
            w={150}
          />
          <TestEditor
            test={one}
            of={one.property || t('editor.property')}
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
