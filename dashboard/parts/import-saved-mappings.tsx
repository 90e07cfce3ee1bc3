import { ActionIcon, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { ApiImport, ImportMapping } from '../../edge/protocol/import.ts'
import { api } from './api.ts'
import { importMappingsQuery } from './queries.ts'
import { Failure, Loaded } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** Mappings of earlier files: one is taken up, or this one is kept for the next file of its kind. */
export function ImportSavedMappings(props: {
  readonly file: ApiImport
  readonly mapping: ImportMapping
  readonly onChosen: (mapping: ImportMapping) => void
}) {
  const { t } = useI18n()
  const [opened, { open, close }] = useDisclosure()
  return (
    <>
      <Button variant="default" onClick={open}>
        {t('imports.saved')}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={t('imports.saved')}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <Stack>
          <SaveForm {...props} />
          <SavedList
            onChosen={(mapping) => {
              props.onChosen(mapping)
              close()
            }}
          />
        </Stack>
      </Modal>
    </>
  )
}

/** The same name again replaces what is kept under it. */
function SaveForm(props: { readonly file: ApiImport; readonly mapping: ImportMapping }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const [name, setName] = useState(props.file.name)
  const save = useMutation({
    mutationFn: () => api.importMappings.create({ name: name.trim(), mapping: props.mapping }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['import-mappings'] }),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Group align="flex-end" gap="sm">
        <TextInput
          label={t('imports.saveAs')}
          required
          maxLength={200}
          value={name}
          onChange={({ currentTarget }) => {
            save.reset()
            setName(currentTarget.value)
          }}
          flex={1}
          miw={180}
        />
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
          {save.isSuccess ? t('imports.mappingSaved') : t('imports.saveMapping')}
        </Button>
      </Group>
      {save.isError && <Failure error={save.error} />}
    </form>
  )
}

function SavedList(props: { readonly onChosen: (mapping: ImportMapping) => void }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const saved = useQuery(importMappingsQuery)
  const remove = useMutation({
    mutationFn: (id: string) => api.importMappings.remove(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['import-mappings'] }),
  })
  return (
    <Loaded query={saved}>
      {(items) => (
        <>
          {items.length === 0 && (
            <Text size="sm" c="dimmed">
              {t('imports.noneSaved')}
            </Text>
          )}
          {items.map(({ id, name, mapping }) => (
            <Group key={id} wrap="nowrap" justify="space-between">
              <div style={{ minWidth: 0 }}>
                <Text size="sm" fw={600} className="breakable">
                  {name}
                </Text>
                <Text size="xs" c="dimmed">
                  {t(`imports.kinds.${mapping.kind}`)}
                </Text>
              </div>
              <Group gap="xs" wrap="nowrap">
                <Button
                  size="xs"
                  variant="light"
                  aria-label={t('imports.useSaved', { name })}
                  onClick={() => props.onChosen(mapping)}
                >
                  {t('imports.use')}
                </Button>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t('imports.forgetSaved', { name })}
                  loading={remove.isPending && remove.variables === id}
                  onClick={() => remove.mutate(id)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Group>
            </Group>
          ))}
          {remove.isError && <Failure error={remove.error} />}
        </>
      )}
    </Loaded>
  )
}
