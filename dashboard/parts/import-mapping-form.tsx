import { Alert, Button, Card, Group, MultiSelect, Select, Stack, Text, Title } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { PURPOSES } from '../../edge/protocol/consent.ts'
import {
  IMPORT_KINDS,
  REACTIONS,
  type ApiImport,
  type ImportMapping,
} from '../../edge/protocol/import.ts'
import { api } from './api.ts'
import { USES } from './column-use.ts'
import { ImportColumns } from './import-columns.tsx'
import { ImportConstants } from './import-constants.tsx'
import { ImportFormatForm } from './import-format-form.tsx'
import { importMappingsQuery } from './queries.ts'
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
    setMapping(chosen)
    setTaken(taken + 1)
  }
  const begin = useMutation({
    mutationFn: (act: 'dry-run' | 'start') => api.imports.begin(file.id, act, mapping),
    onSuccess: () => client.invalidateQueries({ queryKey: ['imports'] }),
  })
  const setKind = (wanted: string | null) => {
    const kind = IMPORT_KINDS.find((known) => known === wanted)
    if (kind === undefined) return
    const columns = mapping.columns.map((column) =>
      USES[kind].includes(column.use)
        ? column
        : ({ column: column.column, use: 'ignore' } as const),
    )
    setMapping({ ...mapping, kind, columns })
  }
  return (
    <Card>
      <Title order={2} mb="md">
        {t('imports.mapping')}
      </Title>
      <Stack>
        {file.mapping === undefined && <Alert color="iris">{t('imports.suggested')}</Alert>}
        {file.format && <ImportFormatForm file={file} format={file.format} />}
        <Group align="flex-end">
          <Select
            label={t('imports.kind')}
            data={IMPORT_KINDS.map((kind) => ({ value: kind, label: t(`imports.kinds.${kind}`) }))}
            value={mapping.kind}
            allowDeselect={false}
            onChange={setKind}
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
          <Saved file={file} mapping={mapping} onChosen={take} />
        </Group>
        <ImportColumns file={file} mapping={mapping} onChange={setMapping} />
        <ImportConstants key={taken} mapping={mapping} onChange={setMapping} />
        {begin.isError && <Failure error={begin.error} />}
        <Group>
          <Button
            variant="light"
            loading={begin.isPending && begin.variables === 'dry-run'}
            onClick={() => begin.mutate('dry-run')}
          >
            {t('imports.dryRun')}
          </Button>
          <Button
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

/** Mappings of earlier files: one is taken up, or this one is kept for the next. */
function Saved(props: {
  readonly file: ApiImport
  readonly mapping: ImportMapping
  readonly onChosen: (mapping: ImportMapping) => void
}) {
  const { t } = useI18n()
  const client = useQueryClient()
  const saved = useQuery(importMappingsQuery)
  const save = useMutation({
    mutationFn: () => api.importMappings.create({ name: props.file.name, mapping: props.mapping }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['import-mappings'] }),
  })
  return (
    <>
      {saved.data !== undefined && saved.data.length > 0 && (
        <Select
          label={t('imports.saved')}
          data={saved.data.map(({ id, name }) => ({ value: id, label: name }))}
          value={null}
          onChange={(id) => {
            const chosen = saved.data.find((item) => item.id === id)
            if (chosen !== undefined) props.onChosen(chosen.mapping)
          }}
        />
      )}
      <Button variant="subtle" loading={save.isPending} onClick={() => save.mutate()}>
        {save.isSuccess ? t('imports.mappingSaved') : t('imports.saveMapping')}
      </Button>
      {save.isError && <Failure error={save.error} />}
    </>
  )
}
