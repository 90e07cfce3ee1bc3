import {
  ActionIcon,
  Box,
  Button,
  Card,
  Group,
  NumberInput,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import type { ContentField } from './content-fields.ts'
import { useI18n } from './use-i18n.ts'

/** A variation while it is edited. `id` names it in the page alone. */
export interface Draft {
  readonly id: number
  readonly key: string
  readonly weight: number
  readonly fields: readonly ContentField[]
}

/** One variation: its share, and the texts a placement is filled with. */
export function VariationEditor(props: {
  readonly draft: Draft
  readonly share: number
  readonly onChange: (draft: Draft) => void
  readonly onRemove: (() => void) | undefined
}) {
  const { t, format } = useI18n()
  const { draft, onChange } = props
  const setField = (index: number, field: ContentField) =>
    onChange({ ...draft, fields: draft.fields.with(index, field) })
  return (
    <Card>
      <Group align="flex-end" gap="sm" mb="md">
        <TextInput
          label={t('variation.key')}
          required
          value={draft.key}
          onChange={(event) => onChange({ ...draft, key: event.currentTarget.value })}
          flex={1}
          miw={140}
        />
        <NumberInput
          label={t('variation.weight')}
          min={0.01}
          value={draft.weight}
          onChange={(weight) => typeof weight === 'number' && onChange({ ...draft, weight })}
          w={110}
        />
        <Text size="sm" c="dimmed" pb={8} w={64} className="figure">
          {format.percent(props.share)}
        </Text>
        {props.onRemove && (
          <Button variant="subtle" color="red" onClick={props.onRemove}>
            {t('variation.remove')}
          </Button>
        )}
      </Group>
      <Stack gap="xs">
        {draft.fields.map((field, index) => (
          <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
            <TextInput
              aria-label={t('variation.field')}
              placeholder={t('variation.field')}
              value={field.name}
              onChange={(event) => setField(index, { ...field, name: event.currentTarget.value })}
              w={{ base: 110, sm: 160 }}
            />
            <TextInput
              aria-label={t('variation.valueOf', { name: field.name || t('variation.field') })}
              placeholder={t('variation.value')}
              value={field.value}
              onChange={(event) => setField(index, { ...field, value: event.currentTarget.value })}
              flex={1}
              miw={0}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('variation.removeField')}
              onClick={() => onChange({ ...draft, fields: draft.fields.toSpliced(index, 1) })}
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
          onClick={() => onChange({ ...draft, fields: [...draft.fields, { name: '', value: '' }] })}
        >
          {t('variation.addField')}
        </Button>
      </Stack>
    </Card>
  )
}

/** What the placement will be filled with, as the text it is. */
export function VariationPreview({ draft }: { readonly draft: Draft }) {
  const { t } = useI18n()
  const filled = draft.fields.filter(({ name }) => name.trim() !== '')
  return (
    <Box
      p="md"
      style={{ border: '1px dashed var(--mantine-color-default-border)', borderRadius: 10 }}
    >
      <Text size="xs" c="dimmed" mb={6}>
        {draft.key || '…'}
      </Text>
      {filled.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('variation.noContent')}
        </Text>
      ) : (
        filled.map(({ name, value }, index) => (
          <Box key={index} mb={6}>
            <Text size="xs" c="dimmed">
              {name}
            </Text>
            <Text
              fw={index === 0 ? 700 : 400}
              size={index === 0 ? 'md' : 'sm'}
              className="breakable"
            >
              {value || '–'}
            </Text>
          </Box>
        ))
      )}
    </Box>
  )
}
