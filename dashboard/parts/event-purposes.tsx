import { ActionIcon, Autocomplete, Button, Group, Input, Stack } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { PURPOSES, type EventPurpose } from '../../edge/protocol/consent.ts'
import { suggestedEvents } from './event-names.ts'
import { useI18n } from './use-i18n.ts'

/** Events that a source collects for another purpose than analytics, one a line. */
export function EventPurposes(props: {
  readonly value: readonly EventPurpose[]
  readonly onChange: (purposes: readonly EventPurpose[]) => void
  readonly error?: string | undefined
}) {
  const { t } = useI18n()
  const { value, onChange } = props
  const change = (at: number, part: Partial<EventPurpose>) =>
    onChange(value.map((one, index) => (index === at ? { ...one, ...part } : one)))
  return (
    <Input.Wrapper
      label={t('source.purposes')}
      description={t('source.purposesAbout')}
      error={props.error}
    >
      <Stack gap="xs" mt="xs">
        {value.map(({ event, purpose }, index) => (
          <Group key={index} gap="xs" wrap="nowrap">
            <Autocomplete
              aria-label={t('source.purposeEvent')}
              data={[...suggestedEvents([])]}
              required
              value={event}
              onChange={(name) => change(index, { event: name })}
              flex={2}
            />
            <Autocomplete
              aria-label={t('editor.purpose')}
              data={[...PURPOSES]}
              required
              value={purpose}
              onChange={(name) => change(index, { purpose: name })}
              flex={1}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t('source.purposeRemove', { event })}
              onClick={() => onChange(value.filter((_, at) => at !== index))}
            >
              <IconX size={17} />
            </ActionIcon>
          </Group>
        ))}
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => onChange([...value, { event: '', purpose: 'necessary' }])}
        >
          {t('source.purposeAdd')}
        </Button>
      </Stack>
    </Input.Wrapper>
  )
}
