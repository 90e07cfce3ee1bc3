import { Button, Group, Modal, Select, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconUserSearch } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { EXAMPLE_LIMITS } from '../../edge/protocol/example.ts'
import { DEFAULT_KINDS } from '../../edge/protocol/identifier.ts'
import type { ApiEvent, ApiProfile } from '../../edge/protocol/api.ts'
import { api } from './api.ts'
import type { Taken } from './example-from-profile.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** A profile by its own id. */
const ID = 'id'
const KINDS = [ID, ...DEFAULT_KINDS.map(({ kind }) => kind)]

/** A profile with its latest events, as many as an example may have. */
export async function readHistory(profile: ApiProfile): Promise<Taken> {
  const events: ApiEvent[] = []
  let cursor: string | undefined
  do {
    const page = await api.profiles.events(profile.id, {}, cursor)
    events.push(...page.items)
    cursor = page.cursor
  } while (cursor !== undefined && events.length < EXAMPLE_LIMITS.events)
  return { profile, events }
}

/** Takes the history of somebody who is known as an example, found by an identifier. */
export function TakeHistory(props: {
  readonly disabled: boolean
  readonly onTaken: (taken: Taken) => void
}) {
  const { t } = useI18n()
  const [opened, { open, close }] = useDisclosure()
  const [kind, setKind] = useState('email')
  const [value, setValue] = useState('')
  const form = useId()
  const take = useMutation({
    mutationFn: async () =>
      readHistory(
        await (kind === ID
          ? api.profiles.get(value.trim())
          : api.profiles.find(kind, value.trim())),
      ),
    onSuccess: (taken) => {
      props.onTaken(taken)
      close()
    },
  })
  return (
    <>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconUserSearch size={14} />}
        disabled={props.disabled}
        onClick={() => {
          take.reset()
          open()
        }}
      >
        {t('examples.take')}
      </Button>
      <Modal opened={opened} onClose={close} title={t('examples.takeTitle')}>
        <Text size="sm" mb="md">
          {t('examples.takeAbout', { most: EXAMPLE_LIMITS.events })}
        </Text>
        {/* The form around this one must not be sent with it. */}
        <form
          id={form}
          onSubmit={(event) => {
            event.preventDefault()
            event.stopPropagation()
            take.mutate()
          }}
        >
          <Group align="flex-end" gap="sm" mb="md">
            <Select
              label={t('profiles.kind')}
              data={KINDS.map((one) => ({
                value: one,
                label:
                  one === ID
                    ? t('profile.id')
                    : t(`kind.${one}` as 'kind.email', { defaultValue: one }),
              }))}
              value={kind}
              onChange={(next) => next && setKind(next)}
              allowDeselect={false}
              w={170}
            />
            <TextInput
              label={t('profiles.value')}
              value={value}
              onChange={(event) => setValue(event.currentTarget.value)}
              required
              miw={180}
              flex={1}
              data-autofocus
            />
          </Group>
          {take.isError && <Failure error={take.error} />}
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={close}>
              {t('confirm.cancel')}
            </Button>
            <Button type="submit" loading={take.isPending}>
              {t('examples.takeThis')}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  )
}
