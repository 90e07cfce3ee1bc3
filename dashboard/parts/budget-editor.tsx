import { Group, Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { BudgetCondition } from '../../edge/protocol/condition.ts'
import { AmountTest } from './amount-test.tsx'
import { capsQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** What is left of a cap: "[Two a week] [is at least] [1]". */
export function BudgetEditor(props: {
  readonly leaf: BudgetCondition
  readonly onChange: (leaf: BudgetCondition) => void
}) {
  const { t } = useI18n()
  const { leaf, onChange } = props
  const { data, isError } = useQuery(capsQuery)
  const known = data?.find(({ id, key }) => id === leaf.cap || key === leaf.cap)
  const isNone = data?.length === 0
  return (
    <Group gap="xs" className="leaf-block">
      <Select
        aria-label={t('editor.cap')}
        placeholder={isNone ? t('editor.noCaps') : t('editor.capHint')}
        data={(data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={known?.id ?? null}
        onChange={(cap) => cap !== null && onChange({ ...leaf, cap })}
        searchable
        allowDeselect={false}
        disabled={isNone}
        nothingFoundMessage={t('editor.noCap')}
        error={isError ? t('editor.capsFailed') : undefined}
        miw={220}
        flex={1}
      />
      <AmountTest
        of={t('editor.fields.budget')}
        test={leaf}
        onChange={(test) => onChange({ ...leaf, ...test })}
      />
    </Group>
  )
}
