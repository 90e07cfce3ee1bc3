import { Anchor, Box, Group, Text, Title } from '@mantine/core'
import type { ApiImport, ImportFaultGroup } from '../../edge/protocol/import.ts'
import { useI18n } from './use-i18n.ts'

/** Why rows are bad, the most frequent reason first, and all of them as a file. */
export function ImportFaults({ file }: { readonly file: ApiImport }) {
  const { t, format } = useI18n()
  return (
    <div>
      <Title order={3} mb="xs">
        {t('imports.badRows')}
      </Title>
      <Box component="ul" role="list" className="column-list" mb="xs">
        {file.faults.map((group) => (
          <Box component="li" key={`${group.reason} ${group.column ?? ''}`} py="xs">
            <FaultGroup group={group} />
          </Box>
        ))}
      </Box>
      <Anchor href={`/api/imports/${encodeURIComponent(file.id)}/errors.csv`} download size="sm">
        {t('imports.errorFile')}
      </Anchor>
      {file.errorsOmitted > 0 && (
        <Text size="sm" c="dimmed">
          {t('imports.omitted', { rows: format.number(file.errorsOmitted) })}
        </Text>
      )}
    </div>
  )
}

function FaultGroup({ group }: { readonly group: ImportFaultGroup }) {
  const { t, format } = useI18n()
  const { column, rows, first } = group
  const numbers = first.map((row) => format.number(row)).join(', ')
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" gap="sm">
      <div style={{ minWidth: 0 }}>
        <Text size="sm" className="breakable">
          {column !== undefined && <strong>{column} · </strong>}
          <Reason code={group.reason} />
        </Text>
        <Text size="xs" c="dimmed" className="figure">
          {t('imports.faultRows', {
            count: first.length,
            rows: rows > first.length ? `${numbers}…` : numbers,
          })}
        </Text>
      </div>
      <Text size="sm" fw={650} className="figure">
        {format.number(rows)}
      </Text>
    </Group>
  )
}

/** A row's own reason, or one that any event may have. */
function Reason({ code }: { readonly code: string }) {
  const { t } = useI18n()
  const [own, shared] = [code as 'no-time', code as 'busy']
  return <>{t([`imports.reasons.${own}`, `reason.${shared}`])}</>
}
