import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { segmentsQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

/** One of the workspace's segments, by its name. */
export function SegmentPicker(props: {
  /** An id, or a key. */
  readonly value: string
  readonly onChange: (id: string) => void
}) {
  const { t } = useI18n()
  const { data = [], isError } = useQuery(segmentsQuery)
  const known = data.find(({ id, key }) => id === props.value || key === props.value)
  return (
    <Select
      aria-label={t('editor.segment')}
      placeholder={t('editor.segmentHint')}
      data={data.map(({ id, name }) => ({ value: id, label: name }))}
      value={known?.id ?? null}
      onChange={(id) => id && props.onChange(id)}
      searchable
      allowDeselect={false}
      nothingFoundMessage={t('editor.noSegment')}
      error={isError ? t('editor.segmentsFailed') : undefined}
      miw={240}
      flex={1}
    />
  )
}
