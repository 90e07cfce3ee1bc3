import { ActionIcon, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { TraitPolicy } from '../../edge/protocol/identifier.ts'
import { newRow, type BlockedDraft, type TraitDraft } from './identity-draft.ts'
import { useI18n } from './use-i18n.ts'

const POLICIES = ['most-recent', 'oldest', 'sum', 'union', 'max'] as const

interface Rows<Row> {
  readonly rows: readonly Row[]
  readonly onChange: (rows: readonly Row[]) => void
  readonly error: string | undefined
}

const replaced = <Row,>(rows: readonly Row[], at: number, change: Partial<Row>): Row[] =>
  rows.map((row, index) => (index === at ? { ...row, ...change } : row))

/** Values that identify no one. */
export function BlockedValues(props: Rows<BlockedDraft> & { readonly kinds: readonly string[] }) {
  const { t } = useI18n()
  const { rows, onChange } = props
  return (
    <Stack gap="xs" align="stretch">
      {rows.map(({ row, kind, value }, at) => (
        <Group key={row} gap="xs" wrap="nowrap">
          <Select
            aria-label={t('identity.blockedKind', { position: at + 1 })}
            data={[
              { value: '', label: t('identity.anyKind') },
              ...[...new Set([...props.kinds, kind])].filter((one) => one !== ''),
            ]}
            value={kind}
            allowDeselect={false}
            w={140}
            onChange={(next) => onChange(replaced(rows, at, { kind: next ?? '' }))}
          />
          <TextInput
            aria-label={t('identity.blockedValue', { position: at + 1 })}
            value={value}
            flex={1}
            miw={0}
            onChange={(event) => onChange(replaced(rows, at, { value: event.currentTarget.value }))}
          />
          <Remove
            label={t('identity.removeValue', { position: at + 1 })}
            act={() => onChange(rows.filter((_, index) => index !== at))}
          />
        </Group>
      ))}
      <Below
        error={props.error}
        label={t('identity.addValue')}
        act={() => onChange([...rows, { row: newRow(), kind: '', value: '' }])}
      />
    </Stack>
  )
}

/** Traits whose policy is not the usual one. */
export function TraitPolicies(props: Rows<TraitDraft>) {
  const { t } = useI18n()
  const { rows, onChange } = props
  return (
    <Stack gap="xs" align="stretch">
      {rows.map(({ row, trait, policy }, at) => (
        <Group key={row} gap="xs" wrap="nowrap">
          <TextInput
            aria-label={t('identity.trait', { position: at + 1 })}
            value={trait}
            flex={1}
            miw={0}
            onChange={(event) => onChange(replaced(rows, at, { trait: event.currentTarget.value }))}
          />
          <Select
            aria-label={t('identity.policy', { position: at + 1 })}
            data={POLICIES.map((value) => ({
              value,
              label: t(`identity.traitPolicies.${value}`),
            }))}
            value={policy}
            allowDeselect={false}
            w={150}
            onChange={(next) =>
              onChange(replaced(rows, at, { policy: (next ?? policy) as TraitPolicy }))
            }
          />
          <Remove
            label={t('identity.removeTrait', { position: at + 1 })}
            act={() => onChange(rows.filter((_, index) => index !== at))}
          />
        </Group>
      ))}
      <Below
        error={props.error}
        label={t('identity.addTrait')}
        act={() => onChange([...rows, { row: newRow(), trait: '', policy: 'oldest' }])}
      />
    </Stack>
  )
}

function Remove({ label, act }: { readonly label: string; readonly act: () => void }) {
  return (
    <ActionIcon variant="default" size="lg" aria-label={label} onClick={act}>
      <IconTrash size={16} />
    </ActionIcon>
  )
}

function Below(props: {
  readonly error: string | undefined
  readonly label: string
  readonly act: () => void
}) {
  return (
    <>
      {props.error !== undefined && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {props.error}
        </Text>
      )}
      <Group>
        <Button variant="default" leftSection={<IconPlus size={16} />} onClick={props.act}>
          {props.label}
        </Button>
      </Group>
    </>
  )
}
