import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Paper,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { IdentifierLevel } from '../../edge/protocol/identifier.ts'
import { newRow, type KindDraft } from './identity-draft.ts'
import { useI18n } from './use-i18n.ts'

const LEVELS = ['person', 'device', 'cookie'] as const

/** Kinds of identifier in the order of trust, moved by buttons that a keyboard reaches. */
export function IdentityKinds(props: {
  readonly kinds: readonly KindDraft[]
  readonly onChange: (kinds: readonly KindDraft[]) => void
  /** By path, as the API says: `kinds.0.level`. */
  readonly errors: { readonly [path: string]: string }
}) {
  const { t } = useI18n()
  const { kinds, onChange, errors } = props
  const set = (at: number, change: Partial<KindDraft>) =>
    onChange(kinds.map((kind, index) => (index === at ? { ...kind, ...change } : kind)))
  const move = (from: number, to: number) => {
    const moved = [...kinds]
    moved.splice(to, 0, ...moved.splice(from, 1))
    onChange(moved)
  }
  const add = () =>
    onChange([
      { row: newRow(), kind: '', level: 'person', unique: false, limit: '', period: '' },
      ...kinds,
    ])
  return (
    <Stack gap="sm" align="stretch">
      <Stack component="ol" gap="xs" p={0} m={0} style={{ listStyle: 'none' }}>
        {kinds.map(({ row, kind, level, unique, limit, period }, at) => {
          const name = kind === '' ? t('identity.newKind') : kind
          return (
            <Paper key={row} component="li" withBorder p="sm" radius="md">
              <Group gap="sm" align="flex-start" role="group" aria-label={name}>
                <Text className="figure" c="dimmed" w={20} mt={28} aria-hidden="true">
                  {at + 1}
                </Text>
                <TextInput
                  label={t('identity.kind')}
                  value={kind}
                  required
                  flex={1}
                  miw={130}
                  error={errors[`kinds.${at}.kind`]}
                  onChange={(event) => set(at, { kind: event.currentTarget.value })}
                />
                <Select
                  label={t('identity.level')}
                  data={LEVELS.map((value) => ({ value, label: t(`identity.levels.${value}`) }))}
                  value={level}
                  allowDeselect={false}
                  w={150}
                  error={errors[`kinds.${at}.level`]}
                  onChange={(value) => set(at, { level: (value ?? level) as IdentifierLevel })}
                />
                <NumberInput
                  label={t('identity.limit')}
                  placeholder="∞"
                  value={limit}
                  min={1}
                  max={1_000}
                  allowDecimal={false}
                  w={112}
                  error={errors[`kinds.${at}.limit`]}
                  onChange={(value) => set(at, { limit: typeof value === 'number' ? value : '' })}
                />
                <NumberInput
                  label={t('identity.period')}
                  placeholder="∞"
                  value={period}
                  min={1}
                  w={112}
                  error={errors[`kinds.${at}.period`]}
                  onChange={(value) => set(at, { period: typeof value === 'number' ? value : '' })}
                />
                <Checkbox
                  label={t('identity.unique')}
                  checked={unique}
                  mt={32}
                  onChange={(event) => set(at, { unique: event.currentTarget.checked })}
                />
                <Group gap={4} mt={26} wrap="nowrap">
                  <ActionIcon
                    variant="default"
                    size="lg"
                    aria-label={t('identity.up', { kind: name })}
                    disabled={at === 0}
                    onClick={() => move(at, at - 1)}
                  >
                    <IconArrowUp size={16} />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    size="lg"
                    aria-label={t('identity.down', { kind: name })}
                    disabled={at === kinds.length - 1}
                    onClick={() => move(at, at + 1)}
                  >
                    <IconArrowDown size={16} />
                  </ActionIcon>
                  <ActionIcon
                    variant="default"
                    size="lg"
                    aria-label={t('identity.remove', { kind: name })}
                    onClick={() => onChange(kinds.filter((_, index) => index !== at))}
                  >
                    <IconTrash size={16} />
                  </ActionIcon>
                </Group>
              </Group>
            </Paper>
          )
        })}
      </Stack>
      {errors['kinds'] !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {errors['kinds']}
        </Text>
      )}
      <Group>
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={add}>
          {t('identity.add')}
        </Button>
      </Group>
    </Stack>
  )
}
