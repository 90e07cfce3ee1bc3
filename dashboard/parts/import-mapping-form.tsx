import { Alert, Button, Card, Group, MultiSelect, Select, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { suggestMapping } from '../../edge/parse/import-suggest.ts'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import { IMPORT_KINDS, type ApiImport, type ImportMapping } from '../../edge/protocol/import.ts'
import { REACTIONS } from '../../edge/protocol/reaction.ts'
import { api } from './api.ts'
import { ImportColumns } from './import-columns.tsx'
import { ImportConstants } from './import-constants.tsx'
import { ImportFormatForm } from './import-format-form.tsx'
import { ImportSavedMappings } from './import-saved-mappings.tsx'
import { gapsOf } from './mapping-gaps.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Of the browser, and UTC, which some browsers leave out. */
const ZONES = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]

const NOTHING: ImportMapping = { kind: 'customers', columns: [] }

/** What a file is and what becomes of its columns; then a check without effect, or the import itself. */
export function ImportMappingForm({ file }: { readonly file: ApiImport }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [mapping, setMapping] = useState(file.mapping ?? file.suggested ?? NOTHING)
  // A mapping that is taken up brings its own constants.
  const [taken, setTaken] = useState(0)
  const take = (chosen: ImportMapping) => {
    // Of another file: what it says of columns that this one has.
    const columns = chosen.columns.filter(({ column }) => file.columns.includes(column))
    setMapping({ ...chosen, columns })
    setTaken(taken + 1)
  }
  const begin = useMutation({
    mutationFn: (act: 'dry-run' | 'start') => api.imports.begin(file.id, act, mapping),
    onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }),
  })
  const gaps = gapsOf(mapping)
  const setKind = (wanted: string | null) => {
    const kind = IMPORT_KINDS.find((known) => known === wanted)
    if (kind === undefined) return
    take(suggestMapping(file.columns, file.sample ?? [], DEFAULT_KINDS, kind))
  }
  return (
    <Card>
      <Title order={2} mb="md">
        {t('imports.mapping')}
      </Title>
      <Stack>
        {file.mapping === undefined && (
          <Alert color="iris" role="note">
            {t('imports.suggested')}
          </Alert>
        )}
        {file.format && <ImportFormatForm file={file} format={file.format} />}
        <Group align="flex-end">
          <Select
            label={t('imports.kind')}
            data={IMPORT_KINDS.map((kind) => ({ value: kind, label: t(`imports.kinds.${kind}`) }))}
            value={mapping.kind}
            allowDeselect={false}
            onChange={setKind}
            w={{ base: '100%', xs: 290 }}
          />
          <Select
            label={t('imports.zone')}
            placeholder="UTC"
            data={ZONES}
            searchable
            clearable
            clearButtonProps={{ 'aria-label': t('imports.noZone') }}
            value={mapping.zone ?? null}
            onChange={(zone) => {
              const { zone: _zone, ...rest } = mapping
              setMapping({ ...rest, ...(zone !== null && { zone }) })
            }}
          />
          {mapping.kind === 'campaigns' &&
            !mapping.columns.some(({ use }) => use === 'reaction') && (
              <Select
                label={t('imports.everyRow')}
                data={REACTIONS.map((reaction) => ({
                  value: reaction,
                  label: t(`imports.reactions.${reaction}`),
                }))}
                value={mapping.reaction ?? null}
                onChange={(wanted) => {
                  const reaction = REACTIONS.find((known) => known === wanted)
                  if (reaction !== undefined) setMapping({ ...mapping, reaction })
                }}
              />
            )}
          {mapping.kind === 'consents' && (
            <MultiSelect
              label={t('imports.denies')}
              data={PURPOSES.map((purpose) => ({ value: purpose, label: t(`purpose.${purpose}`) }))}
              value={[...(mapping.denies ?? [])]}
              onChange={(denies) => setMapping({ ...mapping, denies })}
            />
          )}
          <ImportSavedMappings file={file} mapping={mapping} onChosen={take} />
        </Group>
        <ImportColumns file={file} mapping={mapping} onChange={setMapping} />
        <ImportConstants key={taken} mapping={mapping} onChange={setMapping} />
        {begin.isError && <Failure error={begin.error} />}
        {gaps.length > 0 && (
          <Alert color="orange" role="status" title={t('imports.incomplete')}>
            {gaps.map((gap) => (
              <Text key={gap} size="sm">
                {t(`imports.gaps.${gap}`)}
              </Text>
            ))}
          </Alert>
        )}
        <Group>
          <Button
            variant="light"
            disabled={gaps.length > 0}
            loading={begin.isPending && begin.variables === 'dry-run'}
            onClick={() => begin.mutate('dry-run')}
          >
            {t('imports.dryRun')}
          </Button>
          <Button
            disabled={gaps.length > 0}
            loading={begin.isPending && begin.variables === 'start'}
            onClick={() => begin.mutate('start')}
          >
            {t('imports.start')}
          </Button>
          <Text size="sm" c="dimmed">
            {t('imports.startAbout')}
          </Text>
        </Group>
      </Stack>
    </Card>
  )
}
