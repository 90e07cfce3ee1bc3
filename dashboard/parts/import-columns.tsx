import { Checkbox, Code, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import type { ApiImport, ColumnMapping, ImportMapping } from '../../edge/protocol/import.ts'
import { dateOf, typeChoice, typeOf, TYPES, USES, withType, withUse } from './column-use.ts'
import { useI18n } from './use-i18n.ts'

type Change = (column: ColumnMapping) => void

/** Values of a column that are shown beside its name. */
const SHOWN = 3

/** One row a column: what it holds, and what becomes of it. */
export function ImportColumns(props: {
  readonly file: ApiImport
  readonly mapping: ImportMapping
  readonly onChange: (mapping: ImportMapping) => void
}) {
  const { t } = useI18n()
  const { file, mapping } = props
  const columns = file.columns.map(
    (column): ColumnMapping =>
      mapping.columns.find((mapped) => mapped.column === column) ?? { column, use: 'ignore' },
  )
  const change = (at: number, next: ColumnMapping) =>
    props.onChange({ ...mapping, columns: columns.with(at, next) })
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table verticalSpacing="sm" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="26%">{t('imports.column')}</Table.Th>
            <Table.Th w="22%">{t('imports.becomes')}</Table.Th>
            <Table.Th>{t('imports.details')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {columns.map((column, at) => (
            <Table.Tr key={column.column}>
              <Table.Th scope="row" style={{ verticalAlign: 'top' }}>
                <Text size="sm" fw={600} className="breakable">
                  {column.column}
                </Text>
                {(file.sample ?? []).slice(0, SHOWN).map((row, number) => (
                  <Text key={number} size="xs" c="dimmed" fw={400} truncate>
                    {row[at] === '' ? '–' : row[at]}
                  </Text>
                ))}
              </Table.Th>
              <Table.Td style={{ verticalAlign: 'top' }}>
                <Select
                  aria-label={t('imports.useOf', { column: column.column })}
                  data={USES[mapping.kind].map((use) => ({
                    value: use,
                    label: t(`imports.uses.${use}`),
                  }))}
                  value={column.use}
                  allowDeselect={false}
                  onChange={(use) =>
                    use && change(at, withUse(column, use as ColumnMapping['use']))
                  }
                />
              </Table.Td>
              <Table.Td style={{ verticalAlign: 'top' }}>
                <Details column={column} onChange={(next) => change(at, next)} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Details({
  column,
  onChange,
}: {
  readonly column: ColumnMapping
  readonly onChange: Change
}) {
  const { t } = useI18n()
  const label = (what: string) => `${what}: ${column.column}`
  if (column.use === 'identifier') {
    return (
      <Select
        aria-label={label(t('imports.identifierKind'))}
        data={DEFAULT_KINDS.map(({ kind }) => ({
          value: kind,
          label: t(`kind.${kind as 'email'}`),
        }))}
        value={column.kind}
        allowDeselect={false}
        onChange={(kind) => kind && onChange({ ...column, kind })}
        w={200}
      />
    )
  }
  if (column.use === 'consent') {
    return (
      <Group gap="sm">
        <Select
          aria-label={label(t('imports.purpose'))}
          data={PURPOSES.map((purpose) => ({ value: purpose, label: t(`purpose.${purpose}`) }))}
          value={column.purpose}
          allowDeselect={false}
          onChange={(purpose) => purpose && onChange({ ...column, purpose })}
          w={180}
        />
        <Checkbox
          label={t('imports.inverted')}
          checked={column.inverted === true}
          onChange={({ currentTarget }) => onChange({ ...column, inverted: currentTarget.checked })}
        />
      </Group>
    )
  }
  if (column.use === 'ignore' || column.use === 'order' || column.use === 'reaction') return null
  const date = dateOf(column)
  return (
    <Group gap="sm" align="flex-start">
      {'name' in column && (
        <TextInput
          aria-label={label(t('imports.storedAs'))}
          value={column.name}
          maxLength={200}
          onChange={({ currentTarget }) => onChange({ ...column, name: currentTarget.value })}
          w={150}
        />
      )}
      {column.use !== 'time' && (
        <Select
          aria-label={label(t('imports.type'))}
          data={TYPES.map((type) => ({ value: type, label: t(`imports.types.${type}`) }))}
          value={typeChoice(column.as)}
          allowDeselect={false}
          onChange={(choice) => {
            const type = TYPES.find((known) => known === choice)
            if (type !== undefined) onChange(withType(column, typeOf(type)))
          }}
          w={150}
        />
      )}
      {date && (
        <TextInput
          aria-label={label(t('imports.dateFormat'))}
          description={<Code>iso · DD/MM/YYYY HH:mm · seconds</Code>}
          inputWrapperOrder={['input', 'description']}
          value={date.format ?? 'iso'}
          maxLength={50}
          onChange={({ currentTarget }) =>
            onChange(withType(column, { ...date, format: currentTarget.value }))
          }
          w={230}
        />
      )}
    </Group>
  )
}
