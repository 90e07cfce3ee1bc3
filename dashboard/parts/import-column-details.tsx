import { Autocomplete, Checkbox, Group, Select, Text, TextInput } from '@mantine/core'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import type { ColumnMapping } from '../../edge/protocol/import.ts'
import { dateOf, typeChoice, typeOf, TYPES, withType } from './column-use.ts'
import { readingOf } from './sample-reading.ts'
import { useI18n } from './use-i18n.ts'

/** Formats that are met most; any other pattern may be typed. */
const FORMATS = [
  'iso',
  'DD/MM/YYYY',
  'DD/MM/YYYY HH:mm',
  'MM/DD/YYYY',
  'D/M/YYYY H:mm',
  'DD.MM.YYYY',
  'YYYY/MM/DD',
  'YYYYMMDD',
  'seconds',
  'milliseconds',
]
/** Of a field, wide on narrow screens. */
const width = (pixels: number) => ({ base: '100%', sm: pixels })

/** What more must be said of a column put to a use. */
export function ImportColumnDetails(props: {
  readonly column: ColumnMapping
  readonly zone: string | undefined
  readonly sample: readonly string[]
  readonly onChange: (column: ColumnMapping) => void
}) {
  const { t } = useI18n()
  const { column, onChange } = props
  const label = (what: string) => `${what}: ${column.column}`
  const reading = <SampleReading column={column} zone={props.zone} sample={props.sample} />
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
        w={width(200)}
      />
    )
  }
  if (column.use === 'consent') {
    return (
      <>
        <Group gap="sm">
          <Select
            aria-label={label(t('imports.purpose'))}
            data={PURPOSES.map((purpose) => ({ value: purpose, label: t(`purpose.${purpose}`) }))}
            value={column.purpose}
            allowDeselect={false}
            onChange={(purpose) => purpose && onChange({ ...column, purpose })}
            w={width(200)}
          />
          <Checkbox
            label={t('imports.inverted')}
            checked={column.inverted === true}
            onChange={({ currentTarget }) =>
              onChange({ ...column, inverted: currentTarget.checked })
            }
          />
        </Group>
        {reading}
      </>
    )
  }
  if (column.use === 'reaction') return reading
  if (column.use === 'ignore' || column.use === 'order') return null
  const date = dateOf(column)
  return (
    <>
      <Group gap="sm" align="flex-start">
        {'name' in column && (
          <TextInput
            aria-label={label(t('imports.storedAs'))}
            value={column.name}
            maxLength={200}
            error={column.name.trim() === '' ? t('imports.unnamed') : null}
            onChange={({ currentTarget }) => onChange({ ...column, name: currentTarget.value })}
            w={width(200)}
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
            w={width(190)}
          />
        )}
        {date && (
          <Autocomplete
            aria-label={label(t('imports.dateFormat'))}
            data={FORMATS}
            // All of them are offered, whatever stands there.
            filter={({ options }) => options}
            value={date.format ?? 'iso'}
            maxLength={50}
            onChange={(format) => onChange(withType(column, { ...date, format }))}
            w={width(200)}
          />
        )}
      </Group>
      {reading}
    </>
  )
}

/** Whether the first values are what the column is said to hold: seen before a check of the whole file. */
function SampleReading(props: {
  readonly column: ColumnMapping
  readonly zone: string | undefined
  readonly sample: readonly string[]
}) {
  const { t, format } = useI18n()
  const reading = readingOf(props.column, props.zone, props.sample)
  if (reading === undefined) return null
  if (reading.type === 'date' || reading.type === 'day') {
    const shown = reading.type === 'day' ? format.date : format.dateTime
    return (
      <Text size="xs" c="dimmed" mt={4} className="breakable">
        {t('imports.readAs', { text: reading.text, date: shown(reading.at) })}
      </Text>
    )
  }
  return (
    <Text size="xs" c="var(--mantine-color-error)" mt={4} className="breakable" role="status">
      {reading.type === 'no-format'
        ? t('imports.badFormat')
        : t('imports.unread', { text: reading.text })}
    </Text>
  )
}
