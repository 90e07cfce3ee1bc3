import { Box, Grid, Select, Text } from '@mantine/core'
import type { ApiImport, ColumnMapping, ImportMapping } from '../../edge/protocol/import.ts'
import { USES, withUse } from './column-use.ts'
import { ImportColumnDetails } from './import-column-details.tsx'
import { useI18n } from './use-i18n.ts'

/** Values of a column that are shown below its name. */
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
    <Box component="ul" role="list" className="column-list">
      {columns.map((column, at) => {
        const sample = (file.sample ?? []).map((row) => row[at] ?? '')
        return (
          <Box component="li" key={column.column} py="sm">
            <Grid gap="sm">
              <Grid.Col span={{ base: 12, sm: 3 }}>
                <Text size="sm" fw={600} className="breakable">
                  {column.column}
                </Text>
                {sample.slice(0, SHOWN).map((text, row) => (
                  <Text key={row} size="xs" c="dimmed" truncate>
                    {text === '' ? '–' : text}
                  </Text>
                ))}
              </Grid.Col>
              <Grid.Col span={{ base: 12, sm: 3 }}>
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
              </Grid.Col>
              <Grid.Col span={{ base: 12, sm: 6 }}>
                <ImportColumnDetails
                  column={column}
                  zone={mapping.zone}
                  sample={sample}
                  onChange={(next) => change(at, next)}
                />
              </Grid.Col>
            </Grid>
          </Box>
        )
      })}
    </Box>
  )
}
